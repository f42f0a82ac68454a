"""How many items it takes to tell two solvers apart with the exact McNemar test.

The first guess is Connor's formula for the test's normal approximation: n = (z_a √ψ + z_b √(ψ - δ²))² / δ², with ψ the
share of discordant items, δ the difference of the two pass rates, and z the normal quantiles of 1 - alpha/2 and of the
power (Connor, "Sample size for testing differences in proportions for the paired-sample design", Biometrics 43 (1987)
207-211). The exact test is more cautious than its approximation, so the number given here is usually larger: it is
searched from Connor's on, until the exact power, the mean over all numbers of discordant items that may come, reaches
what is asked. Exact power rises in a saw-tooth, so the number is not always the smallest: at ψ = 1, δ = .5 it is 35,
where 30 and 33 would do, and 31, 32 and 34 would not.

δ and ψ are usually those just observed, which are themselves uncertain: the answer is an order of magnitude for
planning, "were the difference really this large", and no statement about the data at hand.
"""

import math
from statistics import NormalDist

from evals.library import numpy, scipy_stats
from hierarchy.errors import UsageError

_EXACT_UP_TO = 10_000_000
"""Items; beyond it Connor's formula is given as it is."""


def connor(discordant: float, difference: float, alpha: float = 0.05, power: float = 0.8) -> int:
    """Items needed by the normal approximation; `discordant` and `difference` are shares of all items.

    Raises `UsageError` unless 0 < |difference| <= discordant <= 1.
    """
    _check(discordant, difference)
    z_alpha, z_power = NormalDist().inv_cdf(1 - alpha / 2), NormalDist().inv_cdf(power)
    root = z_alpha * math.sqrt(discordant) + z_power * math.sqrt(discordant - difference**2)
    return math.ceil((root / difference) ** 2)


def exact_power(items: int, discordant: float, difference: float, alpha: float = 0.05) -> float:
    """Probability that the two-sided exact McNemar test over `items` items says that they differ.

    Raises `UsageError` unless 0 < |difference| <= discordant <= 1.
    """
    _check(discordant, difference)
    binom, np = scipy_stats().binom, numpy()
    # Numbers of discordant items outside of this range have a probability of less than 1e-9 on either side.
    low, high = binom.ppf([1e-9, 1 - 1e-9], items, discordant)
    pairs = np.arange(max(0, int(low)), int(high) + 1)
    # It says so when the smaller count is at most `bound`: the largest with P(X <= bound) <= alpha/2 for a fair coin.
    bound = binom.ppf(alpha / 2, pairs, 0.5)
    bound = np.where(binom.cdf(bound, pairs, 0.5) > alpha / 2, bound - 1, bound)
    share = 0.5 + abs(difference) / discordant / 2
    told = binom.cdf(bound, pairs, share) + binom.sf(pairs - bound - 1, pairs, share)
    return float((binom.pmf(pairs, items, discordant) * told).sum())


def items_needed(discordant: float, difference: float, alpha: float = 0.05, power: float = 0.8) -> int | None:
    """Items at which the exact McNemar test sees a difference this large with probability `power`, none below Connor's.

    None when the difference is 0: no number shows one that is not there. Raises `UsageError` for shares that cannot
    be: |difference| > discordant, or discordant > 1.
    """
    if difference == 0:
        return None
    least = connor(discordant, difference, alpha, power)
    if least > _EXACT_UP_TO:
        return least
    enough = least
    while exact_power(enough, discordant, difference, alpha) < power:
        least, enough = enough, enough + max(1, enough // 4)
    while least < enough:
        middle = (least + enough) // 2
        if exact_power(middle, discordant, difference, alpha) < power:
            least = middle + 1
        else:
            enough = middle
    return enough


def items_needed_for_means(spread: float, difference: float, alpha: float = 0.05, power: float = 0.8) -> int | None:
    """The same for item means over several samples, where no McNemar test applies: a paired z-test's number.

    n = ((z_a + z_b) s / δ)² with s, `spread`, the standard deviation over items of the difference of their means.
    None when the difference is 0.
    """
    if difference == 0:
        return None
    z = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
    return max(2, math.ceil((z * spread / difference) ** 2))


def _check(discordant: float, difference: float) -> None:
    if not 0 < abs(difference) <= discordant <= 1:
        raise UsageError(
            f"a difference of {difference!r} with a share of {discordant!r} discordant items cannot be; "
            "0 < |difference| <= discordant <= 1 must hold"
        )
