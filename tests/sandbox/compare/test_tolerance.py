import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.compare.tolerance import NOISE, Tolerance

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, finite, st.floats(0, 0.9), st.floats(0, 10))
def test_it_is_the_rule_of_numpy_isclose(expected: float, actual: float, rtol: float, atol: float) -> None:
    assert Tolerance(rtol, atol).close(expected, actual) == (abs(actual - expected) <= atol + rtol * abs(expected))


@given(finite, finite, st.floats(0, 0.9), st.floats(0, 10), st.booleans())
def test_nothing_is_close_beyond_the_reach(
    expected: float, actual: float, rtol: float, atol: float, symmetric: bool
) -> None:
    tolerance = Tolerance(rtol, atol, symmetric)
    if tolerance.close(expected, actual):
        reach = tolerance.reach(expected)
        assert expected - reach <= actual <= expected + reach


@pytest.mark.parametrize("tolerance", [NOISE, Tolerance(0.5, 100.0)])
@pytest.mark.parametrize(
    ("expected", "actual", "is_close"),
    [
        (math.nan, math.nan, True),
        (math.nan, 1.0, False),
        (1.0, math.nan, False),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (math.inf, 1e308, False),
        (1e308, math.inf, False),
        (1.0, 10**400, False),
        (math.inf, 10**400, False),
        (10**400, 10**400, True),
        (1e16, 10**16, True),
    ],
)
def test_numbers_without_a_distance(tolerance: Tolerance, expected: float, actual: float, is_close: bool) -> None:
    assert tolerance.close(expected, actual) is is_close


def test_noise_counts_from_the_larger_number() -> None:
    assert NOISE.close(1.0, 1 / (1 - 1e-6) - 1e-9)
    assert NOISE.close(0.0, 1e-9)
    assert not NOISE.close(0.0, 1.1e-9)


@pytest.mark.parametrize(
    ("rtol", "atol"), [(-1e-9, 0.0), (1.0, 0.0), (math.nan, 0.0), (0.0, -1.0), (0.0, math.inf), (0.0, math.nan)]
)
def test_bounds_that_cannot_be(rtol: float, atol: float) -> None:
    with pytest.raises(ValueError, match="a tolerance needs 0 <= rtol < 1 and 0 <= atol, not rtol="):
        Tolerance(rtol, atol)
