"""Comparisons in words."""

from dataclasses import replace

import pytest

from evals.analysis.paired import Difference
from evals.analysis.verdict import p_value, points, sentence, span, times
from evals.stats.intervals import Interval

SEEN = Interval(0.0122, 0.1159)


def found(difference: float = 10 / 164, interval: Interval | None = SEEN, p: float = 0.0414) -> Difference:
    return Difference("all", 164, 0.6, 0.6 + difference, difference, interval, 104, 5, 15, 40, p, None)


def test_a_winner_with_its_price() -> None:
    assert sentence(found(), "b", tokens_ratio=2.31) == (
        "B is better than A: +6.1 points [+1.2, +11.6], p=.041, at 2.3 times the tokens"
    )


def test_seen_from_the_winner() -> None:
    lost = found(-10 / 164, Interval(-0.1159, -0.0122))
    assert sentence(lost, "a", tokens_ratio=0.25) == (
        "A is better than B: +6.1 points [+1.2, +11.6], p=.041, at 4.0 times the tokens"
    )


def test_no_price_where_none_is_known() -> None:
    assert sentence(found(), "b") == "B is better than A: +6.1 points [+1.2, +11.6], p=.041"


def test_what_it_would_take() -> None:
    assert sentence(found(p=0.2), None, needed=1276) == (
        "not enough items to tell: 1,276 needed for a difference of this size, there are 164 "
        "(B - A = +6.1 points [+1.2, +11.6], p=.20)"
    )
    assert sentence(found(p=0.2, interval=None), None) == (
        "not enough items to tell: there are 164 (B - A = +6.1 points [no interval], p=.20)"
    )


def test_no_difference_at_all() -> None:
    assert sentence(found(0.0, None, 1.0), None) == (
        "no difference seen: each solves 60.0% of 164 items (5 only A, 15 only B, p=1)"
    )


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (0.0414, "p=.041"),
        (0.0009, "p<.001"),
        (0.001, "p=.001"),
        (0.31, "p=.31"),
        (1.0, "p=1"),
        (0.997, "p=1"),
        (0.0496, "p=.0496"),
        (0.0501, "p=.0501"),
        (0.04996, "p=.04996"),
        (0.05, "p=.050"),
        (0.05 + 1e-12, "p=.050000"),
    ],
)
def test_p_values(p: float, text: str) -> None:
    assert p_value(p) == text


def test_p_values_are_told_from_the_error_rate_that_was_chosen() -> None:
    assert (p_value(0.0096, 0.01), p_value(0.0096)) == ("p=.0096", "p=.010")
    assert p_value(0.104, 0.1) == "p=.104"


def test_an_early_stop_is_named_beside_its_p() -> None:
    stopped = replace(found(), p_at_any_time=0.21)
    assert sentence(stopped, None).endswith("(B - A = +6.1 points [+1.2, +11.6], p=.21 at any time)")


def test_a_difference_that_all_samples_turn_round_has_its_own_words() -> None:
    assert sentence(found(), None, contrary=-0.35) == (
        "not told: B - A = +6.1 points [+1.2, +11.6], p=.041 on the samples compared, but -35.0 points on all; "
        "both need as many samples"
    )


@pytest.mark.parametrize(
    ("ratio", "text"), [(2.31, "2.3"), (1.0, "1.0"), (0.042, "0.042"), (0.9, "0.9"), (1234.0, "1,234")]
)
def test_ratios(ratio: float, text: str) -> None:
    assert times(ratio) == f"{text} times"


def test_differences_carry_their_sign() -> None:
    assert points(-0.031) == "-3.1 points"
    assert span(Interval(-0.1, 0.02)) == "[-10.0, +2.0]"
