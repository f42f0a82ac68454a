"""Stopping an A/B test early without fooling oneself: a test that may be looked at after every item.

Rule: only discordant items count, those that exactly one side solves. If the sides are equally good, each is a fair
coin, and the mixture likelihood ratio of "some other coin, each bias as likely as any" against "a fair coin",

    E = 2^t B(1 + wins_a, 1 + wins_b) = 2^t / ((t + 1) C(t, wins_a)),  t = wins_a + wins_b,

is a martingale that starts at 1 (beta-binomial mixture). The first time it reaches 1 / alpha the side with more wins is
declared the better one.

Guarantee: by Ville's inequality P(E ever reaches 1/alpha) <= alpha when the sides are equally good, however often one
looks, whenever one stops, and for whatever reason. Two-sided. Giving up early (`undecidable`) only lowers the error.
A fixed test's p-value means nothing after such stopping: quote `p_value` here, not McNemar's.

What it costs, at alpha .05 with up to 164 discordant items (summed over all paths, not simulated; a test repeats it):
equally good sides are told apart wrongly in 3.0 % of all tests; a side that wins three of four discordant items is
found after 33.9 of them on average, one that wins nine of ten after 12.7. Eight wins in a row are the shortest way.

Sources: Ville, "Étude critique de la notion de collectif" (1939); Robbins, "Statistical methods related to the law of
the iterated logarithm", Annals of Mathematical Statistics 41 (1970) 1397-1409; Ramdas, Grünwald, Vovk and Shafer,
"Game-theoretic statistics and safe anytime-valid inference", Statistical Science 38 (2023) 576-601.
"""

import math
from typing import Literal

from hierarchy.errors import UsageError

MOST = 5_000
"""Discordant items up to which `discordant_needed` counts, which takes a tenth of a second."""

Decision = Literal["a", "b", "undecidable", "go_on"]
"""A is better; B is better; the items left cannot settle it any more; more items are needed."""


def log_e_value(wins_a: int, wins_b: int) -> float:
    """Natural logarithm of the evidence against "equally good" (0 without any; 3.0 is a factor of 20)."""
    if wins_a < 0 or wins_b < 0:
        raise UsageError(f"wins cannot be negative: {wins_a} and {wins_b}")
    total = wins_a + wins_b
    return total * math.log(2) + math.lgamma(wins_a + 1) + math.lgamma(wins_b + 1) - math.lgamma(total + 2)


def p_value(wins_a: int, wins_b: int) -> float:
    """1 / E, at most 1: a p-value of "they differ" that holds whenever and for whatever reason one stopped."""
    return min(1.0, math.exp(-log_e_value(wins_a, wins_b)))


def decide(wins_a: int, wins_b: int, items_left: int, alpha: float = 0.05) -> Decision:
    """What to do after `wins_a` items that only A and `wins_b` that only B solved, with `items_left` to come.

    Call it after every finished pair and stop at the first answer that is not `go_on`. `undecidable`: even if every
    item left were won by the same side, neither could be declared the better one.

    Raises `UsageError` for negative counts and for an alpha outside 0..1.
    """
    if items_left < 0 or not 0 < alpha < 1:
        raise UsageError(f"items left must be 0 or more and alpha in 0..1, not {items_left} and {alpha!r}")
    needed = -math.log(alpha)
    if log_e_value(wins_a, wins_b) >= needed:
        return "a" if wins_a > wins_b else "b"
    # The evidence is convex along each way the rest can go, so it is largest where one side wins all of it.
    most = max(log_e_value(wins_a + items_left, wins_b), log_e_value(wins_a, wins_b + items_left))
    return "go_on" if most >= needed else "undecidable"


def fewest(alpha: float = 0.05) -> int:
    """The fewest items that can settle it: all discordant, and all won by one side. Raises `UsageError` as `decide`."""
    items = 1
    while decide(0, 0, items, alpha) == "undecidable":
        items += 1
    return items


def discordant_needed(share: float, alpha: float = 0.05, power: float = 0.8) -> int | None:
    """Discordant items after which the better side, which wins `share` of them, is declared with probability `power`.

    Summed over all paths. More than a fixed number of items takes: the price of looking after each. None for more than
    `MOST`. Raises `UsageError` unless 0.5 < share <= 1.
    """
    if not 0.5 < share <= 1:
        raise UsageError(f"the better side wins more than half of the discordant items, not {share!r} of them")
    needed = -math.log(alpha)
    # going[i] is the probability of having come to `fewest_wins + i` wins without a decision.
    going, fewest_wins, enough, told = [1.0], 0, 1, 0.0
    for total in range(1, MOST + 1):
        after = [0.0] * (len(going) + 1)
        for place, chance in enumerate(going):
            after[place] += chance * (1 - share)
            after[place + 1] += chance * share
        while enough <= total and log_e_value(enough, total - enough) < needed:
            enough += 1
        decided = max(0, fewest_wins + len(after) - enough)
        told += math.fsum(after[len(after) - decided :])
        lost = max(0, total - enough - fewest_wins + 1)
        going, fewest_wins = after[lost : len(after) - decided], fewest_wins + lost
        if told >= power:
            return total
    return None
