"""LeetCodeDataset's rows, and that its script works behind a solution as its authors' does behind a prompt."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evals.grading.grader import Grader
from evals.item import ScriptCheck
from evals.sample import Sample
from evals.sets.registry import load_set
from hierarchy.problem import FunctionTest
from sandbox.sandbox import Sandbox

ROW = {
    "task_id": "sum-of-list",
    "question_id": 9001,
    "difficulty": "Medium",
    "tags": ["Linked List", "Math"],
    "problem_description": "Given a list, add up all.\n\nExample 1:\n\nInput: nums = [1,2], k = 3\nOutput: 9\n",
    "starter_code": "class Solution:\n    def addUp(self, nums: List[int], k: int) -> int:\n        ",
    "estimated_date": "2024-08-03T00:00:00",
    "prompt": "from typing import *\nfrom itertools import *\n\ndef scale(x, k):\n    return x * k\n\n",
    "completion": "class Solution:\n    def addUp(self, nums: List[int], k: int) -> int:\n        return scale(sum(nums), k)\n",  # noqa: E501
    "entry_point": "Solution().addUp",
    "test": "def check(candidate):\n    assert candidate(nums = [1, 2], k = 3) == scale(3, 3)\n",
    "input_output": [],
    "query": "",
    "response": "",
}
HIDING = """class Solution:
    def addUp(self, nums, k):
        return product(sum(nums), k)

def product(a, b):
    return a * b
"""


def test_a_row(item: Callable[..., Any]) -> None:
    read = item("leetcode", ROW)
    assert (read.id, read.difficulty, read.released) == ("sum-of-list", "medium", date(2024, 8, 3))
    assert read.problem.tags == ("Linked List", "Math")
    assert read.problem.entry_point == "Solution.addUp"
    assert read.problem.public_tests == (FunctionTest(entry_point="Solution.addUp", args=([1, 2], 3), expected=9),)
    assert read.reference == ROW["prompt"] + ROW["completion"]  # type: ignore[operator]


def test_a_solver_sees_description_and_starter_code_only(item: Callable[..., Any]) -> None:
    seen = item("leetcode", ROW).problem
    assert seen.statement.endswith("    def addUp(self, nums: List[int], k: int) -> int:\n        pass\n```\n")
    assert "scale" not in seen.model_dump_json()


@pytest.mark.parametrize(
    ("solution", "right"),
    [
        (ROW["prompt"] + ROW["completion"], True),  # type: ignore[operator]
        (HIDING, True),
        ("class Solution:\n    def addUp(self, nums, k):\n        return scale(sum(nums), k)\n", True),
        ("class Solution:\n    def addUp(self, nums, k):\n        return 0\n", False),
    ],
)
async def test_the_script_grades_and_hides_no_function_of_the_solutions(
    item: Callable[..., Any], solution: str, right: bool, tmp_path: Path
) -> None:
    read = item("leetcode", ROW)
    async with Sandbox(max_parallel=1) as sandbox, Grader(sandbox, tmp_path) as grader:
        grade = await grader.grade(read, Sample(task_id=read.id, solution=solution))
    assert grade.passed is right


def test_a_row_without_date_tags_and_solution(item: Callable[..., Any]) -> None:
    read = item("leetcode", ROW | {"estimated_date": None, "tags": None, "completion": ""})
    assert (read.released, read.problem.tags, read.reference) == (None, (), None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"entry_point": "Solution().addUp) or (1"}, "is no name of a function"),
        ({"entry_point": "Solution()[0]"}, "is no name of a function"),
        ({"starter_code": "class {"}, "the starter code is no valid Python"),
        ({"tags": "x"}, "'tags' must be a list of texts"),
    ],
)
def test_a_row_of_another_form_is_refused(refused: Callable[..., str], change: dict[str, object], says: str) -> None:
    assert says in refused("leetcode", ROW | change)


def test_a_file_of_rows(tmp_path: Path) -> None:
    import json

    (tmp_path / "test.jsonl").write_text(json.dumps(ROW) + "\n")
    (read,) = load_set("leetcode", tmp_path / "test.jsonl").items
    assert isinstance(read.check, ScriptCheck)
