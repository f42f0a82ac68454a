"""Does the solver know what it knows: how often "verified" is right, and what its probabilities are worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from evals.analysis.means import mean
from evals.results import Results, Row
from evals.stats.intervals import Interval, wilson
from hierarchy.plan import Status

BINS = 10


@dataclass(frozen=True)
class Precision:
    """How often answers of one status are right."""

    status: Status
    samples: int
    passed: int
    precision: float
    """passed / samples."""
    interval: Interval
    """Wilson's, 95 %, with the samples of an item taken as one: on the wide side where there are several."""


@dataclass(frozen=True)
class Bin:
    """Samples whose stated probability lies in `low <= p < high` (the last bin: `<= high`)."""

    low: float
    high: float
    samples: int
    stated: float
    """Mean stated probability."""
    observed: float
    """Share that is right."""
    interval: Interval
    """Wilson's for `observed`, 95 %, as in `Precision`."""


@dataclass(frozen=True)
class Calibration:
    """What `p_correct` is worth."""

    samples: int
    brier: float
    """Mean of (p - right)²: 0 is perfect, 0.25 is always saying one half (Brier, Monthly Weather Review 78, 1950)."""
    brier_of_base_rate: float
    """The Brier score of always saying the share that is right: a solver that knows something is below it."""
    error: float
    """Expected calibration error: mean of |observed - stated| over bins, weighted by their samples."""
    bins: tuple[Bin, ...]
    """The bins that have samples, lowest first: the reliability diagram."""


def precisions(results: Results) -> tuple[Precision, ...]:
    """Per status that occurs, surest first: `verified`, `agreed`, `unverified`, `abstained`."""
    found = []
    for status in get_args(Status):
        rows = [row for row in results.scored if row.sample.status == status]
        if rows:
            passed = sum(bool(row.passed) for row in rows)
            found.append(Precision(status, len(rows), passed, passed / len(rows), _interval(rows)))
    return tuple(found)


def calibration(results: Results, bins: int = BINS) -> Calibration | None:
    """How far stated probabilities are from what is observed; None when no sample states one above 0."""
    rows = results.scored
    if not any(row.sample.p_correct for row in rows):
        return None
    share = mean(bool(row.passed) for row in rows)
    parts: list[list[Row]] = [[] for _ in range(bins)]
    for row in rows:
        parts[min(max(int(row.sample.p_correct * bins), 0), bins - 1)].append(row)
    filled = tuple(_bin(place, bins, part) for place, part in enumerate(parts) if part)
    return Calibration(
        samples=len(rows),
        brier=mean((row.sample.p_correct - bool(row.passed)) ** 2 for row in rows),
        brier_of_base_rate=share * (1 - share),
        error=sum(abs(each.observed - each.stated) * each.samples for each in filled) / len(rows),
        bins=filled,
    )


def _bin(place: int, bins: int, rows: Sequence[Row]) -> Bin:
    passed = sum(bool(row.passed) for row in rows)
    return Bin(
        low=place / bins,
        high=(place + 1) / bins,
        samples=len(rows),
        stated=mean(row.sample.p_correct for row in rows),
        observed=passed / len(rows),
        interval=_interval(rows),
    )


def _interval(rows: Sequence[Row]) -> Interval:
    """Wilson's for the share of right samples. Those of one item depend on each other, so that they are no more than
    one: taken as independent they would give an interval that is too narrow."""
    items = len({row.item.id for row in rows})
    return wilson(min(mean(bool(row.passed) for row in rows) * items, items), items)
