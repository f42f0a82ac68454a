"""The paired bootstrap: seeded, covers as often as it says, silent where it knows nothing."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.stats.bootstrap import paired_bootstrap
from hierarchy.errors import UsageError

A = [1.0] * 109 + [0.0] * 55
B = [0.0] * 5 + [1.0] * 104 + [1.0] * 15 + [0.0] * 40
"""164 items, 5 that only A solves, 15 that only B does."""


def test_the_interval_is_that_of_the_normal_approximation_where_that_holds() -> None:
    interval = paired_bootstrap(A, B)
    assert interval is not None
    # Wald's interval of paired shares: δ ± 1.96 √((ψ - δ²) / n).
    delta, psi, n = 10 / 164, 20 / 164, 164
    half = 1.96 * ((psi - delta**2) / n) ** 0.5
    assert interval == pytest.approx((delta - half, delta + half), abs=0.004)


def test_the_same_seed_gives_the_same_interval() -> None:
    a, b = [0.1, 0.5, 0.25, 1.0, 0.7], [0.3, 0.4, 0.75, 1.0, 0.9]
    assert paired_bootstrap(a, b, seed=3, resamples=200) == paired_bootstrap(a, b, seed=3, resamples=200)
    assert paired_bootstrap(a, b, seed=3, resamples=200) != paired_bootstrap(a, b, seed=4, resamples=200)


def test_percentile_is_there_too() -> None:
    interval = paired_bootstrap(A, B, method="percentile", resamples=999)
    assert interval is not None
    assert interval.low < 10 / 164 < interval.high


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=20), st.integers(0, 9))
def test_it_stays_within_the_differences(pairs: list[tuple[float, float]], seed: int) -> None:
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    differences = [y - x for x, y in pairs]
    interval = paired_bootstrap(a, b, seed=seed, resamples=99)
    if max(differences) - min(differences) < 1e-9:
        assert interval is None
    else:
        assert interval is not None
        assert min(differences) - 1e-9 <= interval.low <= interval.high <= max(differences) + 1e-9


@pytest.mark.parametrize("pairs", [([0.5], [1.0]), ([1.0, 0.0], [1.0, 0.0]), ([1 / 3, 0.0], [2 / 3, 1 / 3])])
def test_no_interval_where_all_items_differ_alike(pairs: tuple[list[float], list[float]]) -> None:
    assert paired_bootstrap(*pairs) is None


def test_it_covers_the_true_difference_about_as_often_as_it_says() -> None:
    rng = random.Random(7)
    covered = 0
    for trial in range(200):
        a = [float(rng.random() < 0.6) for _ in range(80)]
        b = [min(1.0, score + (rng.random() < 0.25)) for score in a]  # the true difference is 0.4 * 0.25
        interval = paired_bootstrap(a, b, seed=trial, resamples=300)
        covered += interval is not None and interval.low <= 0.1 <= interval.high
    assert 0.89 <= covered / 200 <= 0.99


@pytest.mark.parametrize(("a", "b"), [([], []), ([1.0], [1.0, 0.0])])
def test_both_need_the_same_items(a: list[float], b: list[float]) -> None:
    with pytest.raises(UsageError, match=f"there are {len(a)} and {len(b)}"):
        paired_bootstrap(a, b)
