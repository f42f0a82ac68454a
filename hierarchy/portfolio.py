"""Split the samples of a round over the specialists ranked best."""

from hierarchy.plan import Ranking


def shares(ranking: Ranking, samples: int, k: int) -> tuple[tuple[str, int], ...]:
    """(specialist, samples) for at most the `k` best, best first; the samples add up to `samples`.

    Each of them gets one sample, or the first ones where there are fewer samples than specialists. The rest goes by
    probability with the largest-remainder method (Hamilton), ties to the better ranked. Raises `ValueError` for
    `samples` or `k` below 1.
    """
    if samples < 1 or k < 1:
        raise ValueError(f"cannot share {samples} samples among {k} specialists")
    chosen = ranking.scores[: min(k, samples)]
    rest = samples - len(chosen)
    total = sum(max(score, 0.0) for _, score in chosen)
    quotas = [rest * (max(score, 0.0) / total if total > 0 else 1 / len(chosen)) for _, score in chosen]
    counts = [1 + int(quota) for quota in quotas]
    by_remainder = sorted(range(len(chosen)), key=lambda i: (int(quotas[i]) - quotas[i], i))
    for i in by_remainder[: samples - sum(counts)]:
        counts[i] += 1
    return tuple((name, count) for (name, _), count in zip(chosen, counts, strict=True))
