"""How far a number may be from the expected one."""

import math
from dataclasses import dataclass

RTOL = 1e-6
ATOL = 1e-9


@dataclass(frozen=True)
class Tolerance:
    """`|actual - expected| <= atol + rtol * |expected|`, the rule of `numpy.isclose`.

    NaN is close to NaN only and an infinity to itself only. Raises `ValueError` for bounds that are negative or no
    numbers, and for an `rtol` of 1 or more, which would take 0 for any number.
    """

    rtol: float = RTOL
    atol: float = ATOL
    symmetric: bool = False
    """Instead of their sum the kinder of both bounds, the relative one of the larger number, as `math.isclose` has it:
    the rule for rounding noise where nobody asked for a tolerance."""

    def __post_init__(self) -> None:
        if not (0 <= self.rtol < 1 and 0 <= self.atol < math.inf):
            raise ValueError(
                f"a tolerance needs 0 <= rtol < 1 and 0 <= atol, not rtol={self.rtol!r}, atol={self.atol!r}"
            )

    def close(self, expected: float, actual: float) -> bool:
        """Whether `actual` is within the bounds. Both may be ints of any size."""
        try:
            wanted, number = float(expected), float(actual)
        except OverflowError:  # an int beyond the range of floats
            return expected == actual
        if math.isnan(wanted) or math.isnan(number):
            return math.isnan(wanted) and math.isnan(number)
        if math.isinf(wanted) or math.isinf(number):
            return wanted == number
        if self.symmetric:
            return math.isclose(wanted, number, rel_tol=self.rtol, abs_tol=self.atol)
        return abs(number - wanted) <= self.atol + self.rtol * abs(wanted)

    def reach(self, expected: float) -> float:
        """A distance from `expected` beyond which nothing is close to it."""
        relative = self.rtol * abs(expected) / (1 - self.rtol if self.symmetric else 1)
        return (self.atol + relative) * (1 + 1e-7)


NOISE = Tolerance(symmetric=True)
"""What two right programs may differ by when they add up in another order."""
