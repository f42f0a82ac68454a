"""Each mode through the judge and the real sandbox: what it takes, what it refuses, what it shows."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from pydantic import ValidationError

from hierarchy.attempt import Verdict
from hierarchy.judge import Judge
from hierarchy.problem import FunctionTest, Problem, StdioTest
from sandbox.sandbox import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox() as sandbox:
        yield Judge(sandbox)


async def returned(judge: Judge, expression: str, expected: object, compare: dict[str, Any]) -> Verdict:
    test = FunctionTest.model_validate({"entry_point": "f", "args": [3], "expected": expected, "compare": compare})
    problem = Problem(id="p", statement="Write f.", task="function", entry_point="f", public_tests=(test,))
    return await judge.judge(problem, f"from collections import *\ndef f(x): return {expression}")


async def printed(judge: Judge, text: str, expected: str, compare: dict[str, Any]) -> Verdict:
    test = StdioTest.model_validate({"stdin": "3\n", "stdout": expected, "compare": compare})
    problem = Problem(id="p", statement="Print it.", task="program", public_tests=(test,))
    return await judge.judge(problem, f"print({text!r}, end='')")


COARSE = {"rtol": 0.0, "atol": 0.1}


@pytest.mark.parametrize(
    ("mode", "expected", "right", "wrong"),
    [
        ({"mode": "default"}, [4], "[4.0]", "(4,)"),
        ({"mode": "exact"}, 4, "4", "4.0"),
        ({"mode": "exact"}, {"$frozenset": [1]}, "frozenset({1})", "{1}"),
        ({"mode": "tolerance"} | COARSE, 4.0, "4.05", "4.2"),
        ({"mode": "tolerance"}, 4.0, "4.000001", "4.00001"),
        ({"mode": "any_order"}, [1, [2], 0.3], "[0.1 + 0.2, 1, [2]]", "[[2], 1, 1]"),
        ({"mode": "any_order"} | COARSE, [2.0, 2.1], "[2.05, 1.95]", "[1.9, 1.9]"),
        ({"mode": "one_of"}, [[0, 1], [1, 0]], "[1, 0]", "[[0, 1], [1, 0]]"),
        ({"mode": "one_of"} | COARSE, {"$tuple": [1.0, 2.0]}, "1.95", "1.5"),
    ],
)
async def test_modes_for_calls(judge: Judge, mode: dict[str, Any], expected: object, right: str, wrong: str) -> None:
    assert (await returned(judge, right, expected, mode)).solved
    verdict = await returned(judge, wrong, expected, mode)
    assert (verdict.status, verdict.detail) == ("wrong_answer", "0 of 1 tests passed")
    assert verdict.failure is not None
    assert verdict.failure.actual.replace(" ", "") == wrong.replace(" ", "")


@pytest.mark.parametrize(
    ("mode", "expected", "right", "wrong"),
    [
        ("default", "0.3\n1", "0.30000000000000004 1", "0.4 1"),
        ("lines", "1 2\n", "1 2  \n\n", "1\n2\n"),
        ("tokens", "0.5 1", "0.5\n1", "0.50\n1"),
        ("floats", "3 x", "3.000001 x", "3.1 x"),
    ],
)
async def test_modes_for_programs(judge: Judge, mode: str, expected: str, right: str, wrong: str) -> None:
    assert (await printed(judge, right, expected, {"mode": mode})).solved
    verdict = await printed(judge, wrong, expected, {"mode": mode})
    assert verdict.status == "wrong_answer"
    assert verdict.failure is not None
    assert (verdict.failure.expected, verdict.failure.actual) == (expected, wrong.rstrip())


async def test_what_was_expected_is_shown_as_the_mode_means_it(judge: Judge) -> None:
    for mode, expected, shown in [
        ("any_order", [1, 2], "[1, 2] in any order"),
        ("any_order", 7, "7"),
        ("one_of", [[1], "a"], "one of: [1], 'a'"),
        ("exact", [1, 2], "[1, 2]"),
    ]:
        verdict = await returned(judge, "None", expected, {"mode": mode})
        assert verdict.failure is not None
        assert verdict.failure.expected == shown


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        (FunctionTest, {"mode": "tokens"}, "does not match any of the expected tags"),
        (FunctionTest, {"mode": "lines"}, "does not match any of the expected tags"),
        (StdioTest, {"mode": "any_order"}, "does not match any of the expected tags"),
        (FunctionTest, {"mode": "tolerance", "rtol": -1.0}, "greater than or equal to 0"),
        (FunctionTest, {"mode": "tolerance", "rtol": 1.0}, "less than 1"),
        (FunctionTest, {"mode": "tolerance", "atol": float("nan")}, "finite number"),
        (FunctionTest, {"mode": "any_order", "atol": float("inf")}, "finite number"),
        (FunctionTest, {"mode": "tolerance", "rtol": True}, "valid number"),
        (FunctionTest, {"mode": "tolerance", "rtol": "0.1"}, "valid number"),
        (StdioTest, {"mode": "floats", "atol": -1e-9}, "greater than or equal to 0"),
        (FunctionTest, {"mode": "exact", "rtol": 0.1}, "Extra inputs are not permitted"),
        (FunctionTest, {"mode": "one_of"}, "'expected' must be a list of acceptable answers"),
        (FunctionTest, {"mode": "checker"}, "Field required"),
        (StdioTest, {"mode": "checker", "source": "x = 1"}, "defines no function 'check'"),
    ],
)
async def test_comparisons_that_cannot_be(
    kind: type[FunctionTest | StdioTest], data: dict[str, Any], words: str
) -> None:
    fields = {"entry_point": "f", "expected": 3} if kind is FunctionTest else {"stdin": "", "stdout": ""}
    with pytest.raises(ValidationError, match=words):
        kind.model_validate({**fields, "compare": data})
