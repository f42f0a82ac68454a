"""Functions that the judge provides are neither asked for nor tested."""

import pytest

from hierarchy.intake import read_statement
from hierarchy.intake.given import given_names

FIRST_BAD = """You are given an API isBadVersion(version). Implement a function to find the first bad version.

Example 1:
Input: n = 5, bad = 4
Output: 4
Explanation:
call isBadVersion(3) -> false
call isBadVersion(5) -> true
call isBadVersion(4) -> true
"""


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        (FIRST_BAD, {"isBadVersion"}),
        ("You are given an API bool isBadVersion(version) which returns it.", {"isBadVersion"}),
        ("You call a pre-defined API int guess(int num), which returns three results.", {"guess"}),
        ("# The isBadVersion API is already defined for you.", {"isBadVersion"}),
        ("Given the API rand7() that draws a number, write a function rand10().", {"rand7"}),
        ("You have a function `peek(i)`. Write search(n) with it.", {"peek"}),
        ("The function knows(a, b) is provided. Implement findCelebrity(n).", {"knows"}),
        ("Implement a function add(a, b) that adds.", set()),
        ("You are given a function add(a, b) with a bug. Fix it.", set()),
        ("Implement the given function add(a, b).", set()),
        ("Implement `solve(n)` using the API `ask(i)`.", {"ask"}),
    ],
)
def test_what_is_given(statement: str, names: set[str]) -> None:
    assert given_names(statement) == names


def test_a_given_function_is_not_the_one_to_write() -> None:
    problem = read_statement(FIRST_BAD)
    assert (problem.task, problem.entry_point, problem.public_tests) == ("function", None, ())


def test_examples_of_what_calls_a_given_function_cannot_be_judged_here() -> None:
    stub = "class Solution:\n    def firstBadVersion(self, n: int) -> int:\n"
    problem = read_statement(f"{FIRST_BAD}\n{stub}\nSolution().firstBadVersion(5) == 4")
    assert (problem.entry_point, problem.public_tests) == ("Solution.firstBadVersion", ())
    shown = "def peek(i):\n    return i\n\nYou have a function `peek(i)`. Write search(n). search(2) == 2"
    assert read_statement(shown + "\ndef search(n):").public_tests


def test_a_hidden_input_is_no_parameter() -> None:
    pick = "We play a game. You call a pre-defined API int guess(int num). Return the number.\n"
    pick += "Input: n = 10, pick = 6\nOutput: 6"
    assert read_statement(pick).public_tests == ()
    assert read_statement("Write guessNumber(n).\nInput: n = 10, pick = 6\nOutput: 6").public_tests == ()
