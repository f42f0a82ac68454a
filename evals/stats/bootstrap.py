"""Paired bootstrap: an interval for the difference of two mean scores on the same items.

Items are resampled, not samples: the items are what a set draws from all problems, and samples of one item depend on
each other. Source: Efron, "Better bootstrap confidence intervals", JASA 82 (1987) 171-185 (BCa).
"""

from collections.abc import Sequence
from typing import Literal

from evals.library import numpy, scipy_stats
from evals.stats.intervals import Interval
from hierarchy.errors import UsageError

RESAMPLES = 9999
_ROUNDING = 1e-9
"""Differences this close are the same: item means are fractions of a few samples, written in floats."""
_CELLS = 4_000_000
"""Numbers held at the same time, which bounds memory to about 64 MiB whatever the number of items."""


def paired_bootstrap(
    a: Sequence[float],
    b: Sequence[float],
    *,
    seed: int = 0,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    method: Literal["BCa", "percentile"] = "BCa",
) -> Interval | None:
    """Interval for mean(b) - mean(a); `a[i]` and `b[i]` are the item means of the same item.

    The same seed gives the same interval. None when all items differ by the same amount (a single item included):
    resampling then always gives that amount, and an interval of no width would claim what nobody knows.

    Raises `UsageError` when the two have different lengths or none.
    """
    if len(a) != len(b) or not a:
        raise UsageError(f"a paired bootstrap needs the same items of both; there are {len(a)} and {len(b)}")
    differences = [after - before for before, after in zip(a, b, strict=True)]
    if max(differences) - min(differences) < _ROUNDING:
        return None
    found = scipy_stats().bootstrap(
        (differences,),
        numpy().mean,
        n_resamples=resamples,
        batch=max(1, _CELLS // len(differences)),
        confidence_level=confidence,
        method=method,
        rng=seed,
    )
    return Interval(float(found.confidence_interval.low), float(found.confidence_interval.high))
