"""Test programs of a set: what is right, what is not, and references that do not pass their own."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from evals.grading.script import ScriptGrader
from evals.item import Item, ScriptCheck
from hierarchy.errors import InfrastructureError
from hierarchy.judge import Judge
from hierarchy.problem import Problem
from sandbox.sandbox import Sandbox

PROBLEM = Problem(id="t/1", statement="Double it.", task="function", entry_point="double")
RIGHT = "def double(a):\n    return a * 2\n"
CHECK = ScriptCheck("def check(f):\n    for n in range(3):\n        assert f(n) == 2 * n\n\ncheck(double)\n")


@pytest.fixture
async def grader() -> AsyncIterator[ScriptGrader]:
    async with Sandbox() as box:
        yield ScriptGrader(Judge(box))


@pytest.mark.parametrize(
    ("code", "status", "detail"),
    [
        (RIGHT, "accepted", ""),
        ("def double(a): return 3", "wrong_answer", "AssertionError: line"),
        ("def double(a): return a / 0", "runtime_error", "ZeroDivisionError: division by zero"),
        ("def double(a) return a", "compile_error", "line 1: "),
        ("def double(a):\n    while True: pass", "time_limit", "time_limit while loading"),
        ("import os\nos._exit(0)", "runtime_error", "crashed while loading"),
        ("raise SystemExit", "runtime_error", "SystemExit"),
        ("def other(a): pass", "runtime_error", "NameError: name 'double'"),
    ],
)
async def test_right_is_what_comes_to_its_end(grader: ScriptGrader, code: str, status: str, detail: str) -> None:
    judged = await grader.grade(Item(PROBLEM, CHECK, RIGHT), CHECK, code)
    assert judged.status == status
    assert judged.detail.startswith(detail)


async def test_without_a_reference_the_limits_are_those_of_the_sandbox(grader: ScriptGrader) -> None:
    assert (await grader.grade(Item(PROBLEM, CHECK), CHECK, RIGHT)).passed


async def test_a_slow_reference_gives_time(grader: ScriptGrader) -> None:
    slow = "import time\nend = time.process_time() + 0.6\nwhile time.process_time() < end: pass\n" + RIGHT
    slower = slow.replace("0.6", "1.4")
    assert (await grader.grade(Item(PROBLEM, CHECK, slow), CHECK, slower)).passed
    assert (await grader.grade(Item(PROBLEM, CHECK, RIGHT), CHECK, slower)).status == "time_limit"


async def test_a_reference_that_fails_its_own_test_is_no_verdict(grader: ScriptGrader) -> None:
    item = Item(PROBLEM, CHECK, "def double(a): return 0")
    with pytest.raises(InfrastructureError, match=r"the reference of 't/1' does not pass its own test"):
        await asyncio.gather(*(grader.grade(item, CHECK, RIGHT) for _ in range(2)))
