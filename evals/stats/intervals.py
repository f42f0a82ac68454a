"""How sure a share is: Wilson's score interval.

Source: Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927) 209-212; that it
keeps its level at small n and near 0 and 1, where the textbook interval does not: Brown, Cai and DasGupta,
"Interval estimation for a binomial proportion", Statistical Science 16 (2001) 101-133.
"""

import math
from statistics import NormalDist
from typing import NamedTuple

from hierarchy.errors import UsageError


class Interval(NamedTuple):
    """A two-sided confidence interval."""

    low: float
    high: float


def wilson(successes: float, n: int, confidence: float = 0.95) -> Interval:
    """Interval for the share behind `successes` of `n` items.

    `successes` may be a sum of item means (several samples an item): a score in 0..1 varies at most as much as a coin
    of the same mean, so the interval is then too wide rather than too narrow. It is written out here because scipy's
    takes whole numbers only; on those the two agree.

    Raises `UsageError` for no items, and for successes outside 0..n.
    """
    if n < 1:
        raise UsageError(f"an interval needs at least one item, and there are {n}; select more items")
    if not 0 <= successes <= n:
        raise UsageError(f"{successes} of {n} items cannot be right; successes must be in 0..n")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / n
    scale = 1 + z * z / n
    middle = (share + z * z / (2 * n)) / scale
    half = z / scale * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At the ends the bound is exactly 0 or 1; rounding would put it beside.
    return Interval(
        0.0 if successes == 0 else max(0.0, middle - half), 1.0 if successes == n else min(1.0, middle + half)
    )
