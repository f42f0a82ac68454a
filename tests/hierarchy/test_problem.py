"""What a problem says about the answer it wants."""

import pytest

from hierarchy.problem import Problem


@pytest.mark.parametrize(
    ("statement", "entry_point", "signature", "expected"),
    [
        ("Write a function add(a, b).", "add", "def add(a, b)", ""),
        ("What is the address of the sum?", "add", "def add(a, b)", "def add(a, b)"),
        ("Sum two numbers.", "add", None, "add"),
        ("Write twoSum.", "Solution.twoSum", "def twoSum(self, nums)", "Solution.twoSum"),
        ("class Solution: def twoSum", "Solution.twoSum", None, ""),
        ("Print the sum.", None, None, ""),
    ],
)
def test_only_what_the_statement_does_not_name_must_be_said(
    statement: str, entry_point: str | None, signature: str | None, expected: str
) -> None:
    asked = Problem(id="p", statement=statement, task="function", entry_point=entry_point, signature=signature)
    assert asked.must_define == expected
