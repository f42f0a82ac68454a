"""The sign-flip test against all flips, and against the exact McNemar test that it generalises."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.stats.mcnemar import two_sided
from evals.stats.signflip import sign_flip


@settings(deadline=None)
@given(st.lists(st.integers(-4, 4), max_size=8))
def test_it_is_the_share_of_flips_that_are_as_far_from_zero(quarters: list[int]) -> None:
    seen = abs(sum(quarters))
    totals = [sum(flipped) for flipped in product(*((size, -size) for size in quarters))]
    expected = sum(abs(total) >= seen for total in totals) / len(totals)
    assert sign_flip([quarter / 4 for quarter in quarters]) == pytest.approx(expected)


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 100))
def test_with_one_sample_an_item_it_is_the_exact_mcnemar_test(only_a: int, only_b: int, alike: int) -> None:
    assert sign_flip([-1.0] * only_a + [1.0] * only_b + [0.0] * alike) == pytest.approx(two_sided(only_a, only_b))


def test_items_with_different_numbers_of_samples() -> None:
    # 1/2 - 1/3 and so on: of the eight flips of (1/6, 2/7, 3/4), two are as far from zero as the sum.
    assert sign_flip([1 / 6, 2 / 7, 3 / 4]) == pytest.approx(2 / 8)


def test_means_without_a_common_unit_are_rounded_finely() -> None:
    differences = [index / 997 for index in range(500, 511)]
    assert sign_flip(differences) == pytest.approx(2 / 2**11)


def test_no_differences_prove_nothing() -> None:
    assert sign_flip([]) == 1.0
    assert sign_flip([0.0, 0.0]) == 1.0
