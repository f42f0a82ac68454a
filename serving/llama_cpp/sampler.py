"""Which token comes next: temperature, min-p, top-k, top-p, in that order (vLLM's), and the log-probabilities.

A vocabulary has 150,000 entries and a step has up to max_sequences rows, so nothing here sorts a whole row: the head of
the distribution is found with a threshold that is lowered only when the head does not hold enough probability.
"""

import numpy as np
from numpy.typing import NDArray

from hierarchy.chat import Sampling
from hierarchy.errors import EngineFailed

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

_FLOORS = (1e-4, 1e-7, 0.0)
"""Weights relative to the most likely token's at which the head is cut; the first is nearly always enough."""


def normalizers(logits: Floats) -> NDArray[np.float64]:
    """Natural log of the sum of exponentials of each row: `logits - normalizer` are log-probabilities.

    Raises EngineFailed where the numbers are broken (NaN), which no text can come out of.
    """
    found = np.empty(len(logits))
    for row, values in enumerate(logits):  # row by row: a row stays in the cache, the whole batch does not
        top = values.max()
        found[row] = top + np.log(np.exp(values - top).sum(dtype=np.float64))
    if not np.isfinite(found).all():
        raise EngineFailed("llama.cpp computed logits that are not numbers; check the weights: hi-moe models verify")
    return found


def draw(logits: Floats, sampling: Sampling, generator: np.random.Generator, allowed: Indices | None) -> int:
    """Draw one token from a row of logits, among `allowed` (None: all).

    One uniform number is used per token, by inverse CDF, so the same seed and the same logits give the same token.
    """
    values = logits if allowed is None else logits[allowed]
    if sampling.temperature == 0:
        place = int(values.argmax())
    else:
        weights = np.exp((values - values.max()) / np.float32(sampling.temperature))
        place = _draw_weighted(weights, sampling, float(generator.random()))
    return place if allowed is None else int(allowed[place])


def _draw_weighted(weights: Floats, sampling: Sampling, uniform: float) -> int:
    """Index drawn with probability proportional to its weight; the largest weight is 1."""
    kept: Indices | None = None
    if sampling.min_p > 0:
        kept = np.flatnonzero(weights >= sampling.min_p)
        weights = weights[kept]
    if 0 < sampling.top_k < len(weights):
        best = _heaviest(weights, sampling.top_k)
        kept = best if kept is None else kept[best]
        weights = weights[best]
    if sampling.top_p < 1:
        best = _nucleus(weights, sampling.top_p)
        kept = best if kept is None else kept[best]
        weights = weights[best]
    mass = np.cumsum(weights, dtype=np.float64)
    place = min(int(np.searchsorted(mass, uniform * mass[-1], side="right")), len(mass) - 1)
    return place if kept is None else int(kept[place])


def _heaviest(weights: Floats, count: int) -> Indices:
    """Indices of the `count` largest weights."""
    head = next(head for floor in _FLOORS if len(head := np.flatnonzero(weights >= floor)) >= count)
    return head[np.argpartition(weights[head], len(head) - count)[len(head) - count :]]


def _nucleus(weights: Floats, share: float) -> Indices:
    """Indices of the largest weights that hold `share` of the whole, largest first."""
    goal = share * weights.sum(dtype=np.float64)
    for floor in _FLOORS:
        head = np.flatnonzero(weights >= floor)
        head = head[np.argsort(-weights[head], kind="stable")]
        mass = np.cumsum(weights[head], dtype=np.float64)
        if mass[-1] >= goal:
            break
    return head[: int(np.searchsorted(mass, goal)) + 1]


def most_likely(logits: Floats, count: int) -> list[int]:
    """The `count` tokens of highest logit, best first."""
    best = np.argpartition(logits, len(logits) - count)[len(logits) - count :]
    return [int(token) for token in best[np.argsort(-logits[best], kind="stable")]]
