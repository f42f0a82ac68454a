"""pass@k against the definition: the share of all k-subsets of samples that hold a right one."""

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.stats.passk import mean_pass_at_k, pass_at_k
from hierarchy.errors import UsageError

Counts = tuple[int, int, int]


@st.composite
def counts(draw: st.DrawFn, most: int) -> Counts:
    n = draw(st.integers(1, most))
    return n, draw(st.integers(0, n)), draw(st.integers(1, n))


@settings(deadline=None)
@given(counts(8))
def test_it_is_the_share_of_subsets_with_a_right_sample(case: Counts) -> None:
    n, c, k = case
    subsets = list(combinations(range(n), k))
    assert pass_at_k(n, c, k) == pytest.approx(sum(min(subset) < c for subset in subsets) / len(subsets))


@settings(deadline=None)
@given(counts(300))
def test_it_is_the_ratio_of_binomial_coefficients(case: Counts) -> None:
    n, c, k = case
    assert pass_at_k(n, c, k) == pytest.approx(1 - math.comb(n - c, k) / math.comb(n, k), abs=1e-12)


@settings(deadline=None)
@given(counts(50))
def test_more_tries_never_hurt(case: Counts) -> None:
    n, c, k = case
    assert k == n or pass_at_k(n, c, k + 1) >= pass_at_k(n, c, k)


def test_pass_at_1_is_the_share_of_right_samples() -> None:
    assert pass_at_k(200, 13, 1) == pytest.approx(0.065)


@pytest.mark.parametrize(("n", "c", "k"), [(3, 1, 4), (3, 1, 0), (0, 0, 1)])
def test_k_must_be_among_the_samples(n: int, c: int, k: int) -> None:
    with pytest.raises(UsageError, match=f"pass@{k} .* with {n} samples"):
        pass_at_k(n, c, k)


@pytest.mark.parametrize("c", [-1, 4])
def test_no_more_right_samples_than_samples(c: int) -> None:
    with pytest.raises(UsageError, match=f"{c} of 3 samples"):
        pass_at_k(3, c, 1)


def test_items_with_different_n_weigh_the_same() -> None:
    assert mean_pass_at_k([(1, 1), (10, 0), (4, 2)], 1) == pytest.approx(0.5)


def test_an_item_with_too_few_samples_is_named_by_its_count() -> None:
    with pytest.raises(UsageError, match=r"pass@5 needs 5 .* 2 of 3 items have fewer \(down to 2\)"):
        mean_pass_at_k([(2, 1), (4, 0), (5, 0)], 5)


def test_no_items_have_no_pass_at_k() -> None:
    with pytest.raises(UsageError, match="no items"):
        mean_pass_at_k([], 1)
