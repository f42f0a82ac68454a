"""Two runs on the same items: who solves what, by how much, and how sure that is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evals.analysis.means import item_means, mean
from evals.results import Row
from evals.stats.bootstrap import paired_bootstrap
from evals.stats.intervals import Interval
from evals.stats.mcnemar import two_sided
from evals.stats.signflip import sign_flip

Rows = Mapping[str, Sequence[Row]]
"""Item id → the rows of it that count, sample 0 first."""


@dataclass(frozen=True)
class Difference:
    """A and B on the same group of items. Shares and differences are in 0..1; times 100 they are points."""

    group: str
    """`all`, `base`, or the group's name."""
    items: int
    a: float
    """pass@1 of A: mean over items of the share of right samples."""
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
    """Where both have several samples of an item: the sign-flip test over the differences of their means, which then
    decides. Of each item it takes the first m samples of both, m the smaller number: else it would not be exact."""
    tested: float
    """The difference on the samples that the deciding p is about: `difference` where both have as many samples."""

    @property
    def deciding_p(self) -> float:
        """The p-value that uses most of the samples."""
        return self.p if self.p_of_means is None else self.p_of_means


def difference(
    group: str, a: Rows, b: Rows, passed: Callable[[Row], bool], *, confidence: float = 0.95, seed: int = 0
) -> Difference:
    """Compare two runs, at least one item each and the same ones, by what `passed` says of a row."""
    means_a, means_b = ({item_id: _mean(rows, passed) for item_id, rows in side.items()} for side in (a, b))
    first = [(passed(a[item_id][0]), passed(b[item_id][0])) for item_id in a]
    only_a, only_b = first.count((True, False)), first.count((False, True))
    mean_a, mean_b = mean(means_a.values()), mean(means_b.values())
    matched = {item_id: min(len(a[item_id]), len(b[item_id])) for item_id in a}
    tested = [_mean(b[item_id][:m], passed) - _mean(a[item_id][:m], passed) for item_id, m in matched.items()]
    return Difference(
        group=group,
        items=len(a),
        a=mean_a,
        b=mean_b,
        difference=mean_b - mean_a,
        interval=paired_bootstrap(
            list(means_a.values()), [means_b[item_id] for item_id in a], seed=seed, confidence=confidence
        ),
        both=first.count((True, True)),
        only_a=only_a,
        only_b=only_b,
        neither=first.count((False, False)),
        p=two_sided(only_a, only_b),
        p_of_means=sign_flip(tested) if max(matched.values()) > 1 else None,
        tested=mean(tested),
    )


def spread(a: Rows, b: Rows, passed: Callable[[Row], bool]) -> float:
    """Standard deviation over items of the difference of their means, for `items_needed_for_means`; 0 for one item."""
    if len(a) < 2:
        return 0.0
    values = [_mean(b[item_id], passed) - _mean(rows, passed) for item_id, rows in a.items()]
    middle = mean(values)
    return float((sum((value - middle) ** 2 for value in values) / (len(values) - 1)) ** 0.5)


def _mean(rows: Sequence[Row], passed: Callable[[Row], bool]) -> float:
    (value,) = item_means(rows, passed).values()
    return value
