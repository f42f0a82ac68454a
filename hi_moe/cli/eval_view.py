"""`hi-moe eval view`: a run's items as a list, or one of them with its attempts, in the terminal."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli.options import json_option

if TYPE_CHECKING:
    from evals.report.problems import State
    from evals.results import Results
    from hierarchy.base import Frozen

_PATH = click.Path(path_type=Path)
_WIDTH = 48
"""Characters of a failing input in the list."""


@click.command(
    epilog="""\b
hi-moe eval view runs/direct --wrong
hi-moe eval view runs/direct HumanEval/32
hi-moe eval view runs/hierarchy --changed runs/direct"""
)
@click.argument("folder", type=_PATH, metavar="DIR")
@click.argument("item", required=False, metavar="[ITEM]")
@click.option("--wrong", is_flag=True, help="Only items with a wrong sample.")
@click.option("--right", is_flag=True, help="Only items all of whose samples are right.")
@click.option("--changed", type=_PATH, metavar="OTHER", help="Only items that the run in OTHER answers differently.")
@click.option("--browse", "in_browser", is_flag=True, help="Write the HTML report to DIR/report and open it.")
@json_option
def view(
    folder: Path, item: str | None, wrong: bool, right: bool, changed: Path | None, in_browser: bool, as_json: bool
) -> None:
    """Look at the run in DIR: a line an item, or all about ITEM (an id, or a part of one that no other has)."""
    from evals.results import load_results

    if wrong and right:
        raise click.UsageError("--wrong and --right exclude each other", click.get_current_context())
    which = "wrong" if wrong else "right" if right else None
    if item is not None and (which or changed):
        raise click.UsageError("give either an ITEM or a filter", click.get_current_context())
    results = load_results(folder)
    other = load_results(changed) if changed is not None else None
    chosen = None if item is None else _resolve(item, results)
    if in_browser:
        _browse(results, other, chosen, which)
    elif chosen is None:
        _list(results, other, which, as_json)
    elif as_json:
        rows = [{"sample": _plain(row.sample), "grade": _plain(row.grade)} for row in results.by_item[chosen]]
        click.echo(json.dumps({"item": _plain(results.items[chosen]), "samples": rows}))
    else:
        from hi_moe.cli.eval_item import draw_item

        draw_item(results, chosen)


def _plain(line: "Frozen | None") -> object:
    return None if line is None else line.model_dump(mode="json")


def _list(results: "Results", other: "Results | None", which: str | None, as_json: bool) -> None:
    from evals.report.problems import changed, state
    from evals.report.text import one_line
    from hi_moe.cli.streams import say
    from hi_moe.cli.table import table
    from hierarchy.wording import plural

    lines = []
    states: list[State] = []
    for item_id, rows in results.by_item.items():
        own = state(rows)
        before = state(other.by_item.get(item_id, ())) if other is not None else own
        if _fits(own, which) and (other is None or changed((own, before))):
            states.append(own)
            lines.append(_line(results, item_id, before if other is not None else None))
    if as_json:
        click.echo(json.dumps(lines))
        return
    if lines:
        head = tuple(name.upper() for name in lines[0])
        click.echo(table([[one_line(str(cell), 200) for cell in line.values()] for line in lines], head), nl=False)
    told = ", ".join(f"{states.count(name)} {name}" for name in dict.fromkeys(states))
    say(f"{len(lines)} of {plural(len(results.items), 'item')}{': ' if told else ''}{told}")


def _line(results: "Results", item_id: str, other: "State | None") -> dict[str, object]:
    """What the list says of an item: sums over its samples, and the first failing input; how `other` did, if any."""
    from evals.report.problems import state
    from evals.report.text import one_line

    rows = results.by_item[item_id]
    verdicts = [row.passed for row in rows if row.passed is not None]
    waiting = len(rows) - len(verdicts)
    share = f"{verdicts.count(True)}/{len(verdicts)} right" + (f", {waiting} open" if waiting else "")
    grades = [row.grade for row in rows if row.grade is not None]
    worst = next((grade for grade in grades if not grade.passed), grades[0] if grades else None)
    failing = next((grade.failure.input for grade in grades if grade.failure is not None), "")
    lost = next((error.error for error in results.errors if error.task_id == item_id), "")
    return {
        "item": item_id,
        "verdict": state(rows) if len(rows) < 2 or not verdicts else share,
        **({} if other is None else {"other": other}),
        "status": worst.status if worst is not None else "not graded" if rows else "failed here" if lost else "not run",
        "answer": rows[0].sample.status if rows else "",
        "tokens": sum(row.sample.usage.tokens for row in rows),
        "seconds": round(sum(row.sample.seconds for row in rows), 1),
        "failing": one_line(failing or lost, _WIDTH),
    }


def _fits(own: "State", which: str | None) -> bool:
    return which is None or own == which or (which == "wrong" and own == "mixed")


def _resolve(name: str, results: "Results") -> str:
    """The id meant. Raises `UnknownName` for none or several, with what comes near."""
    from hi_moe.settings_layers import suggest
    from hierarchy.errors import UnknownName

    if name in results.items:
        return name
    found = [item_id for item_id in results.items if name in item_id]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownName(
            f"{name!r} is part of {len(found)} ids: {', '.join(found[:5])}{' …' * (len(found) > 5)}; name one"
        )
    raise UnknownName(
        f"no item {name!r} in this run{suggest(name, results.items)}; list them with: hi-moe eval view {results.folder}"
    )


def _browse(results: "Results", other: "Results | None", item: str | None, which: str | None) -> None:
    from urllib.parse import urlencode

    from hi_moe.cli.eval_report import browse, write
    from hi_moe.cli.streams import say

    runs = [results] if other is None else [other, results]
    page, _ = write(runs, results.folder / "report")
    say(f"the report is in {page}")
    state = {"show": which or ("changed" if other is not None else None), "item": item}
    browse(page, urlencode({key: value for key, value in state.items() if value}) or "problems")
