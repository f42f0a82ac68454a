"""Starter code as a statement shows it."""

import ast

import pytest

from evals.sets.starter import entry_point, shown
from hierarchy.extract import with_statement_context

STARTER = "class Solution:\n    def twoSum(self, nums: List[int], target: int) -> List[int]:\n        "
GIVEN = "import math\n\nclass ListNode:\n    def __init__(self, x: Optional[int] = 0):\n        self.val = x\n"


def program(text: str) -> str:
    return text.removeprefix("```python\n").removesuffix("\n```")


def test_an_open_body_is_closed_and_types_are_imported() -> None:
    assert shown(STARTER) == (
        "```python\nfrom typing import List\n\nclass Solution:\n"
        "    def twoSum(self, nums: List[int], target: int) -> List[int]:\n        pass\n```"
    )


def test_a_body_that_is_not_open_stays() -> None:
    assert shown("def f(a):\n    return a\n") == "```python\ndef f(a):\n    return a\n```"


def test_classes_of_the_judges_that_the_signature_names_are_shown_with_their_types() -> None:
    text = program(shown("class Solution:\n    def f(self, head: Optional[ListNode]) -> int:\n", GIVEN))
    assert text.startswith("from typing import Optional\n\nclass ListNode:\n")
    ast.parse(text)


def test_a_class_that_only_a_comment_defines_is_shown() -> None:
    starter = "# Definition for a list.\n# class ListNode:\n#     pass\nclass Solution:\n    def f(self, n) -> int:\n"
    assert "\nclass ListNode:\n\n    def __init__" in shown(starter, GIVEN)


def test_classes_that_it_does_not_name_are_left_out() -> None:
    assert "ListNode" not in shown(STARTER, GIVEN)


def test_what_a_statement_shows_reaches_a_program_that_lacks_it() -> None:
    code = "class Solution:\n    def twoSum(self, nums: List[int], target: int) -> List[int]:\n        return []\n"
    assert with_statement_context(code, f"Find two.\n\n{shown(STARTER)}\n") == f"from typing import List\n{code}"


@pytest.mark.parametrize(("starter", "given"), [("class {", ""), (STARTER, "class {"), ("x\0", "")])
def test_what_is_no_python_is_refused(starter: str, given: str) -> None:
    with pytest.raises(ValueError, match="the starter code is no valid Python"):
        shown(starter, given)


@pytest.mark.parametrize(
    ("call", "name"), [("Solution().twoSum", "Solution.twoSum"), ("two_sum", "two_sum"), (" f ", "f")]
)
def test_the_name_of_what_is_called(call: str, name: str) -> None:
    assert entry_point(call) == name
