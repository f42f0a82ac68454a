import pytest

from bench.sandbox_figures.sides import Round
from bench.sandbox_figures.speed import summary

FAST = [Round(1.0, [0.5, 0.5], [True, True]), Round(2.0, [1.0, 1.0], [True, False])]
SLOW = [Round(4.0, [2.0, 2.0], [True, True]), Round(4.0, [2.0, 2.0], [True, True])]


def test_ratio_is_the_median_of_the_rounds_pair_by_pair() -> None:
    assert summary("fast", FAST, SLOW).ratio == pytest.approx(3.0)


def test_accepted_counts_what_every_round_accepted() -> None:
    assert summary("fast", FAST, SLOW).accepted == 1


def test_rate_is_that_of_the_median_round() -> None:
    assert summary("fast", FAST, SLOW).per_second == pytest.approx(2 / 1.5)


def test_latencies_are_milliseconds_over_all_rounds() -> None:
    found = summary("fast", FAST, SLOW)
    assert (found.p50_ms, found.p99_ms) == (500, 1000)


def test_without_the_baseline_there_is_no_ratio() -> None:
    assert summary("fast", FAST, []).ratio == 0
