"""A recorded run on stdout: what was asked, the rounds, the tree of attempts with their verdicts, the answer."""

import sys

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from hi_moe.cli.labels import Label
from hi_moe.cli.streams import put
from hi_moe.cli.text import (
    STATUS_STYLE,
    directive_line,
    route_text,
    shorten,
    summary_line,
    verdict_style,
    verdict_text,
)
from hierarchy.ledger.ledger import Ledger
from hierarchy.ledger.records import RunRecord
from hierarchy.ledger.tree import Node, attempt_tree
from hierarchy.wording import plural

PIPE_WIDTH = 10_000


def draw_run(ledger: Ledger, run_id: str) -> None:
    """Print the run; `run_id` in full."""
    # Whoever reads a pipe wants whole lines.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
    record = ledger.run(run_id)
    console.print(_head(record))
    selected = record.outcome.selected_id if record.outcome else None
    console.print(_rounds(ledger, run_id))
    attempts = Tree(Label("attempts", "bold"), guide_style="dim")
    for node in attempt_tree(ledger.attempts(run_id)):
        _grow(attempts, node, selected)
    console.print(attempts)
    if record.outcome is None:
        usage = ledger.usage(run_id)
        so_far = f"{record.state}, {plural(usage.tokens, 'token')} and {plural(usage.calls, 'call')} so far"
        console.print(Label(f"{so_far}; go on with: hi-moe solve --resume {run_id}", "yellow"))
        return
    console.print(Label(summary_line(record.outcome), STATUS_STYLE[record.outcome.status]))
    answer = record.outcome.code or record.outcome.answer
    if answer:
        put(f"\n{answer.rstrip()}")


def _head(record: RunRecord) -> Text:
    problem = record.problem
    models = ", ".join(f"{name} ({sha256[:12] or 'no weights'})" for name, sha256 in record.models.items())
    rows = (
        ("run", f"{record.run_id}, begun {record.created_at.astimezone():%Y-%m-%d %H:%M:%S}"),
        ("problem", f"{problem.id} ({problem.task}, {plural(len(problem.public_tests), 'public test')})"),
        ("statement", shorten(problem.statement, 100)),
        ("with", f"hi-moe {record.version}, seed {record.seed}, sandbox {record.isolation}, {models or 'no model'}"),
    )
    text = Label()
    for name, value in rows:
        text.append(f"{name:<10}", "bold").append(f"{value}\n")
    text.right_crop(1)
    return text


def _rounds(ledger: Ledger, run_id: str) -> Tree:
    tree = Tree(Label("rounds", "bold"), guide_style="dim")
    routes = ledger.routes(run_id)
    for each in ledger.rounds(run_id):
        branch = tree.add(Label(directive_line(each.directive), "cyan"))
        for route in routes:
            if route.round == each.directive.round:
                branch.add(Label(f"{route.route.step} → {route_text(route.route)}"))
        if each.surprise:
            branch.add(Label(f"surprise: {each.surprise}", "yellow"))
    return tree


def _grow(tree: Tree, node: Node, selected: str | None) -> None:
    attempt = node.attempt
    text = Label(f"{attempt.id} {attempt.candidate.specialist} ({attempt.action}): ")
    text.append(verdict_text(attempt), verdict_style(attempt))
    if attempt.id == selected:
        text.append("  ← the answer", "bold")
    branch = tree.add(text)
    for child in node.children:
        _grow(branch, child, selected)
