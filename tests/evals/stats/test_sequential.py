"""The sequential rule keeps its error rate when one looks after every item, and stops early when it can."""

import math
import random
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.stats.sequential import MOST, Decision, decide, discordant_needed, fewest, log_e_value, p_value
from hierarchy.errors import UsageError


def play(rng: random.Random, p_a: float, p_b: float, items: int, alpha: float) -> tuple[Decision, int]:
    """Items one after the other, A and B solving each by a coin of their own, looked at after every one."""
    wins_a = wins_b = 0
    for done in range(1, items + 1):
        a, b = rng.random() < p_a, rng.random() < p_b
        wins_a, wins_b = wins_a + (a and not b), wins_b + (b and not a)
        decision = decide(wins_a, wins_b, items - done, alpha)
        if decision != "go_on":
            return decision, done
    raise AssertionError("with no items left there is a decision")


def ends(rule: Callable[[int, int, int], Decision], p: float, items: int = 164) -> dict[tuple[Decision, int], float]:
    """(decision, discordant items until then) → its probability, when A wins each with `p`; over all paths."""
    found: dict[tuple[Decision, int], float] = {}
    going = {(0, 0): 1.0}
    for total in range(1, items + 1):
        following: dict[tuple[int, int], float] = {}
        for (a, b), share in going.items():
            for wins, part in (((a + 1, b), share * p), ((a, b + 1), share * (1 - p))):
                following[wins] = following.get(wins, 0.0) + part
        going = {}
        for wins, share in following.items():
            decision = rule(*wins, items - total)
            if decision == "go_on":
                going[wins] = share
            else:
                found[decision, total] = found.get((decision, total), 0.0) + share
    return found


@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_equal_sides_are_told_apart_no_more_often_than_alpha(alpha: float) -> None:
    rng = random.Random(5)
    trials = 600
    wrong = sum(play(rng, 0.5, 0.5, 200, alpha)[0] in ("a", "b") for _ in range(trials))
    assert 0 < wrong / trials <= alpha


def test_the_fixed_test_looked_at_after_every_item_would_not_keep_it() -> None:
    # What the rule is for: with as many looks the exact test at .05 is wrong far more often.
    def exact(wins_a: int, wins_b: int, left: int) -> Decision:
        total = wins_a + wins_b
        tail = sum(math.comb(total, wins) for wins in range(min(wins_a, wins_b) + 1)) / 2**total
        return "a" if 2 * tail <= 0.05 else "go_on" if left else "undecidable"

    assert sum(share for (decision, _), share in ends(exact, 0.5).items() if decision == "a") > 0.15


def test_a_clear_winner_is_found_early() -> None:
    rng = random.Random(1)
    ends = [play(rng, 0.4, 0.8, 164, 0.05) for _ in range(100)]
    assert all(decision == "b" for decision, _ in ends)
    assert sum(done for _, done in ends) / 100 < 82


def test_eight_wins_in_a_row_decide() -> None:
    assert [decide(0, wins, 100) for wins in (6, 7, 8)] == ["go_on", "go_on", "b"]
    assert decide(8, 0, 100) == "a"


def test_it_ends_when_the_rest_cannot_settle_it() -> None:
    assert decide(0, 0, 8) == "go_on"
    assert decide(0, 0, 7) == "undecidable"
    assert decide(3, 3, 0) == "undecidable"


@pytest.mark.parametrize(("p", "told", "mean"), [(0.5, 0.030, 129.7), (0.75, 1.0, 33.9), (0.9, 1.0, 12.7)])
def test_the_figures_of_the_docstring(p: float, told: float, mean: float) -> None:
    found = ends(decide, p)
    assert sum(share for (decision, _), share in found.items() if decision != "undecidable") == pytest.approx(
        told, abs=5e-4
    )
    assert sum(total * share for (_, total), share in found.items()) == pytest.approx(mean, abs=0.05)


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_the_evidence_is_the_formula_and_a_martingale(wins_a: int, wins_b: int) -> None:
    def evidence(a: int, b: int) -> Fraction:
        return Fraction(2 ** (a + b), (a + b + 1) * math.comb(a + b, a))

    now = evidence(wins_a, wins_b)
    assert (evidence(wins_a + 1, wins_b) + evidence(wins_a, wins_b + 1)) / 2 == now
    assert log_e_value(wins_a, wins_b) == pytest.approx(math.log(now), abs=1e-9)


def test_the_p_value_is_one_over_the_evidence() -> None:
    assert p_value(0, 0) == p_value(3, 3) == 1.0
    assert p_value(8, 0) == pytest.approx(9 / 256)
    assert p_value(7, 0) == pytest.approx(8 / 128)


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_undecidable_is_what_no_order_of_the_rest_can_change(wins_a: int, wins_b: int, left: int) -> None:
    reachable = any(
        decide(wins_a + a, wins_b + b, 0) in ("a", "b") for a in range(left + 1) for b in range(left + 1 - a)
    )
    assert (decide(wins_a, wins_b, left) != "undecidable") == reachable


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 100))
def test_the_names_of_the_sides_do_not_matter(wins_a: int, wins_b: int, left: int) -> None:
    swapped: dict[Decision, Decision] = {"a": "b", "b": "a", "go_on": "go_on", "undecidable": "undecidable"}
    assert decide(wins_b, wins_a, left) == swapped[decide(wins_a, wins_b, left)]


def test_thousands_of_items_do_not_overflow() -> None:
    assert decide(60_000, 59_000, 10_000) == "go_on"
    assert decide(100_000, 0, 0) == "a"


@pytest.mark.parametrize(("wins", "left", "alpha"), [((-1, 2), 5, 0.05), ((1, 2), -5, 0.05), ((1, 2), 5, 0.0)])
def test_numbers_that_cannot_be_are_refused(wins: tuple[int, int], left: int, alpha: float) -> None:
    with pytest.raises(UsageError):
        decide(*wins, left, alpha)


def test_the_fewest_items_that_can_settle_it() -> None:
    assert fewest(0.05) == 8
    assert decide(fewest(0.01), 0, 0, 0.01) == "a"
    assert decide(fewest(0.01) - 1, 0, 0, 0.01) == "undecidable"


@pytest.mark.parametrize("share", [0.65, 0.8, 0.95, 1.0])
def test_the_number_needed_is_that_of_all_paths(share: float) -> None:
    needed = discordant_needed(share)
    assert needed is not None
    told = {total: part for (decision, total), part in ends(decide_alone, share, needed).items() if decision == "a"}
    assert sum(told.values()) >= 0.8 > sum(part for total, part in told.items() if total < needed)


def decide_alone(wins_a: int, wins_b: int, _: int) -> Decision:
    """The rule while any number of items is left."""
    return decide(wins_a, wins_b, 10**6)


def test_a_side_that_is_hardly_ahead_takes_more_than_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.stats.sequential.MOST", 200)
    assert discordant_needed(0.51) is None
    assert MOST > 200


@pytest.mark.parametrize("share", [0.5, 1.01])
def test_a_better_side_wins_more_than_half(share: float) -> None:
    with pytest.raises(UsageError, match="more than half"):
        discordant_needed(share)
