"""The score of graded samples: pass@k on base and on all inputs, and what went wrong how often."""

from collections import Counter
from collections.abc import Sequence

from evals.sample import Grade
from evals.stats.intervals import Interval, wilson
from evals.stats.passk import mean_pass_at_k
from hierarchy.base import Frozen

KS = (1, 10, 100)
"""Those of the published harnesses; only where every item has so many samples."""


class Score(Frozen):
    """One way of counting: on the base inputs alone, or on everything."""

    right: int
    """Samples."""
    pass_at: dict[int, float]
    """k → mean over the items, 0 to 1, unbiased."""
    interval: Interval
    """Of pass@1, 95 %, by Wilson over the items."""


class Summary(Frozen):
    """The grades of one file or run."""

    items: int
    """With at least one sample that was graded."""
    samples: int
    base: Score | None = None
    """None where the set does not tell base and plus apart."""
    everything: Score
    statuses: dict[str, int]
    """Status → samples, the most frequent first."""


def summarize(grades: Sequence[Grade]) -> Summary:
    """Sum up. Raises `UsageError` for no grades."""
    base = [grade.base is not False for grade in grades]
    return Summary(
        items=len({grade.task_id for grade in grades}),
        samples=len(grades),
        base=_score(grades, base) if any(grade.base is not None for grade in grades) else None,
        everything=_score(grades, [grade.passed for grade in grades]),
        statuses=dict(Counter(grade.status for grade in grades).most_common()),
    )


def _score(grades: Sequence[Grade], right: Sequence[bool]) -> Score:
    counts: dict[str, list[bool]] = {}
    for grade, is_right in zip(grades, right, strict=True):
        counts.setdefault(grade.task_id, []).append(is_right)
    pairs = [(len(each), sum(each)) for each in counts.values()]
    least = min((n for n, _ in pairs), default=1)
    pass_at = {k: mean_pass_at_k(pairs, k) for k in KS if k <= least}
    return Score(right=sum(right), pass_at=pass_at, interval=wilson(pass_at[1] * len(pairs), len(pairs)))
