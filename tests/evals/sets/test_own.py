"""Problems of one's own: what a solver sees, what grades, and what is wrong with a file that cannot be."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from evals.item import AnswerCheck, TestsCheck
from evals.sets.registry import load_set
from hierarchy.problem import AssertionTest, FunctionTest, StdioTest

FUNCTION = {
    "id": "twice",
    "statement": "Write `twice(n: int) -> int` that doubles a number.\n\nassert twice(2) == 4\n",
    "entry_point": "twice",
    "task": "function",
    "hidden_tests": [{"args": [5], "expected": 10}, "assert twice(-1) == -2"],
    "reference": "def twice(n):\n    return n + n\n",
    "wrong": [{"code": "def twice(n):\n    return n * n\n", "why": "squares"}, "def twice(n):\n    return 4\n"],
    "family": "python",
    "difficulty": "easy",
    "released": "2026-11-01",
    "tags": ["numbers"],
}
PROGRAM = {
    "id": "sum",
    "statement": "Read numbers from standard input and print their sum.",
    "task": "program",
    "public_tests": [{"stdin": "1 2\n", "stdout": "3\n"}],
    "hidden_tests": [{"stdin": "\n", "stdout": "0\n"}],
}
MATH = {"id": "half", "statement": "What is half of one?", "answer": "\\frac{1}{2}", "wrong": ["2"]}


def test_a_function_is_graded_by_hidden_and_public_tests(item: Callable[..., Any]) -> None:
    read = item("own", FUNCTION)
    public = FunctionTest(entry_point="twice", args=(2,), expected=4)
    assert read.problem.public_tests == (public,)
    assert read.check == TestsCheck(
        (
            public,
            FunctionTest(entry_point="twice", args=(5,), expected=10),
            AssertionTest(code="assert twice(-1) == -2"),
        )
    )


def test_what_stands_beside_the_problem_is_kept(item: Callable[..., Any]) -> None:
    read = item("own", FUNCTION)
    assert (read.reference, read.family, read.difficulty) == (FUNCTION["reference"], "python", "easy")
    assert read.wrong == ("def twice(n):\n    return n * n\n", "def twice(n):\n    return 4\n")
    assert (read.released, read.problem.tags) == (date(2026, 11, 1), ("numbers",))


def test_a_solver_sees_nothing_that_grades(item: Callable[..., Any]) -> None:
    seen = item("own", FUNCTION).problem.model_dump_json()
    assert "n + n" not in seen
    assert "squares" not in seen
    assert "-1" not in seen


def test_a_program(item: Callable[..., Any]) -> None:
    assert item("own", PROGRAM).check == TestsCheck(
        (StdioTest(stdin="1 2\n", stdout="3\n"), StdioTest(stdin="\n", stdout="0\n"))
    )


def test_an_answer_makes_mathematics_and_is_its_own_reference(item: Callable[..., Any]) -> None:
    read = item("own", MATH)
    assert (read.problem.task, read.check, read.reference) == ("math", AnswerCheck("\\frac{1}{2}"), "\\frac{1}{2}")
    assert read.wrong == ("2",)


def test_one_wrong_solution_needs_no_list(item: Callable[..., Any]) -> None:
    assert item("own", MATH | {"wrong": "3"}).wrong == ("3",)


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (MATH | {"answer": None}, "needs either 'hidden_tests' or 'answer'"),
        (MATH | {"hidden_tests": ["assert f(1) == 2"]}, "needs either 'hidden_tests' or 'answer'"),
        (MATH | {"answer": "1 + 1 = 2\n#### 2"}, "'answer' has several lines; give the final answer alone"),
        (FUNCTION | {"canonical_solution": "x"}, "the key 'canonical_solution' is a published set's; load it as that"),
        (MATH | {"answer": 2}, "'answer' must be text, not int; put it in quotes"),
        (MATH | {"wrong": [7]}, "'wrong' must be a list of texts, or of tables with 'code' and 'why'"),
        (MATH | {"wrong": [{"why": "no code"}]}, "'wrong' must be a list of texts"),
        (MATH | {"released": "soon"}, "'soon' is no date"),
        (MATH | {"statment": "x"}, "unknown key 'statment'; did you mean 'statement'?"),
        (MATH | {"anwser": "2"}, "unknown key 'anwser'; did you mean 'answer'?"),
        (PROGRAM | {"hiden_tests": []}, "unknown key 'hiden_tests'; did you mean 'hidden_tests'?"),
        (FUNCTION | {"hidden_tests": []}, "'hidden_tests' is empty"),
        (FUNCTION | {"hidden_tests": [{"args": [2], "expected": 4}]}, "or all of it is public"),
        (FUNCTION | {"hidden_tests": 1}, "'hidden_tests' must be a list, not int"),
        (FUNCTION | {"hidden_tests": ["assert thrice(1) == 3"]}, "hidden test 1 calls 'thrice'"),
        (FUNCTION | {"hidden_tests": [{"args": [1]}]}, "hidden test 1: 'expected' is missing"),
        (FUNCTION | {"reference": 1}, "'reference' must be text"),
    ],
)
def test_a_row_that_cannot_be_says_why(refused: Callable[..., str], row: dict[str, object], says: str) -> None:
    assert says in refused("own", row)


def test_a_folder_of_toml_files(tmp_path: Path) -> None:
    (tmp_path / "math").mkdir()
    (tmp_path / "math" / "half.toml").write_text(
        'statement = "What is half of two?"\nanswer = "1"\nreleased = 2026-11-01\nwrong = [{code = "2", why = "all"}]\n'
    )
    (read,) = load_set(str(tmp_path)).items
    assert (read.id, read.family, read.released, read.wrong) == ("math/half", "math", date(2026, 11, 1), ("2",))
