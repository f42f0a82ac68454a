"""Two runs on the same items: who solves what, by how much, and how sure that is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evals.analysis.means import mean
from evals.results import Row
from evals.stats.bootstrap import paired_bootstrap
from evals.stats.intervals import Interval
from evals.stats.mcnemar import two_sided
from evals.stats.signflip import sign_flip

Rows = Mapping[str, Sequence[Row]]
"""Item id → the rows of it that count, sample 0 first."""


@dataclass(frozen=True)
class Difference:
    """A and B on the same group of items. Shares and differences are in 0..1; times 100 they are points.

    Of each item the first m samples of both are compared, m the smaller number: shares, difference, interval and test
    are about the same samples, and the test is exact only where both have as many of them.
    """

    group: str
    """`all`, `base`, or the group's name."""
    items: int
    a: float
    """pass@1 of A on what is compared: mean over items of the share of right samples."""
    b: float
    difference: float
    """b - a."""
    interval: Interval | None
    """Of the difference, by paired bootstrap over items; None where all items differ alike (`paired_bootstrap`)."""
    both: int
    """Items that both solve; this and the next three by sample 0."""
    only_a: int
    only_b: int
    neither: int
    p: float
    """Two-sided exact McNemar over `only_a` and `only_b`."""
    p_of_means: float | None
    """Where several samples of an item are compared: the sign-flip test over the differences of their means, which
    then decides."""
    p_at_any_time: float | None = None
    """Of an A/B that stopped as soon as it could be told (`evals.stats.sequential`): the only p that then means
    anything, and it decides."""

    @property
    def deciding_p(self) -> float:
        """The p-value of the verdict."""
        known = (self.p_at_any_time, self.p_of_means, self.p)
        return next(p for p in known if p is not None)


def difference(
    group: str, a: Rows, b: Rows, passed: Callable[[Row], bool], *, confidence: float = 0.95, seed: int = 0
) -> Difference:
    """Compare two runs, at least one item each and the same ones, by what `passed` says of a row."""
    means = [_means(a[item_id], b[item_id], passed) for item_id in a]
    means_a, means_b = ([pair[side] for pair in means] for side in (0, 1))
    first = [(passed(a[item_id][0]), passed(b[item_id][0])) for item_id in a]
    only_a, only_b = first.count((True, False)), first.count((False, True))
    several = any(_matched(a[item_id], b[item_id]) > 1 for item_id in a)
    return Difference(
        group=group,
        items=len(a),
        a=mean(means_a),
        b=mean(means_b),
        difference=mean(means_b) - mean(means_a),
        interval=paired_bootstrap(means_a, means_b, seed=seed, confidence=confidence),
        both=first.count((True, True)),
        only_a=only_a,
        only_b=only_b,
        neither=first.count((False, False)),
        p=two_sided(only_a, only_b),
        p_of_means=sign_flip([mean_b - mean_a for mean_a, mean_b in means]) if several else None,
    )


def spread(a: Rows, b: Rows, passed: Callable[[Row], bool]) -> float:
    """Standard deviation over items of the difference compared, for `items_needed_for_means`; 0 for one item."""
    if len(a) < 2:
        return 0.0
    means = (_means(rows, b[item_id], passed) for item_id, rows in a.items())
    values = [mean_b - mean_a for mean_a, mean_b in means]
    middle = mean(values)
    return float((sum((value - middle) ** 2 for value in values) / (len(values) - 1)) ** 0.5)


def _means(a: Sequence[Row], b: Sequence[Row], passed: Callable[[Row], bool]) -> tuple[float, float]:
    """Share of right samples of one item in A and in B, over what is compared."""
    m = _matched(a, b)
    return mean(map(passed, a[:m])), mean(map(passed, b[:m]))


def _matched(a: Sequence[Row], b: Sequence[Row]) -> int:
    return min(len(a), len(b))
