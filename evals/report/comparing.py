"""The section that says which of several runs is better, pair by pair, and whether that is sure."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

from evals.analysis.paired import Difference
from evals.analysis.verdict import p_value, span
from evals.compare import Comparison, compare
from evals.report.figures import Pair, Pairs
from evals.report.runs import Run
from evals.report.tables import Cell, Section, Table, cells, columns
from evals.report.text import count, one_line, percent, points
from hierarchy.errors import UsageError

MOST_FOR_ALL_PAIRS = 3
"""Runs; of more, each is compared with the first only."""


class Compared(NamedTuple):
    """Two runs and what comparing them gave."""

    a: Run
    b: Run
    found: Comparison

    @property
    def sentence(self) -> str:
        """The verdict with the runs' names."""
        return f"{self.b.name} (B) against {self.a.name} (A): {self.found.verdict}."


def compared(runs: Sequence[Run]) -> tuple[list[Compared], list[str]]:
    """The comparisons, and why some pairs have none (another set, no item in common)."""
    pairs = combinations(runs, 2) if len(runs) <= MOST_FOR_ALL_PAIRS else [(runs[0], run) for run in runs[1:]]
    found, notes = [], []
    if len(runs) > MOST_FOR_ALL_PAIRS:
        notes.append(
            f"Of {len(runs)} runs each is compared with {runs[0].name}, the first, only; report on fewer for others."
        )
    for a, b in pairs:
        try:
            found.append(Compared(a, b, compare(a.results, b.results)))
        except UsageError as error:
            why = str(error)
            for run in (a, b):  # where it lies is nothing for a page that others see
                why = why.replace(repr(str(run.results.folder)), run.name)
            notes.append(f"{a.name} and {b.name} are not compared: {why}")
    return found, notes


def comparing(found: Sequence[Compared], notes: Sequence[str]) -> Section | None:
    """Paired tables; None for a single run."""
    if not found:
        return None
    several = any(_several(each) for each in found)
    head = columns("A", "B", *_heads(several), "Tokens B/A", names=2)
    rows = tuple(
        cells(
            each.a.name,
            each.b.name,
            *_difference(each.found.overall),
            "-" if each.found.tokens_ratio is None else f"{each.found.tokens_ratio:.2f}",
        )
        for each in found
    )
    remarks = ["p: exact McNemar, two-sided, over the items that only one got right; the interval: paired bootstrap."]
    if several:
        remarks.append(
            "Where both have several samples of an item, p is that of the sign-flip test over the items' means, "
            "the same test for shares; who got an item right is by its sample 0."
        )
    if len(found) > 1:
        remarks.append(f"p is not corrected for the {len(found)} comparisons made.")
    remarks += [f"{each.b.name} against {each.a.name}: {note}" for each in found for note in each.found.notes]
    table = Table("Paired on the same items", head, rows, tuple(remarks))
    pairs = tuple(
        Pair(each.a.name, each.b.name, total.both, total.only_a, total.only_b, total.neither)
        for each in found
        for total in (each.found.overall,)
    )
    return Section(
        "comparison",
        "Comparison",
        "Item by item: only those that exactly one of two runs gets right tell them apart.",
        notes=tuple(notes),
        tables=(table, *(group for each in found for group in _groups(each)), *map(_setup, found)),
        figures=(
            Pairs("discordant", "Items by who got them right", pairs, note="By sample 0 of each item." * several),
        ),
    )


def _several(each: Compared) -> bool:
    """Whether a run has several samples of an item: who got it right is then by the first."""
    return max(each.found.a.n, each.found.b.n) > 1


def _heads(several: bool) -> tuple[str, ...]:
    by = " (sample 0)" if several else ""
    return ("Items", "A", "B", "B - A", "95 % interval", f"Only A{by}", f"Only B{by}", "p")


def _difference(found: Difference) -> tuple[str, ...]:
    return (
        count(found.items),
        percent(found.a),
        percent(found.b),
        points(found.difference),
        span(found.interval),
        count(found.only_a),
        count(found.only_b),
        p_value(found.deciding_p).removeprefix("p").removeprefix("="),
    )


def _groups(each: Compared) -> list[Table]:
    """A table a dimension that parts the items."""
    tables = [
        Table(
            f"By {one_line(name, 40)}: {each.b.name} (B) against {each.a.name} (A)",
            columns(one_line(name.capitalize(), 40), *_heads(_several(each))),
            tuple(cells(one_line(group.group, 60), *_difference(group)) for group in groups),
        )
        for name, groups in each.found.groups.items()
        if len(groups) > 1
    ]
    note = "No p above is corrected for being one of many: of twenty groups of equal solvers one has p <= .05."
    return [*tables[:-1], replace(tables[-1], notes=(note,))] if tables else []


def _setup(each: Compared) -> Table:
    """In what the two differ: a comparison is only about that."""
    rows: list[tuple[Cell, ...]] = []
    for line in each.found.differing:
        key, _, values = line.partition(": ")
        rows.append(cells(one_line(key, 80), one_line(values, 200)))
    return Table(
        f"What is different: {each.a.name} (A) → {each.b.name} (B)",
        columns("Key of run.json", "A → B", names=2),
        tuple(rows) or (cells("nothing", "the two runs were set up alike"),),
    )
