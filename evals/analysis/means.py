"""Means in which every item weighs the same, however many of its samples count."""

import math
from collections.abc import Callable, Iterable

from evals.results import Row


def item_means(rows: Iterable[Row], value: Callable[[Row], float]) -> dict[str, float]:
    """Item id → mean of `value` over its rows, in the order of the rows."""
    found: dict[str, list[float]] = {}
    for row in rows:
        found.setdefault(row.item.id, []).append(value(row))
    return {item_id: math.fsum(values) / len(values) for item_id, values in found.items()}


def mean(values: Iterable[float]) -> float:
    """Their mean; 0 of none."""
    known = tuple(values)
    return math.fsum(known) / len(known) if known else 0.0


def mean_over_items(rows: Iterable[Row], value: Callable[[Row], float]) -> float:
    """Mean over items of the mean over each item's rows; 0 of none."""
    return mean(item_means(rows, value).values())
