"""Was the right specialist asked first? Only where the set knows each item's family."""

from collections import Counter
from dataclasses import dataclass

from evals.analysis.means import item_means, mean
from evals.results import Results, Row
from evals.stats.intervals import Interval, wilson

ROUTES = "hierarchy"
"""The solver that routes."""


@dataclass(frozen=True)
class Routing:
    """How often the first specialist asked is that of the item's family."""

    items: int
    accuracy: float
    """Mean over items, in 0..1."""
    interval: Interval
    """Wilson's, 95 %."""
    families: tuple[str, ...]
    """Rows of `confusion`, alphabetical."""
    specialists: tuple[str, ...]
    """Columns of `confusion`, alphabetical: families that are asked, or would be right, and whoever else was asked."""
    confusion: tuple[tuple[int, ...], ...]
    """Samples by family (row) and first specialist asked (column)."""


def routing(results: Results) -> Routing | None:
    """How well a run routed; None when no item with a known family has an attempt, or the solver does not route.

    The first specialist is that of the first attempt, also of one at a step of a plan. A solver other than the
    hierarchy that asks the same one about everything routes nothing: its "accuracy" would be the share of that family.
    """
    rows = [row for row in results.rows if row.item.family is not None and row.sample.attempts]
    asked = Counter((str(row.item.family), first_specialist(row)) for row in rows)
    families = sorted({family for family, _ in asked})
    if not rows or (results.manifest.solver != ROUTES and len({specialist for _, specialist in asked}) < 2):
        return None
    specialists = sorted({name for pair in asked for name in pair})
    means = item_means(rows, lambda row: first_specialist(row) == row.item.family)
    return Routing(
        items=len(means),
        accuracy=mean(means.values()),
        interval=wilson(min(sum(means.values()), len(means)), len(means)),
        families=tuple(families),
        specialists=tuple(specialists),
        confusion=tuple(tuple(asked[family, name] for name in specialists) for family in families),
    )


def first_specialist(row: Row) -> str:
    """Who was asked first; not for a row without attempts."""
    return row.sample.attempts[0].candidate.specialist
