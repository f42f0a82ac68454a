"""pass@k: how likely it is that one of k samples of an item is right.

Source: Chen et al., "Evaluating Large Language Models Trained on Code" (2021), section 2.1 and figure 3. Taking the
share of right samples p̂ and writing 1 - (1 - p̂)^k instead is biased.
"""

import math
from collections.abc import Sequence

from hierarchy.errors import UsageError


def pass_at_k(n: int, c: int, k: int) -> float:
    """Unbiased pass@k of one item with `n` samples of which `c` are right: 1 - C(n-c, k) / C(n, k).

    Raises `UsageError` when k is more than n or less than 1, and when c is not in 0..n.
    """
    if not 1 <= k <= n:
        raise UsageError(f"pass@{k} of an item with {n} samples is not defined; ask for a k in 1..{n}")
    if not 0 <= c <= n:
        raise UsageError(f"{c} of {n} samples cannot be right; c must be in 0..n")
    if n - c < k:
        return 1.0
    return 1.0 - math.prod(1.0 - k / i for i in range(n - c + 1, n + 1))


def mean_pass_at_k(counts: Sequence[tuple[int, int]], k: int) -> float:
    """Mean of pass@k over items, each `(n, c)`; they may differ in n, and every item weighs the same.

    Raises `UsageError` for no items at all and when an item has fewer than k samples: to leave it out would be to
    choose among the items.
    """
    if not counts:
        raise UsageError("pass@k of no items is not defined; select at least one item")
    few = [n for n, _ in counts if n < k]
    if few:
        raise UsageError(
            f"pass@{k} needs {k} samples of every item, and {len(few)} of {len(counts)} items have fewer "
            f"(down to {min(few)}); ask for pass@{min(few)} or less, or make more samples with --n {k}"
        )
    return math.fsum(pass_at_k(n, c, k) for n, c in counts) / len(counts)
