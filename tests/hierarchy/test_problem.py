"""What a problem says about the answer it wants."""

import pytest
from pydantic import ValidationError

from hierarchy.comparison import CheckerMode, DefaultMode, FloatsMode, OneOfMode, ToleranceMode
from hierarchy.problem import FunctionTest, Problem, StdioTest


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


def test_comparisons_survive_json() -> None:
    checker = CheckerMode(source="def check(input, output): return True")
    problem = Problem(
        id="p",
        statement="Write f.",
        task="function",
        entry_point="f",
        public_tests=(
            FunctionTest(entry_point="f", expected=({1}, None)),
            FunctionTest(entry_point="f", expected=1.0, compare=ToleranceMode(rtol=0.25, atol=0)),
            FunctionTest(entry_point="f", expected=[[1], (2,)], compare=OneOfMode()),
            FunctionTest(entry_point="f", compare=checker),
            StdioTest(stdin="", stdout="1", compare=FloatsMode()),
            StdioTest(stdin="", compare=checker),
        ),
    )
    assert Problem.model_validate_json(problem.model_dump_json()) == problem
    assert Problem.model_validate(problem.model_dump(mode="json")) == problem


def test_records_from_before_there_were_modes_still_load() -> None:
    old = {
        "id": "p",
        "statement": "Write f.",
        "task": "function",
        "public_tests": [
            {"kind": "function", "entry_point": "f", "args": [1], "kwargs": {}, "expected": {"$tuple": [1]}},
            {"kind": "stdio", "stdin": "1", "stdout": "2"},
        ],
    }
    called, printed = Problem.model_validate(old).public_tests
    assert isinstance(called, FunctionTest)
    assert isinstance(printed, StdioTest)
    assert called.compare == printed.compare == DefaultMode()
    assert called.expected == (1,)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "function", "entry_point": "f"}, "'expected' is missing; add what the call must return"),
        ({"kind": "stdio", "stdin": ""}, "'stdout' is missing; add what the program must print"),
    ],
)
def test_what_was_expected_may_not_be_missing(data: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Problem.model_validate({"id": "p", "statement": "s", "task": "function", "public_tests": [data]})
