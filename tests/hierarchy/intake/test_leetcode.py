"""`Input:` and `Output:` lines of a function problem."""

import pytest

from hierarchy.intake.found import Target
from hierarchy.intake.leetcode import find_input_output
from hierarchy.problem import FunctionTest

TARGET = Target("Solution.twoSum", ("nums", "target"))


def read(statement: str, target: Target = TARGET) -> list[object]:
    tests = [found.test for found in find_input_output(statement, target)]
    return [(test.args, test.expected) for test in tests if isinstance(test, FunctionTest)]


def test_names_are_matched_to_the_parameters() -> None:
    statement = """
Example 1:

Input: nums = [2,7,11,15], target = 9
Output: [0,1]
Explanation: Because nums[0] + nums[1] == 9, we return [0, 1].

**Example 2:**

**Input:** target = 6, nums = [3,2,4]
**Output:** [1,2]
"""
    assert read(statement) == [(([2, 7, 11, 15], 9), [0, 1]), (([3, 2, 4], 6), [1, 2])]


def test_values_without_names_are_positional() -> None:
    assert read("Input: [1, 2], 3\nOutput: true\nInput:\n[4]\n5\nOutput: null # none") == [
        (([1, 2], 3), True),
        (([4], 5), None),
    ]


def test_a_name_that_shares_a_word_with_its_parameter() -> None:
    statement = "Input:\n  grid : [[0,1]]\n  bucket_capacity : 2\nOutput: 6"
    assert read(statement, Target("max_fill", ("grid", "capacity"))) == [(([[0, 1]], 2), 6)]


def test_both_on_one_line() -> None:
    assert read("Input: nums = [1], target = 2 -> Output: [0]") == [(([1], 2), [0])]


def test_expected_wins_over_the_output_of_a_report() -> None:
    assert read("Input: nums = [1], target = 1\nActual output: 5\nExpected output: 4") == [(([1], 1), 4)]


@pytest.mark.parametrize(
    "statement",
    [
        "Input: nums = [1]\nOutput: 1",
        "Input: a = [1], b = 2\nOutput: 1",
        "Input: nums = [1], nums = 2\nOutput: 1",
        "Input: 1 2 3\nOutput: 1",
        "Input: nums = x, target = 9\nOutput: 1",
        "Input: nums = [1], target = 9 or so\nOutput: 1",
        "Input: nums = [1], target = 9\nOutput: 2, nums = [2]",
        "Input: nums = [1], target = 9\nOutput: the sum",
        "Input: nums = [1], target = 9",
        "Input: nums = [1], target = 9\nOutput: [1]\nExplanation: [2] is also a valid answer.",
        "Input: " + "1," * 40 + "1\nOutput: 1",
        "Input: \nOutput: 1",
    ],
)
def test_what_is_no_certain_example_is_left_out(statement: str) -> None:
    assert read(statement) == []


def test_nothing_is_read_without_a_function() -> None:
    assert read("Input: 1\nOutput: 2", Target()) == []
    assert read("Input: 1\nOutput: 2", Target("f")) == []
