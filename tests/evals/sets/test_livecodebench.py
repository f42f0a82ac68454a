"""LiveCodeBench: programs and functions, public and private tests."""

import base64
import json
import pickle
import zlib
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from evals.item import TestsCheck
from hierarchy.problem import FunctionTest, StdioTest


def cases(kind: str, *pairs: tuple[str, str]) -> str:
    return json.dumps([{"input": given, "output": wanted, "testtype": kind} for given, wanted in pairs])


def packed(text: str) -> str:
    return base64.b64encode(zlib.compress(pickle.dumps(text))).decode()


PROGRAM = {
    "question_title": "A + B",
    "question_content": "Read two numbers and print their sum.",
    "platform": "atcoder",
    "question_id": "abc900_a",
    "contest_id": "abc900",
    "contest_date": "2025-02-01T00:00:00",
    "starter_code": "",
    "difficulty": "easy",
    "public_test_cases": cases("stdin", ("1 2\n", "3\n")),
    "private_test_cases": packed(cases("stdin", ("3 4\n", "7\n"))),
    "metadata": "{}",
}
FUNCTION = PROGRAM | {
    "question_id": "9001",
    "question_content": "Count how often k is in nums.",
    "platform": "leetcode",
    "starter_code": "class Solution:\n    def countOf(self, nums: List[int], k: int) -> int:\n        ",
    "public_test_cases": cases("functional", ("[1, 1]\n1", "2")),
    "private_test_cases": cases("functional", ('[]\n{"a": 1}', "0")),
    "metadata": '{"func_name": "countOf"}',
}


def test_a_program_is_graded_by_public_and_packed_private_tests(item: Callable[..., Any]) -> None:
    read = item("livecodebench", PROGRAM)
    public = StdioTest(stdin="1 2\n", stdout="3\n")
    assert (read.problem.task, read.problem.public_tests) == ("program", (public,))
    assert read.check == TestsCheck((public, StdioTest(stdin="3 4\n", stdout="7\n")))
    assert (read.id, read.difficulty, read.released) == ("abc900_a", "easy", date(2025, 2, 1))
    assert read.facts == {"platform": "atcoder"}


def test_a_function_has_one_json_value_on_each_line(item: Callable[..., Any]) -> None:
    read = item("livecodebench", FUNCTION)
    public = FunctionTest(entry_point="Solution.countOf", args=([1, 1], 1), expected=2)
    assert (read.problem.entry_point, read.problem.public_tests) == ("Solution.countOf", (public,))
    assert read.check.tests[1] == FunctionTest(entry_point="Solution.countOf", args=([], {"a": 1}), expected=0)
    assert "from typing import List\n\nclass Solution:" in read.problem.statement


def test_a_function_without_a_class(item: Callable[..., Any]) -> None:
    row = FUNCTION | {"starter_code": "def countOf(nums: list[int], k: int) -> int:\n    "}
    assert item("livecodebench", row).problem.entry_point == "countOf"


def test_a_solver_sees_no_private_test(item: Callable[..., Any]) -> None:
    assert "3 4" not in item("livecodebench", PROGRAM).problem.model_dump_json()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"public_test_cases": "{}"}, "'public_test_cases' holds no list of tests"),
        ({"public_test_cases": "[1]"}, "'public_test_cases' holds no list of tests"),
        ({"public_test_cases": "["}, "Expecting value"),
        ({"private_test_cases": "junk"}, "'private_test_cases' is neither JSON nor packed JSON"),
        ({"private_test_cases": cases("other", ("1", "2"))}, "unknown 'testtype' 'other'"),
        ({"private_test_cases": '[{"input": 1}]'}, "'input' must be text, not int"),
        ({"contest_date": "soon"}, "'soon' is no date"),
    ],
)
def test_a_row_of_another_form_is_refused(refused: Callable[..., str], change: dict[str, object], says: str) -> None:
    assert says in refused("livecodebench", PROGRAM | change)
