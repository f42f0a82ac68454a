"""The few statistics that the figures need."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A least-squares line y = constant + slope * x, and the share of the variance that it explains."""

    constant: float
    slope: float
    r_squared: float


def fit(xs: Sequence[float], ys: Sequence[float]) -> Line:
    """The least-squares line through the points; raises `statistics.StatisticsError` for fewer than two x."""
    slope, constant = statistics.linear_regression(xs, ys)
    middle = statistics.fmean(ys)
    total = sum((y - middle) ** 2 for y in ys)
    left = sum((y - constant - slope * x) ** 2 for x, y in zip(xs, ys, strict=True))
    return Line(constant, slope, 1 - left / total if total else 1.0)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that is not below `percent` of them (nearest rank); raises `ValueError` for no values."""
    if not values:
        raise ValueError("no values to take a percentile of")
    ordered = sorted(values)
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]
