"""Hidden tests: the clock of a run alone refuses no program that is within its CPU limit."""

from collections.abc import AsyncIterator

import pytest

from evals.grading.hidden import judged_tests
from hierarchy.judge import Judge
from hierarchy.problem import Problem, StdioTest
from sandbox.sandbox import Sandbox
from sandbox.types import Limits

PROBLEM = Problem(id="echo", statement="Print what you read.", task="program")
TESTS = tuple(StdioTest(stdin=f"{n}\n", stdout=f"{n}\n") for n in range(12))
# All tests together take more CPU time than the clock of one run allows, each one a tenth of it.
SLOW = "import time\nn = int(input())\nwhile time.process_time() < 0.2:\n    pass\n"


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox(limits=Limits(cpu_seconds=1.0, wall_seconds=2.0)) as box:
        yield Judge(box)


async def test_a_program_within_its_limit_on_every_test_is_right(judge: Judge) -> None:
    judged = await judged_tests(judge, PROBLEM, SLOW + "print(n)\n", TESTS)
    assert (judged.status, judged.failure) == ("accepted", None)


async def test_the_first_test_that_fails_then_ends_it(judge: Judge) -> None:
    judged = await judged_tests(judge, PROBLEM, SLOW + "print(n if n < 11 else 'no')\n", TESTS)
    assert (judged.status, judged.detail) == ("wrong_answer", "11 of the first 12 tests passed")
    assert judged.failure is not None
    assert (judged.failure.test_index, judged.failure.input) == (11, "11\n")


async def test_a_sleeper_is_stopped(judge: Judge) -> None:
    judged = await judged_tests(judge, PROBLEM, "import time\ntime.sleep(60)\n", TESTS)
    assert judged.status == "time_limit"
    assert "wall time" in judged.detail


async def test_what_is_wrong_at_once_is_not_run_again(judge: Judge) -> None:
    judged = await judged_tests(judge, PROBLEM, "print('no')\n", TESTS)
    assert (judged.status, judged.detail) == ("wrong_answer", "0 of 12 tests passed")
