"""Fields of hostile rows."""

import json
from contextlib import nullcontext
from datetime import date, datetime

import pytest

from evals.item import AnswerCheck, Check, InputsCheck, Item, ScriptCheck, TestsCheck
from evals.sets.base import Row, day, problem, text, texts
from evals.sets.own import Own
from hierarchy.errors import ProblemError, UsageError
from hierarchy.problem import Problem


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("2024-01-31", date(2024, 1, 31)),
        ("2024-01-31T10:00:00.000", date(2024, 1, 31)),
        ("2024-01-31 10:00:00", date(2024, 1, 31)),
        (date(2024, 1, 31), date(2024, 1, 31)),
        (datetime(2024, 1, 31, 23), date(2024, 1, 31)),  # noqa: DTZ001  (as Parquet has it)
        (1706659200000, date(2024, 1, 31)),
    ],
)
def test_a_day_in_every_published_form(value: object, expected: date | None) -> None:
    assert day(value) == expected


@pytest.mark.parametrize("value", ["soon", "31.01.2024", 10**30, 1.5])
def test_what_is_no_day_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="is no date; write it as 2024-01-31"):
        day(value)


def test_text_must_be_text() -> None:
    assert text({"a": "x"}, "a") == "x"
    with pytest.raises(TypeError, match="'a' must be text, not int"):
        text({"a": 1}, "a")
    with pytest.raises(KeyError):
        text({}, "a")


def test_texts_must_be_texts() -> None:
    assert texts({"a": ["x", "y"]}, "a") == ("x", "y")
    with pytest.raises(TypeError, match="'a' must be a list of texts"):
        texts({"a": ["x", 1]}, "a")


def test_a_problem_is_read_as_a_users_own_and_none_is_left_out() -> None:
    read = problem("s", id="a", statement="What is 2 + 2?", task="math", tags=None)
    assert (read.id, read.source, read.tags) == ("a", "s", ())
    with pytest.raises(ProblemError, match="the problem: unknown key 'answr'"):
        problem("s", id="a", statement="What is 2 + 2?", answr="4")


@pytest.mark.parametrize(
    ("check", "refused"),
    [
        (InputsCheck("f", "", base=()), True),
        (InputsCheck("f", "", base=(), plus=((1,),)), False),
        (TestsCheck(()), True),
        (ScriptCheck(" \n"), True),
        (ScriptCheck("assert f()"), False),
        (AnswerCheck(" "), True),
        (AnswerCheck("4"), False),
    ],
)
def test_an_item_that_could_refuse_nothing_is_no_item(check: Check, refused: bool) -> None:
    class One(Own):
        def item(self, row: Row, number: int) -> Item:
            return Item(Problem(id="one", statement="?", task="text"), check)

    with pytest.raises(UsageError, match="line 1: 'one' has nothing") if refused else nullcontext():
        One().items([("line 1", {})])


def test_a_row_that_is_nested_too_deeply_is_named() -> None:
    class Deep(Own):
        def item(self, row: Row, number: int) -> Item:
            return json.loads("[" * 200_000)  # type: ignore[no-any-return]

    with pytest.raises(UsageError, match="line 1: nested too deeply"):
        Deep().items([("line 1", {})])
