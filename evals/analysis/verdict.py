"""A comparison in one sentence, and the numbers in it as people write them."""

from typing import Literal

from evals.analysis.paired import Difference
from evals.stats.intervals import Interval

Better = Literal["a", "b"]
_MOST_DIGITS = 6


def sentence(
    found: Difference,
    better: Better | None,
    *,
    needed: int | None = None,
    tokens_ratio: float | None = None,
    contrary: float | None = None,
    alpha: float = 0.05,
) -> str:
    """What a comparison came to.

    `needed`: items that a difference of this size would take, where it was not told. `tokens_ratio`: B's tokens per
    problem over A's. `contrary`: the difference over all samples, where it is that which forbids a verdict.
    """
    sure = p_value(found.deciding_p, alpha)
    if found.p_at_any_time is not None:
        sure += " at any time"
    if better is not None:
        size, interval, ratio = _seen_from(better, found, tokens_ratio)
        names = "B is better than A" if better == "b" else "A is better than B"
        cost = f", at {times(ratio)} the tokens" if ratio is not None else ""
        return f"{names}: {points(size)} {span(interval)}, {sure}{cost}"
    seen = f"B - A = {points(found.difference)} {span(found.interval)}, {sure}"
    if contrary is not None:
        return f"not told: {seen} on the samples compared, but {points(contrary)} on all; both need as many samples"
    if abs(found.difference) < 1e-12:
        alike = f"each solves {found.b:.1%} of {found.items:,} items"
        return f"no difference seen: {alike} ({found.only_a:,} only A, {found.only_b:,} only B, {sure})"
    need = f"{needed:,} needed for a difference of this size, " if needed is not None else ""
    return f"not enough items to tell: {need}there are {found.items:,} ({seen})"


def points(difference: float) -> str:
    """`+6.1 points`."""
    return f"{100 * difference:+.1f} points"


def span(interval: Interval | None) -> str:
    """An interval of a difference, in points: `[+1.2, +11.6]`."""
    return "[no interval]" if interval is None else f"[{100 * interval.low:+.1f}, {100 * interval.high:+.1f}]"


def times(ratio: float) -> str:
    """`2.3 times`, `0.04 times`, `120 times`."""
    return f"{ratio:.2g} times" if ratio < 0.95 else f"{ratio:.1f} times" if ratio < 100 else f"{ratio:,.0f} times"


def p_value(p: float, alpha: float = 0.05) -> str:
    """`p=.041`, `p<.001`, `p=1`; with as many digits as it takes to tell it from `alpha`, such as `p=.0496`."""
    if p < 0.001:
        return "p<.001"
    digits = 2 if p >= 0.1 else 3
    while digits < _MOST_DIGITS and p != alpha and round(p, digits) == round(alpha, digits):
        digits += 1
    text = f"{p:.{digits}f}"
    return "p=1" if text == "1.00" else f"p={text.removeprefix('0')}"


def _seen_from(better: Better, found: Difference, ratio: float | None) -> tuple[float, Interval | None, float | None]:
    """The difference, its interval and the ratio of tokens with the better side first."""
    if better == "b":
        return found.difference, found.interval, ratio
    turned = None if found.interval is None else Interval(-found.interval.high, -found.interval.low)
    return -found.difference, turned, 1 / ratio if ratio else None
