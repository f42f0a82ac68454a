"""`assert` statements."""

import pytest

from hierarchy.intake.asserts import asserted_names, find_asserts, read_assert
from hierarchy.intake.found import Target
from hierarchy.problem import AssertionTest, FunctionTest


def read(statement: str) -> list[object]:
    return [found.test for found in find_asserts(statement, Target("f"))]


def test_an_equality_becomes_a_function_test() -> None:
    assert read("assert f(1, b=[2]) == (3, None)") == [
        FunctionTest(entry_point="f", args=(1,), kwargs={"b": [2]}, expected=(3, None))
    ]


def test_anything_else_stays_an_assertion() -> None:
    assert read("assert not f(0)\nassert f(1)\nassert set(f(2)) == {1}\nassert math.isclose(f(3), 0.5)") == [
        AssertionTest(code="assert not f(0)"),
        AssertionTest(code="assert f(1)"),
        AssertionTest(code="assert set(f(2)) == {1}"),
        AssertionTest(code="assert math.isclose(f(3), 0.5)"),
    ]


def test_several_lines_messages_and_quotes() -> None:
    statement = (
        "- `assert f(1) == 2`\nassert f(\n    [1,\n     ')'],\n) == 3, 'message (with bracket'\nThen assert f(4) == 5;"
    )
    assert [getattr(test, "expected", None) for test in read(statement)] == [2, 3, 5]


@pytest.mark.parametrize(
    "statement",
    [
        "We assert that f(1) is 2.",
        "assert f(x) == 2",
        "assert isinstance(x, int)",
        "assert f(1) == g(2)",
        "assert f([1) == 2",
        "assert list_sort([1]) => [1]",
        "assert f(open('x').read())",
        "assert (f(1) ==",
        "reassert f(1) == 2",
    ],
)
def test_what_cannot_be_run_is_left_out(statement: str) -> None:
    assert read(statement) == []


def test_the_names_that_asserts_call() -> None:
    assert asserted_names("assert set(similar((1,), (2,))) == set()\nassert len([]) == 0") == {"similar"}


@pytest.mark.parametrize("source", ["assert f(1); import os", "print(1)", "assert", "", "assert " + "(" * 100])
def test_only_one_whole_statement_is_read(source: str) -> None:
    assert read_assert(source) is None
