"""Two runs item by item."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evals.analysis.paired import difference, spread
from evals.analysis.scores import passed_base, right
from evals.results import Row

MakeRow = Callable[..., Row]
Side = dict[str, list[Row]]


def side(row: MakeRow, cells: str) -> Side:
    """One item a character, one sample each."""
    return {f"{place}": [row(f"{place}", cell == "1")] for place, cell in enumerate(cells)}


def test_the_four_cells_and_the_difference(row: MakeRow) -> None:
    found = difference("all", side(row, "1110000000"), side(row, "1101111000"), right)
    assert (found.both, found.only_a, found.only_b, found.neither) == (2, 1, 4, 3)
    assert (found.items, found.a, found.b) == (10, 0.3, 0.6)
    assert found.difference == pytest.approx(0.3)
    assert found.p == pytest.approx(2 * (1 + 5) / 2**5)
    assert found.p_of_means is None
    assert found.deciding_p == found.p
    assert found.interval is not None
    assert found.interval.low < 0.3 < found.interval.high


def test_the_order_of_the_items_does_not_matter(row: MakeRow) -> None:
    a, b = side(row, "1100"), side(row, "0110")
    assert difference("all", a, b, right) == difference("all", a, dict(reversed(b.items())), right)


def test_with_several_samples_the_means_decide(row: MakeRow) -> None:
    a = {name: [row(name, True), row(name, False, 1)] for name in "abcd"}
    b = {name: [row(name, True), row(name, True, 1)] for name in "abcd"}
    found = difference("all", a, b, right)
    assert (found.both, found.p) == (4, 1.0)
    assert (found.a, found.b) == (0.5, 1.0)
    # All four means got better, by the same: of the 16 ways to flip them two are as far from zero.
    assert found.deciding_p == found.p_of_means == pytest.approx(2 / 16)


def test_the_test_takes_as_many_samples_of_both(row: MakeRow) -> None:
    a = {name: [row(name, False)] for name in "abcdef"}
    b = {name: [row(name, True), row(name, False, 1), row(name, False, 2), row(name, False, 3)] for name in "abcdef"}
    found = difference("all", a, b, right)
    assert (found.a, found.b, found.difference) == (0.0, 1.0, 1.0)
    assert (found.p_of_means, found.deciding_p) == (None, 2 / 2**6)
    assert spread(a, b, right) == 0.0


def test_a_hole_in_one_is_one_in_the_other(row: MakeRow) -> None:
    a = {"x": [row("x", True), row("x", True, 1)], "y": [row("y", True), row("y", False, 1)]}
    b = {"x": [row("x", False)], "y": [row("y", True), row("y", True, 1)]}
    found = difference("all", a, b, right)
    assert (found.a, found.b) == (0.75, 0.5)
    assert found.p_of_means is not None


def test_the_p_of_an_early_stop_decides(row: MakeRow) -> None:
    found = difference("all", side(row, "00"), side(row, "11"), right)
    assert replace(found, p_at_any_time=0.75).deciding_p == 0.75


def test_another_question_may_be_asked_of_the_rows(row: MakeRow) -> None:
    a = {"x": [row("x", False, base=True)]}
    b = {"x": [row("x", False, base=False)]}
    assert difference("base", a, b, passed_base).only_a == 1


def test_a_wider_confidence_gives_a_wider_interval(row: MakeRow) -> None:
    a, b = side(row, "1" * 10 + "0" * 30), side(row, "1" * 4 + "0" * 6 + "1" * 15 + "0" * 15)
    usual, wide = (difference("all", a, b, right, confidence=level).interval for level in (0.8, 0.99))
    assert usual is not None
    assert wide is not None
    assert wide.low < usual.low < usual.high < wide.high


def test_the_spread_is_the_standard_deviation_of_the_differences(row: MakeRow) -> None:
    a, b = side(row, "1100"), side(row, "1011")
    # 0, -1, 1, 1 around 1/4.
    assert spread(a, b, right) == pytest.approx(((0.0625 + 1.5625 + 0.5625 + 0.5625) / 3) ** 0.5)
    assert spread(side(row, "1"), side(row, "0"), right) == 0.0
