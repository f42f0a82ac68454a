"""Examples in words."""

import pytest

from hierarchy.intake.found import Target
from hierarchy.intake.prose import find_prose
from hierarchy.problem import FunctionTest

TARGET = Target("f", ("n", "k"))


def read(statement: str, target: Target = TARGET) -> list[object]:
    tests = [found.test for found in find_prose(statement, target)]
    return [(test.args, test.expected) for test in tests if isinstance(test, FunctionTest)]


@pytest.mark.parametrize(
    "line",
    [
        "For example f(3, 1) returns 4.",
        "`f(3, 1)` is 4",
        "f(3, 1) should return 4",
        "f(3, 1) should\n    return 4 and f(9, 9) should not",
        "f(3, 1) must be 4, because it is.",
        "f(3, 1) will return: 4",
        "the result of f(3, 1) is 4",
        "Calling `f(3, 1)` gives `4`.",
        "f(3, 1) evaluates to 4",
        "f(3, 1) should return 4 but returns 5",
        "For n = 3, k = 1 the output should be 4",
        "for n = 3 and k = 1, the result is 4.",
        "Example: n = 3, k = 1, output: 4",
        "If k = 1, n = 3 the function should return 4",
        "Given n=3, k=1, return 4.",
        "For n = 3, k = 1, the answer -> 4",
    ],
)
def test_every_wording(line: str) -> None:
    assert read(line) == [((3, 1), 4)]


@pytest.mark.parametrize(
    "line",
    [
        "f(3, 1) is 4 times larger",
        "f(3, 1) returns 4 as a string",
        "f(3, 1) returns 4 or 5",
        "f(3, 1) returns 4 and 5",
        "f(3, 1) is not 4",
        "f(3, 1) returns the number 4 times two",
        "the length of f(3, 1) is 4",
        "the numbers in f(3, 1) is 4",
        "f(3, 1) returns 4 instead of 5",
        "f(3, 1) returns 4 but should return 5",
        "f(3, 1) returns (4)",
        "For n = 3 the output should be 4",
        "For n = 3, x = 1 the output should be 4",
        "For n = 3, k = m the output should be 4",
        "For n = 3, k = 1 the sum is 5",
        "For n = 3, k = 1 the output should be four",
        "For n = 3, k = 1 the output is 2 and the answer is 4",
        "For n = 3, k = 1\nthe output should be 4",
    ],
)
def test_what_is_no_certain_example_is_left_out(line: str) -> None:
    assert read(line) == []


def test_words_on_the_way_to_the_output_do_not_matter() -> None:
    line = 'For n = 1000, the sum of digits will be 1 the output should be "1".'
    assert read(line, Target("solve", ("n",))) == [((1000,), "1")]


def test_several_phrases_on_one_line() -> None:
    line = "For n = 3 the output should be 'Fizz', and for n = 5 the result is 'Buzz'."
    assert read(line, Target("fizz", ("n",))) == [((3,), "Fizz"), ((5,), "Buzz")]


def test_nothing_is_read_without_a_function() -> None:
    assert read("f(3) returns 4", Target()) == []
    assert read("For n = 3 the output is 4", Target("f")) == []
