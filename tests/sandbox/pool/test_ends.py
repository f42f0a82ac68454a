"""Deaths, cancellations and closing: the pool goes on, and nothing is left."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pools import LIMITS, execute, zygote_of
from processes import descendants, descriptors, groups_made_by, is_dead, until

from sandbox.pool.tier import Pool
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Program, Stdin

SLEEPER = "import time\ndef f(): time.sleep(1000)"


async def test_zygote_that_dies_at_rest_is_replaced(make: Callable[..., Pool]) -> None:
    pool = make()
    await execute(pool, "def f(): return 1", Call("f"))
    worker = await zygote_of(pool)
    zygote = descendants(worker._process.pid)[0]
    os.kill(zygote, signal.SIGKILL)
    await until(lambda: bool(worker.failure))
    assert (await execute(pool, "def f(): return 1", Call("f"))).results[0].value == 1


async def test_a_run_whose_zygote_dies_goes_on_in_the_next_tier() -> None:
    async with Sandbox(LIMITS, max_parallel=1) as box:
        pool = (await box.opened()).tiers[0]
        assert isinstance(pool, Pool)
        worker = await zygote_of(pool)
        before = worker.runs
        await until(lambda: len(descendants(worker._process.pid)) == 2)
        zygote, child = descendants(worker._process.pid)
        os.kill(zygote, signal.SIGSTOP)
        os.kill(child, signal.SIGKILL)
        running = asyncio.create_task(box.run(Program("def f(): return 1"), [Call("f")]))
        await until(lambda: worker.runs > before)
        os.kill(zygote, signal.SIGKILL)
        execution = await running
    assert (execution.results[0].value, execution.isolation) == (1, "one-shot")


async def test_cancelled_run_ends_and_the_zygote_goes_on(make: Callable[..., Pool]) -> None:
    pool = make()
    await execute(pool, "def f(): return 1", Call("f"))
    worker = await zygote_of(pool)
    await until(lambda: len(descendants(worker._process.pid)) == 2)
    child = descendants(worker._process.pid)[1]
    for pause in (0.0, 0.003, 0.05):
        task = asyncio.create_task(execute(pool, SLEEPER, Call("f")))
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert is_dead(child)
    assert (await execute(pool, "def f(): return 1", Call("f"))).results[0].value == 1


async def test_a_job_that_was_cancelled_before_it_was_taken_is_not_found_by_the_next_run(
    make: Callable[..., Pool],
) -> None:
    pool = make()
    await execute(pool, "def f(): return 1", Call("f"))
    worker = await zygote_of(pool)
    await until(lambda: len(descendants(worker._process.pid)) == 2)
    # It stands still, so that the job stays where it was put.
    os.kill(descendants(worker._process.pid)[1], signal.SIGSTOP)
    before = worker.runs
    running = asyncio.create_task(execute(pool, SLEEPER, Call("f")))
    await until(lambda: worker.runs > before)
    running.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    # The order is given. Before this loop hears of its end the next child has time to look for a job.
    time.sleep(0.3)
    with pytest.raises(asyncio.CancelledError):
        await running
    execution = await execute(pool, "def f(): return 1", Call("f"), limits=replace(LIMITS, wall_seconds=5.0))
    assert (execution.status, execution.detail) == ("ok", "")
    assert await zygote_of(pool) is worker


async def test_an_order_to_kill_that_comes_too_late_does_not_hit_the_next_run(make: Callable[..., Pool]) -> None:
    pool = make()
    await execute(pool, "def f(): return 1", Call("f"))
    worker = await zygote_of(pool)
    for _ in range(5):
        worker.kill()
        await asyncio.sleep(0.01)
        assert (await execute(pool, "def f(): return 1", Call("f"))).results[0].value == 1
    assert await zygote_of(pool) is worker


async def test_closing_waits_for_the_runs_that_were_asked_for() -> None:
    box = Sandbox(LIMITS, max_parallel=2)
    sleeper = Program("import time\ndef f(): return time.sleep(0.1)")
    running = [asyncio.create_task(box.run(sleeper, [Call("f")])) for _ in range(7)]
    await asyncio.sleep(0.2)
    await box.aclose()
    assert {(await run).results[0].status for run in running} == {"ok"}


async def test_nothing_is_left_behind() -> None:
    before = descriptors()
    children = descendants(os.getpid())
    async with Sandbox(LIMITS) as box:
        steps = [Call("f", (n,)) for n in range(3)]
        await box.run(Program("def f(x): return x"), steps)
        settled = descriptors()
        for n in range(300):
            await box.run(Program("def f(x): return x"), steps if n % 3 else [Stdin("")])
        await asyncio.sleep(0.2)
        assert len(descriptors()) <= len(settled) + 6
        assert len(descendants(os.getpid())) - len(children) <= 9
    assert descriptors() <= before
    assert descendants(os.getpid()) == children
    assert groups_made_by(os.getpid()) == []


@pytest.mark.parametrize("busy", [True, False])
async def test_kill_9_of_the_caller_ends_everything(tmp_path: Path, busy: bool) -> None:
    script = tmp_path / "caller.py"
    script.write_text(f"""
import asyncio
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Program
async def main():
    async with Sandbox() as box:
        await box.run(Program("x = 1"), [])
        print("ready", flush=True)
        await (box.run(Program({SLEEPER!r}), [Call("f")]) if {busy} else asyncio.sleep(1000))
asyncio.run(main())
""")
    caller = subprocess.Popen([sys.executable, str(script)], cwd=Path(__file__).parents[3], stdout=subprocess.PIPE)
    assert caller.stdout is not None
    assert caller.stdout.readline() == b"ready\n"
    await asyncio.sleep(0.2)
    inside = descendants(caller.pid)
    assert len(inside) >= 3
    caller.send_signal(signal.SIGKILL)
    caller.communicate()
    await until(lambda: all(is_dead(pid) for pid in inside))
