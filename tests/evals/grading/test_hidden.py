"""Hidden tests: the clock of a run alone refuses no program that is within its CPU limit."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from evals.grading.hidden import TestsGrader
from evals.grading.judged import Judged
from evals.item import Item, TestsCheck
from hierarchy.judge import Judge
from hierarchy.problem import AssertionTest, FunctionTest, Problem, StdioTest
from sandbox.sandbox import Sandbox
from sandbox.types import Execution, Limits

PROBLEM = Problem(id="echo", statement="Print what you read.", task="program")
TESTS = tuple(StdioTest(stdin=f"{n}\n", stdout=f"{n}\n") for n in range(12))
# All tests together take more CPU time than the clock of one run allows, each one a tenth of it.
SLOW = "import time\nn = int(input())\nwhile time.process_time() < 0.2:\n    pass\n"


Grade = Callable[..., Awaitable[Judged]]


@pytest.fixture
async def grade() -> AsyncIterator[Grade]:
    async with Sandbox(limits=Limits(cpu_seconds=1.0, wall_seconds=2.0)) as box:
        grader = TestsGrader(Judge(box))

        async def graded(code: str, reference: str | None = None, item: Item | None = None) -> Judged:
            item = item or Item(PROBLEM, TestsCheck(TESTS), reference)
            assert isinstance(item.check, TestsCheck)
            return await grader.grade(item, item.check, code)

        yield graded


async def test_a_program_within_its_limit_on_every_test_is_right(grade: Grade) -> None:
    judged = await grade(SLOW + "print(n)\n")
    assert (judged.status, judged.failure) == ("accepted", None)


async def test_the_first_test_that_fails_then_ends_it(grade: Grade) -> None:
    judged = await grade(SLOW + "print(n if n < 11 else 'no')\n")
    assert (judged.status, judged.detail) == ("wrong_answer", "11 of the first 12 tests passed")
    assert judged.failure is not None
    assert (judged.failure.test_index, judged.failure.input) == (11, "11\n")


async def test_a_sleeper_is_stopped(grade: Grade) -> None:
    judged = await grade("import time\ntime.sleep(60)\n")
    assert judged.status == "time_limit"
    assert "wall time" in judged.detail


async def test_what_is_wrong_at_once_is_not_run_again(grade: Grade) -> None:
    judged = await grade("print('no')\n")
    assert (judged.status, judged.detail) == ("wrong_answer", "0 of 12 tests passed")


def busy(seconds: float) -> str:
    return (
        f"import time\nend = time.process_time() + {seconds}\nn = int(input())\nwhile time.process_time() < end: pass\n"
    )


async def test_a_slow_reference_gives_time_and_a_quick_one_takes_it(grade: Grade) -> None:
    slow, slower = busy(0.5) + "print(n)\n", busy(1.3) + "print(n)\n"
    tests = TestsCheck(TESTS[:2])
    assert (await grade(slower, item=Item(PROBLEM, tests, slow))).passed
    tests = TestsCheck(TESTS[:2])
    assert (await grade(slower, item=Item(PROBLEM, tests, "print(input())\n"))).status == "time_limit"


async def test_calls_and_assertions_are_scaled_as_well(grade: Grade) -> None:
    asked = Problem(id="twice", statement="Double it.", task="function", entry_point="twice")
    slow = "import time\ndef twice(n):\n    end = time.process_time() + {}\n"
    slow += "    while time.process_time() < end: pass\n    return 2 * n\n"
    for test in (FunctionTest(entry_point="twice", args=(2,), expected=4), AssertionTest(code="assert twice(2) == 4")):
        assert (await grade(slow.format(1.3), item=Item(asked, TestsCheck((test,)), slow.format(0.5)))).passed
        assert not (await grade(slow.format(1.3), item=Item(asked, TestsCheck((test,)), slow.format(0)))).passed


@pytest.mark.parametrize("reference", ["print(1 / 0)\n", "def broken(\n", "while True:\n    print('x' * 1000)\n"])
async def test_a_reference_that_cannot_be_run_leaves_the_limits_of_the_sandbox(grade: Grade, reference: str) -> None:
    assert (await grade(busy(0.1) + "print(n)\n", reference)).passed


async def test_the_reference_is_run_once_for_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    times = Judge.times

    async def counted(judge: Judge, problem: Problem, code: str, *rest: Any) -> Execution:
        runs.append(code)
        return await times(judge, problem, code, *rest)

    monkeypatch.setattr(Judge, "times", counted)
    item = Item(PROBLEM, TestsCheck(TESTS), "print(input())\n")
    async with Sandbox() as box:
        grader = TestsGrader(Judge(box))
        both = await asyncio.gather(*(grader.grade(item, TestsCheck(TESTS), "print(input())") for _ in range(3)))
    assert [one.passed for one in both] == [True] * 3
    assert runs == [item.reference]
