"""How many items are needed: against a published value, a simulation and the definition."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.stats.mcnemar import two_sided
from evals.stats.power import connor, exact_power, items_needed, items_needed_for_means
from hierarchy.errors import UsageError


def test_connor_gives_a_published_value() -> None:
    # The worked example for p01 = .45, p10 = .05 at powerandsamplesize.com, after Connor (1987), p. 209.
    assert connor(0.5, 0.4) == 23


def test_three_points_take_about_a_thousand_items() -> None:
    assert items_needed(0.12, 0.03) == 1096
    assert connor(0.12, 0.03) == 1045


def test_the_power_is_that_of_a_simulation() -> None:
    rng = random.Random(11)
    discordant, difference = 20 / 164, 10 / 164
    items = items_needed(discordant, difference)
    assert items == 276
    only_b = (discordant + difference) / 2
    found = {True: 0, False: 0}
    p_values: dict[tuple[int, int], float] = {}
    for _ in range(2000):
        draws = [rng.random() for _ in range(items)]
        b = sum(draw < only_b for draw in draws)
        a = sum(only_b <= draw < discordant for draw in draws)
        if (a, b) not in p_values:
            p_values[a, b] = two_sided(a, b)
        found[p_values[a, b] <= 0.05] += 1
    # 0.80 within four standard errors of 2,000 trials.
    assert found[True] / 2000 == pytest.approx(0.80, abs=0.036)
    assert exact_power(items, discordant, difference) >= 0.8 > exact_power(items - 1, discordant, difference)


def test_the_power_is_the_sum_over_all_outcomes() -> None:
    items, discordant, difference = 12, 0.7, 0.5
    only_a, only_b = (discordant - difference) / 2, (discordant + difference) / 2
    total = 0.0
    for a in range(items + 1):
        for b in range(items + 1 - a):
            if two_sided(a, b) <= 0.05:
                ways = math.comb(items, a) * math.comb(items - a, b)
                total += ways * only_a**a * only_b**b * (1 - discordant) ** (items - a - b)
    assert exact_power(items, discordant, difference) == pytest.approx(total, abs=1e-8)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.02, 1), st.floats(0.1, 1))
def test_the_number_is_enough_and_not_below_the_approximation(discordant: float, part: float) -> None:
    difference = discordant * part
    items = items_needed(discordant, difference)
    assert items is not None
    assert items >= connor(discordant, difference)
    assert exact_power(items, discordant, difference) >= 0.8


def test_the_side_does_not_matter() -> None:
    assert items_needed(0.3, -0.1) == items_needed(0.3, 0.1)


def test_one_side_wins_everything() -> None:
    # The smallest p-value of m items is 2 / 2^m, below .05 from 6 on.
    assert items_needed(1.0, 1.0) == 6


def test_no_number_of_items_shows_a_difference_that_is_not_there() -> None:
    assert items_needed(0.2, 0.0) is None


def test_a_tiny_difference_is_answered_by_the_approximation() -> None:
    assert items_needed(0.5, 1e-4) == connor(0.5, 1e-4) > 10_000_000


@pytest.mark.parametrize(("discordant", "difference"), [(0.1, 0.2), (1.5, 0.2), (0.0, 0.1)])
def test_shares_that_cannot_be_are_refused(discordant: float, difference: float) -> None:
    with pytest.raises(UsageError, match="cannot be"):
        items_needed(discordant, difference)


def test_the_number_for_means_gives_the_power_of_a_simulation() -> None:
    rng = random.Random(3)
    items = items_needed_for_means(0.4, 0.1)
    assert items == 126
    told = 0
    for _ in range(2000):
        values = [rng.gauss(0.1, 0.4) for _ in range(items)]
        told += abs(sum(values) / items) > 1.959964 * 0.4 / items**0.5
    assert told / 2000 == pytest.approx(0.80, abs=0.036)


def test_no_number_of_items_shows_means_that_do_not_differ() -> None:
    assert items_needed_for_means(0.4, 0.0) is None


def test_power_rises_in_a_saw_tooth() -> None:
    # The numbers that the docstring of the file gives.
    assert items_needed(1.0, 0.5) == 35
    assert [items for items in range(29, 36) if exact_power(items, 1.0, 0.5) >= 0.8] == [30, 33, 35]
