"""One item of a run on stdout: what was asked, the tree of attempts, the answer, what the hidden tests say."""

import sys

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from evals.report.problems import MOST_ATTEMPTS
from evals.report.text import LONGEST, LONGEST_VALUE, shown
from evals.results import Results, Row
from hi_moe.cli.drawing import PIPE_WIDTH
from hi_moe.cli.labels import Label
from hi_moe.cli.streams import put
from hi_moe.cli.text import verdict_style, verdict_text
from hierarchy.attempt import Failure
from hierarchy.ledger.tree import Node, attempt_tree
from hierarchy.wording import plural


def draw_item(results: Results, item_id: str) -> None:
    """Print all about an item; `item_id` in full."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    item, rows = results.items[item_id], results.by_item[item_id]
    labels = [item.family, item.difficulty, *item.tags, *(f"{name} {value}" for name, value in item.facts.items())]
    console.print(Label(item_id, "bold").append(f"  {', '.join(filter(None, labels))}", "dim"))
    put(f"\n{shown(item.statement).rstrip()}\n")
    for row in rows:
        _draw_sample(console, row)
    for error in results.errors:
        if error.task_id == item_id:
            console.print(Label(f"sample {error.sample}: failed on our side: {error.error}", "magenta"))
    if not rows:
        console.print(Label(f"no sample yet; go on with: hi-moe eval run --resume --out {results.folder} …", "yellow"))


def _draw_sample(console: Console, row: Row) -> None:
    sample = row.sample
    console.print(_verdict(row))
    if row.grade is not None and row.grade.failure is not None:
        console.print(_failing(row.grade.failure))
    usage = sample.usage
    console.print(
        Label(
            f"{sample.status}, p={sample.p_correct:.2f}, {plural(usage.tokens, 'token')}, "
            f"{plural(sample.rounds, 'round')}, {sample.seconds:.1f} s: {sample.reason}",
            "dim",
        )
    )
    if sample.attempts:
        right = row.grade.candidates if row.grade is not None else {}
        tree = Tree(Label("attempts", "bold"), guide_style="dim")
        for node in attempt_tree(sample.attempts[:MOST_ATTEMPTS]):
            _grow(tree, node, sample.selected_id, right)
        if len(sample.attempts) > MOST_ATTEMPTS:
            tree.add(Label(f"… {len(sample.attempts) - MOST_ATTEMPTS} more"))
        console.print(tree)
    put(f"\n{shown(sample.solution, LONGEST).rstrip() or '(no answer)'}\n")


def _verdict(row: Row) -> Text:
    """`sample 0: hidden tests: wrong answer, 1 of 40 failed`."""
    grade, number = row.grade, row.sample.sample
    if grade is None:
        return Label(f"sample {number}: not graded", "yellow")
    style = "bold green" if grade.passed else "bold red"
    words = [grade.status.replace("_", " "), *([shown(grade.detail, 500)] if grade.detail else [])]
    if grade.base and not grade.passed:
        words.append("right on the base inputs")
    return Label(f"sample {number}: hidden tests: {', '.join(words)}", style)


def _failing(failure: Failure) -> Text:
    text = Label()
    for name, value in (("input", failure.input), ("expected", failure.expected), ("got", failure.actual)):
        text.append(f"  {name:<10}", "bold").append(f"{shown(value, LONGEST_VALUE)}\n")
    text.right_crop(1)
    return text


def _grow(tree: Tree, node: Node, selected: str | None, right: dict[str, bool]) -> None:
    attempt = node.attempt
    text = Label(f"{attempt.id} {attempt.candidate.specialist} ({attempt.action}): ")
    text.append(verdict_text(attempt), verdict_style(attempt))
    if attempt.id in right:
        text.append(
            "  hidden tests ✓" if right[attempt.id] else "  hidden tests ✗", "green" if right[attempt.id] else "red"
        )
    if attempt.id == selected:
        text.append("  ← the answer", "bold")
    branch = tree.add(text)
    for child in node.children:
        _grow(branch, child, selected, right)
