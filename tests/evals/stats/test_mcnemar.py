"""The exact test against sums of binomial coefficients."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.stats.mcnemar import one_sided, two_sided

COUNT = st.integers(0, 60)


@settings(deadline=None)
@given(COUNT, COUNT)
def test_two_sided_is_twice_the_smaller_tail(only_a: int, only_b: int) -> None:
    total = only_a + only_b
    tail = sum(math.comb(total, wins) for wins in range(min(only_a, only_b) + 1)) / 2**total
    assert two_sided(only_a, only_b) == pytest.approx(min(1.0, 2 * tail), rel=1e-9)


@settings(deadline=None)
@given(COUNT, COUNT)
def test_one_sided_is_the_upper_tail(better: int, worse: int) -> None:
    total = better + worse
    tail = sum(math.comb(total, wins) for wins in range(better, total + 1)) / 2**total
    assert one_sided(better, worse) == pytest.approx(tail, rel=1e-9)


def test_known_values() -> None:
    assert two_sided(5, 15) == pytest.approx(0.04139, abs=5e-6)
    assert one_sided(5, 0) == 0.03125
    assert one_sided(4, 0) > 0.05


@settings(deadline=None)
@given(COUNT, COUNT)
def test_the_names_of_the_sides_do_not_matter(only_a: int, only_b: int) -> None:
    assert two_sided(only_a, only_b) == two_sided(only_b, only_a)
