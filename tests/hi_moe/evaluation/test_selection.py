"""Which items of a set are chosen."""

from datetime import date

import pytest
from pydantic import ValidationError

from evals.item import AnswerCheck, Item
from hi_moe.evaluation.selection import Selection, ids_of
from hierarchy.errors import UnknownName, UsageError
from hierarchy.problem import Problem


def item(name: str, released: date | None = None) -> Item:
    return Item(Problem(id=name, statement="?", task="math"), AnswerCheck("4"), released=released)


def test_a_limit_is_at_least_one() -> None:
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Selection(limit=0)


ITEMS = [item("math/a"), item("math/b"), item("code/a"), item("code[1]")]
DATED = [item("old", date(2024, 1, 31)), item("new", date(2025, 6, 1)), item("undated")]


def chosen(selection: Selection, items: list[Item] = ITEMS) -> list[str]:
    return [one.id for one in selection.of(items, "own")]


def test_everything_without_filters() -> None:
    assert chosen(Selection()) == ["math/a", "math/b", "code/a", "code[1]"]


def test_ids_in_the_order_of_the_set() -> None:
    assert chosen(Selection(ids=("code/a", "math/a"))) == ["math/a", "code/a"]


def test_patterns() -> None:
    assert chosen(Selection(ids=("math/*", "*[[]1]"))) == ["math/a", "math/b", "code[1]"]


def test_an_id_with_the_characters_of_a_pattern() -> None:
    assert chosen(Selection(ids=("code[1]",))) == ["code[1]"]


def test_the_limit_comes_last() -> None:
    assert chosen(Selection(ids=("code*",), limit=1)) == ["code/a"]


def test_an_unknown_id_suggests_the_nearest() -> None:
    with pytest.raises(UnknownName, match="no item 'math/c' in 'own'; did you mean 'math/"):
        chosen(Selection(ids=("math/c",)))


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection(since=date(2024, 1, 31)), ["old", "new"]),
        (Selection(since=date(2024, 2, 1)), ["new"]),
        (Selection(until=date(2024, 1, 31)), ["old"]),
        (Selection(since=date(2024, 1, 1), until=date(2024, 12, 31)), ["old"]),
    ],
)
def test_dates_include_their_day(selection: Selection, names: list[str]) -> None:
    assert chosen(selection, DATED) == names


def test_dates_of_a_set_without_dates_are_refused() -> None:
    with pytest.raises(UsageError, match="the rows of 'own' have no dates"):
        chosen(Selection(since=date(2024, 1, 1)))


def test_an_empty_selection_is_an_error_that_says_by_what() -> None:
    with pytest.raises(UsageError, match="no item of 'own' is left by --since 2030-01-01"):
        chosen(Selection(since=date(2030, 1, 1)), DATED)


def test_a_list_of_ids() -> None:
    assert ids_of(" a, b,,c ") == ("a", "b", "c")
    assert ids_of(None) == ()


@pytest.mark.parametrize("text", ["", " , "])
def test_an_empty_list_of_ids_is_not_all_items(text: str) -> None:
    with pytest.raises(UsageError, match="names no item; give ids or patterns, or leave it out for all items"):
        ids_of(text)
