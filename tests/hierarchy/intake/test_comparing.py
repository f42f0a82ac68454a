"""The key `compare` in a problem file."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hierarchy.comparison import (
    AnyOrderMode,
    CheckerMode,
    DefaultMode,
    ExactMode,
    FloatsMode,
    OneOfMode,
    TokensMode,
    ToleranceMode,
)
from hierarchy.errors import ProblemError
from hierarchy.intake.record import read_record
from hierarchy.problem import FunctionTest, Problem, StdioTest

CALL: dict[str, Any] = {"args": [1, 2], "expected": [3]}
RUN: dict[str, Any] = {"stdin": "1 2", "stdout": "3"}
TWO = {"mode": "checker", "source": "def check(input, output): return True"}
THREE = {"mode": "checker", "source": "def check(input, output, expected): return True"}


def read(*tests: Any, **data: object) -> Problem:
    is_call = not any(isinstance(test, dict) and "stdin" in test for test in tests)
    row = {"statement": "Add two numbers.", "public_tests": list(tests)} | data
    return read_record(row | ({"signature": "def add(a, b)"} if is_call else {}), source="p.json", where="p.json")


def modes(problem: Problem) -> list[object]:
    return [test.compare for test in problem.public_tests if isinstance(test, (FunctionTest, StdioTest))]


def test_each_test_may_have_its_own() -> None:
    problem = read(
        CALL,
        CALL | {"compare": "exact"},
        CALL | {"compare": {"mode": "tolerance", "atol": 0.5}},
        {"input": [1, 2], "output": [3], "compare": "one_of"},
        CALL | {"compare": THREE},
        "assert add(1, 2) == [3]",
    )
    assert modes(problem) == [
        DefaultMode(),
        ExactMode(),
        ToleranceMode(atol=0.5),
        OneOfMode(),
        CheckerMode(source=THREE["source"]),
    ]


def test_the_problems_own_is_for_the_tests_without_one() -> None:
    problem = read(CALL, CALL | {"compare": "exact"}, "assert add(1, 2) == [3]", compare="any_order")
    assert modes(problem) == [AnyOrderMode(), ExactMode()]
    printed = read(RUN, RUN | {"compare": {"mode": "floats", "rtol": 0.25, "atol": 0}}, compare="tokens")
    assert modes(printed) == [TokensMode(), FloatsMode(rtol=0.25, atol=0)]


def test_the_problems_own_is_for_examples_of_the_statement_too() -> None:
    row = {"statement": "Write a function f(x).\n\n>>> f(1)\n[1, 2]\n", "compare": "any_order"}
    problem = read_record(row, source="p.json", where="p.json")
    assert modes(problem) == [AnyOrderMode()]


def test_a_checker_may_do_without_an_expected_output() -> None:
    call = read({"args": [1, 2]}, compare=TWO)
    assert modes(call) == [CheckerMode(source=TWO["source"])]
    assert modes(read({"kwargs": {"a": 1, "b": 2}, "compare": TWO})) == modes(call)
    assert modes(read({"stdin": "1", "compare": TWO})) == modes(call)


def test_values_keep_their_types_under_a_comparison() -> None:
    test = {"args": [{"$set": [1]}, {"$tuple": []}], "expected": {"$frozenset": [2]}, "compare": "exact"}
    problem = read(test)
    (found,) = problem.public_tests
    assert isinstance(found, FunctionTest)
    assert (found.args, found.expected) == (({1}, ()), frozenset({2}))


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (CALL | {"compare": 3}, "public test 1: 'compare' must be a mode or an object with the key 'mode', not int"),
        (CALL | {"compare": []}, "'compare' must be a mode or an object"),
        (CALL | {"compare": {}}, "'compare' has no 'mode'; the modes are default, exact, tolerance, any_order"),
        (CALL | {"compare": "tolerence"}, "'compare' has no mode 'tolerence'; did you mean 'tolerance'?"),
        (CALL | {"compare": {"mode": ["exact"]}}, "'compare' has no mode"),
        (CALL | {"compare": "zzz"}, "has no mode 'zzz'; the modes are"),
        (CALL | {"compare": {"mode": "exact", "rtol": 0.1}}, "'compare' cannot be read: 'rtol': extra inputs"),
        (CALL | {"compare": {"mode": "tolerance", "rtol": -1}}, "'rtol': input should be greater than or equal to 0"),
        (CALL | {"compare": {"mode": "tolerance", "rtol": 1}}, "'rtol': input should be less than 1"),
        (CALL | {"compare": {"mode": "tolerance", "atol": float("nan")}}, "'atol': input should be a finite number"),
        (CALL | {"compare": {"mode": "tolerance", "atol": "x"}}, "'atol': input should be a valid number"),
        (CALL | {"compare": "tokens"}, "public test 1: the mode 'tokens' compares printed text; for a call it is one"),
        (RUN | {"compare": "any_order"}, "the mode 'any_order' compares returned values; for a program it is one of"),
        (CALL | {"expected": 3, "compare": "one_of"}, "'expected' must be a list of acceptable answers"),
        (CALL | {"expected": [], "compare": "one_of"}, "'expected' must be a list of acceptable answers"),
        (CALL | {"compare": "checker"}, "'source': field required"),
        (CALL | {"compare": {"mode": "checker", "source": "x ="}}, "the checker is no valid Python: invalid syntax"),
        (CALL | {"compare": {"mode": "checker", "source": "x = 1"}}, "defines no function 'check'; write def check"),
        ({"args": [1, 2], "compare": THREE}, "'expected' is missing; add what the call must return"),
        ({"stdin": "", "compare": THREE}, "public test 1 cannot be read: 'stdout' is missing; add what the program"),
        ({"stdin": ""}, "public test 1 cannot be read: 'stdout' is missing"),
        ({"code": "assert add(1, 2) == 3", "compare": "exact"}, "an assertion says itself what must hold"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(test: object, words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read(test)
    assert words in str(caught.value)
    assert str(caught.value).startswith("p.json: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        (["assert add(1, 2) == 3"], "p.json: 'compare' has no test to apply to; add 'public_tests'"),
        ([], "'compare' has no test to apply to"),
        ([RUN], "public test 1: the mode 'any_order' compares returned values"),
    ],
)
def test_a_comparison_of_the_problem_that_fits_nothing_is_refused(tests: list[Any], words: str) -> None:
    with pytest.raises(ProblemError, match=words):
        read(*tests, compare="any_order")


def test_an_example_that_the_problems_mode_cannot_compare_is_named() -> None:
    row = {"statement": "Write a function f(x).\n\n>>> f(1)\n2\n", "compare": "one_of"}
    with pytest.raises(ProblemError, match=r"p\.json: example 1 cannot be read: with the mode 'one_of'"):
        read_record(row, source="p.json", where="p.json")


def test_the_problems_in_the_documentation_can_be_read() -> None:
    text = (Path(__file__).parents[3] / "docs" / "cli.md").read_text(encoding="utf-8")
    rows = [
        json.loads(block) for block in re.findall(r"```json\n(\{.*?)```", text, re.DOTALL) if '"statement"' in block
    ]
    problems = [read_record(row, source="cli.md", where="cli.md") for row in rows]
    assert [len(problem.public_tests) for problem in problems] == [1, 2]
    assert isinstance(modes(problems[1])[0], CheckerMode)
