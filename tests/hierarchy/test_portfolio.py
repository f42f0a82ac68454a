"""Samples are shared out whole, fairly, and none is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.plan import Ranking
from hierarchy.portfolio import shares


def ranking(*scores: float) -> Ranking:
    return Ranking(scores=tuple((f"s{i}", score) for i, score in enumerate(scores)), router="test")


def test_everyone_gets_one_and_the_rest_goes_by_probability() -> None:
    assert shares(ranking(0.75, 0.25), 6, 2) == (("s0", 4), ("s1", 2))
    assert shares(ranking(0.9, 0.06, 0.04), 8, 2) == (("s0", 7), ("s1", 1))


def test_ties_go_to_the_better_ranked() -> None:
    assert shares(ranking(0.5, 0.5), 3, 2) == (("s0", 2), ("s1", 1))


def test_fewer_samples_than_specialists() -> None:
    assert shares(ranking(0.5, 0.3, 0.2), 2, 3) == (("s0", 1), ("s1", 1))
    assert shares(ranking(0.5, 0.5), 1, 2) == (("s0", 1),)


def test_scores_of_nothing_share_evenly() -> None:
    assert shares(ranking(0.0, 0.0), 4, 2) == (("s0", 2), ("s1", 2))
    assert shares(ranking(0.5, -1.0), 4, 2) == (("s0", 3), ("s1", 1))


@pytest.mark.parametrize(("samples", "k"), [(0, 1), (1, 0)])
def test_nothing_to_share(samples: int, k: int) -> None:
    with pytest.raises(ValueError, match=f"cannot share {samples} samples among {k} specialists"):
        shares(ranking(1.0), samples, k)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7), st.integers(1, 64), st.integers(1, 9))
def test_the_samples_add_up_and_the_order_stays(scores: list[float], samples: int, k: int) -> None:
    scores.sort(reverse=True)
    shared = shares(ranking(*scores), samples, k)
    counts = [count for _, count in shared]
    assert sum(counts) == samples
    assert min(counts) >= 1
    assert len(counts) == min(k, samples, len(scores))
    assert counts == sorted(counts, reverse=True)
    assert [name for name, _ in shared] == [f"s{i}" for i in range(len(shared))]
