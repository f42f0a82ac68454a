"""Exact McNemar test: is one of two solvers right more often on the same items?

Only discordant items count, those that exactly one of them solves. Were the two equally good, each such item would be a
fair coin, so the exact p-value is a binomial one; no normal approximation, which fails at the counts that are usual
here. Source: McNemar, Psychometrika 12 (1947) 153-157; the exact form: Agresti, "Categorical Data Analysis", on models
for matched pairs.
"""

from evals.library import scipy_stats


def two_sided(only_a: int, only_b: int) -> float:
    """p-value of "they differ", given how many items only A and only B solve; 1 when there are none."""
    if only_a + only_b == 0:
        return 1.0
    return float(scipy_stats().binomtest(only_a, only_a + only_b).pvalue)


def one_sided(better: int, worse: int) -> float:
    """p-value of "it got better", given how many items it solves newly and no longer; 1 when there are none.

    Only for a direction that was fixed before the data were seen, such as training's gate.
    """
    if better + worse == 0:
        return 1.0
    return float(scipy_stats().binomtest(better, better + worse, alternative="greater").pvalue)
