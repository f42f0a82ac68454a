"""Assertions whose values are hostile, through the judge and the real sandbox."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hierarchy.attempt import Verdict
from hierarchy.judge import Judge
from hierarchy.problem import AssertionTest, Problem
from sandbox.sandbox import Sandbox
from sandbox.types import Limits

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox(Limits(cpu_seconds=1.0, wall_seconds=20.0, output_bytes=8 << 20)) as sandbox:
        yield Judge(sandbox)


async def judged(judge: Judge, code: str, *asserts: str) -> Verdict:
    tests = tuple(AssertionTest(code=f"assert {text}") for text in asserts)
    problem = Problem(id="p", statement="Write f.", task="function", entry_point="f", public_tests=tests)
    return await judge.judge(problem, code)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("len(f(1)) == f(1) + 1", "f(1) is 1; f(1) is 1 (TypeError: "),
        ("f(1) == 10 ** f(8) ** f(8)", "the check did not end: more than "),
        ("f(1) == len('a' * 10 ** f(10))", "the check did not end: the memory limit was exceeded: f(1) is 1"),
    ],
)
async def test_a_check_that_does_not_end_on_a_value_is_a_wrong_answer_and_the_others_are_judged(
    judge: Judge, check: str, words: str
) -> None:
    verdict = await judged(judge, "def f(x): return x", "f(2) == f(1) * 2", check, "f(4) == f(2) * 2")
    assert (verdict.status, verdict.tests_passed) == ("wrong_answer", 2)
    assert verdict.failure is not None
    assert verdict.failure.actual.startswith(words)


async def test_many_large_values_are_checked_in_processes_that_can_take_them(judge: Judge) -> None:
    code = "def f(x): return [[] for _ in range(120_000)]"
    verdict = await judged(
        judge, code, *(f"f({number})[0] == f({number})[1]" for number in range(3)), "f(0) == f(1)[1]"
    )
    assert (verdict.status, verdict.tests_passed, verdict.tests_total) == ("wrong_answer", 3, 4)


async def test_a_value_too_large_to_be_checked_is_a_wrong_answer(judge: Judge) -> None:
    code = "def f(x): return [0] * 600_000 if x else 0"
    verdict = await judged(judge, code, "f(0) == f(0) * 1", "f(1)[0] == f(1)[1]")
    assert (verdict.status, verdict.tests_passed) == ("wrong_answer", 1)
    assert verdict.failure is not None
    assert verdict.failure.actual == "the returned value is too large to be checked: it takes more than 64 MiB"
