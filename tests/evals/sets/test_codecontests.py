"""CodeContests: three kinds of tests, and solutions right and wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from evals.item import TestsCheck
from evals.sets.codecontests import MAX_WRONG
from hierarchy.problem import StdioTest

ROW = {
    "name": "900_A. Sum",
    "description": "Read two numbers and print their sum.",
    "public_tests": {"input": ["1 2\n"], "output": ["3\n"]},
    "private_tests": {"input": ["3 4\n"], "output": ["7\n"]},
    "generated_tests": {"input": ["5 6\n", "7 8\n"], "output": ["11\n", "15\n"]},
    "source": 2,
    "difficulty": 7,
    "solutions": {"language": [2, 1, 3, 3], "solution": ["c++", "python 2", "python 3", "another"]},
    "incorrect_solutions": {"language": [3] * 9, "solution": [f"wrong {number}" for number in range(9)]},
    "cf_rating": 800,
    "cf_tags": ["math", ""],
    "time_limit": {"seconds": 2, "nanos": 0},
}


def test_a_row(item: Callable[..., Any]) -> None:
    read = item("codecontests", ROW)
    assert (read.id, read.difficulty, read.problem.tags) == ("codeforces/900_A. Sum", "A", ("math",))
    assert read.facts == {"source": "codeforces", "rating": "800"}
    assert read.problem.public_tests == (StdioTest(stdin="1 2\n", stdout="3\n"),)


def test_all_three_kinds_of_tests_count_and_one_is_shown(item: Callable[..., Any]) -> None:
    read = item("codecontests", ROW)
    assert isinstance(read.check, TestsCheck)
    assert [test.stdin for test in read.check.tests if isinstance(test, StdioTest)] == [
        "1 2\n", "3 4\n", "5 6\n", "7 8\n",
    ]  # fmt: skip
    assert "3 4" not in read.problem.model_dump_json()


def test_solutions_are_those_in_python_3(item: Callable[..., Any]) -> None:
    read = item("codecontests", ROW)
    assert read.reference == "python 3"
    assert read.wrong == tuple(f"wrong {number}" for number in range(MAX_WRONG))


def test_the_original_form_with_names_and_objects(item: Callable[..., Any]) -> None:
    row = ROW | {
        "source": "CODECHEF",
        "difficulty": "HARD",
        "public_tests": [{"input": "1 2\n", "output": "3\n"}],
        "solutions": [{"language": "PYTHON3", "solution": "python 3"}],
        "incorrect_solutions": None,
        "cf_tags": None,
        "cf_rating": 0,
    }
    read = item("codecontests", row)
    assert (read.id, read.difficulty, read.reference) == ("codechef/900_A. Sum", "hard", "python 3")
    assert (read.wrong, read.problem.tags, read.facts) == ((), (), {"source": "codechef"})


@pytest.mark.parametrize(
    ("value", "name"),
    [(0, None), (None, None), (1, "easy"), (6, "external"), (17, "K"), (19, "L"), (29, "V"), (99, None)],
)
def test_difficulties(item: Callable[..., Any], value: object, name: str | None) -> None:
    assert item("codecontests", ROW | {"difficulty": value}).difficulty == name


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"public_tests": None}, "'public_tests' must have the lists 'input' and 'output'"),
        (
            {"public_tests": {"input": ["1"], "output": []}},
            "'public_tests' must have the lists 'input' and 'output'",
        ),
        ({"public_tests": {"input": "1", "output": "2"}}, "'public_tests' must have the lists 'input' and 'output'"),
        ({"private_tests": {"input": [1], "output": ["2"]}}, "'private_tests' must have texts under 'input'"),
        ({"private_tests": {"input": ["1"], "output": [2]}}, "'private_tests' must have texts under 'output'"),
        ({"solutions": [{"language": 3, "solution": 7}]}, "'solutions' must have texts under 'solution'"),
    ],
)
def test_a_row_of_another_form_is_refused(refused: Callable[..., str], change: dict[str, object], says: str) -> None:
    assert says in refused("codecontests", ROW | change)
