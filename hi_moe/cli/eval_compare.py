"""`hi-moe eval compare`: two runs, paired item by item."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli.options import COUNT, SHARE, json_option
from hi_moe.cli.streams import say, visible

if TYPE_CHECKING:
    from evals.analysis.paired import Difference
    from evals.compare import Comparison, Side

_SHOWN = 20
"""Ids, groups and settings of each kind in the terminal; `--json` has all of them."""
_WIDEST = 200
"""Characters of an id or of a group's name."""
_LONGEST = 2_000
"""Characters of a note."""
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("a", type=_FOLDER)
@click.argument("b", type=_FOLDER)
@click.option(
    "--alpha",
    type=SHARE,
    default=0.05,
    metavar="P",
    help="Error rate of the verdict; intervals of differences cover 1 - P.  [default: 0.05]",
)
@click.option("--seed", type=COUNT, default=0, metavar="N", help="Of the bootstrap.  [default: 0]")
@json_option
def compare(a: Path, b: Path, alpha: float, seed: int, as_json: bool) -> None:
    """Compare two runs, given by their folders, on the items that both have a verdict on.

    The verdict is that of the two-sided exact McNemar test; with several samples an item, that of its generalisation to
    item means, the sign-flip test; for the two sides of an A/B, that of the A/B. Differences are B - A, in points, with
    paired bootstrap intervals.

    \b
    hi-moe eval compare runs/direct runs/hierarchy
    """
    from dataclasses import asdict

    from evals.compare import compare as compared
    from evals.report.text import one_line
    from evals.results import load_results

    found = compared(load_results(a), load_results(b), alpha=alpha, seed=seed)
    if as_json:
        click.echo(json.dumps(asdict(found), allow_nan=False))
        return
    click.echo(_text(found), nl=False)
    for note in found.notes:
        say(f"note: {one_line(note, _LONGEST)}")


def _text(found: "Comparison") -> str:
    from hi_moe.cli.table import table

    parts = [
        table([_side("A", found.a), _side("B", found.b)], _SIDES),
        table(_pairs(found.overall), ("", "B RIGHT", "B WRONG")),
        table(_rows(found), _groups(found)),
        "".join(
            f"only {name} solves {len(ids)}: {_some(ids)}\n"
            for name, ids in (("A", found.only_a), ("B", found.only_b))
            if ids
        ),
        "".join(f"differs: {visible(line)}\n" for line in _cut(found.differing)),
        f"{found.verdict}\n",
    ]
    return "\n".join(part for part in parts if part)


_SIDES = ("", "RUN", "SOLVER", "ITEMS", "PASS@1", "95 % INTERVAL", "TOKENS", "SECONDS", "PASS@1 PER 1,000 TOKENS")


def _groups(found: "Comparison") -> tuple[str, ...]:
    """Titles. With several samples of an item it is sample 0 that says who solves it, but not the other numbers."""
    by = " (SAMPLE 0)" if max(found.a.n, found.b.n) > 1 else ""
    return ("BY", "GROUP", "ITEMS", "A", "B", "B - A", "INTERVAL", f"ONLY A{by}", f"ONLY B{by}", "P")


def _side(letter: str, side: "Side") -> tuple[str, ...]:
    low, high = side.score.interval
    per_thousand = side.pass_at_1_per_1000_tokens
    return (
        letter,
        side.name,
        side.solver,
        f"{side.score.items:,}",
        f"{side.score.pass_at_1:.1%}",
        f"[{100 * low:.1f}, {100 * high:.1f}]",
        f"{side.tokens_per_problem:,.0f}",
        f"{side.seconds_per_problem:.1f}",
        "" if per_thousand is None else f"{per_thousand:.3f}",
    )


def _pairs(found: "Difference") -> list[tuple[str, str, str]]:
    return [
        ("A RIGHT", f"{found.both:,}", f"{found.only_a:,}"),
        ("A WRONG", f"{found.only_b:,}", f"{found.neither:,}"),
    ]


def _rows(found: "Comparison") -> list[tuple[str, ...]]:
    from evals.report.text import one_line

    alpha = found.alpha
    rows = [_row("", found.overall, alpha)]
    rows += [_row("", found.base, alpha)] if found.base else []
    for name, groups in found.groups.items():
        largest = sorted(groups, key=lambda group: -group.items)[:_SHOWN]
        rows += [_row(name, group, alpha) for group in groups if group in largest]
        if len(groups) > _SHOWN:
            rows.append((name, f"({len(groups) - _SHOWN:,} smaller: --json)", *[""] * (len(rows[0]) - 2)))
    return [tuple(one_line(cell, _WIDEST) for cell in row) for row in rows]


def _row(dimension: str, found: "Difference", alpha: float) -> tuple[str, ...]:
    from evals.analysis.verdict import p_value, span

    return (
        dimension,
        found.group,
        f"{found.items:,}",
        f"{found.a:.1%}",
        f"{found.b:.1%}",
        f"{100 * found.difference:+.1f}",
        span(found.interval),
        f"{found.only_a:,}",
        f"{found.only_b:,}",
        p_value(found.deciding_p, alpha).removeprefix("p").removeprefix("="),
    )


def _some(ids: Sequence[str]) -> str:
    from evals.report.text import one_line

    more = f" … and {len(ids) - _SHOWN:,} more (--json lists all)" if len(ids) > _SHOWN else ""
    return " ".join(one_line(each, _WIDEST) for each in ids[:_SHOWN]) + more


def _cut(lines: Sequence[str]) -> list[str]:
    if len(lines) <= _SHOWN:
        return list(lines)
    return [*lines[:_SHOWN], f"… and {len(lines) - _SHOWN:,} settings more (--json lists all)"]
