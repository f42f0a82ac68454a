"""What a run waits for until it has a zygote, and who pays for that time."""

import asyncio
import os
import signal
from collections.abc import Callable
from dataclasses import replace

import pytest
from pools import LIMITS, execute, zygote_of
from processes import descendants, groups_made_by, until

from sandbox.pool import worker as worker_module
from sandbox.pool.tier import Pool
from sandbox.pool.worker import Recipe, Worker
from sandbox.types import Call

HONEST = "def f(): return 1"
LIAR = """
import json, os, sys, time
def f():
    frame = sys._getframe()
    while type(frame.f_locals.get("self")).__name__ != "Session":
        frame = frame.f_back
    session = frame.f_locals["self"]
    token = session._request["token"]
    case = dict(token=token, kind="case", index=0, status="ok", error_type="", error_message="", limit="")
    case["cpu_seconds"] = 0.0
    finished = dict(token=token, kind="finished")
    said = json.dumps(case).encode() + b'\\t""\\t7\\n' + json.dumps(finished).encode() + b"\\n"
    os.write(session._descriptor, said)
    os.closerange(0, 64)
    time.sleep(1000)
"""
"""Says that it is done, hangs up and stays."""


async def test_a_run_that_stays_after_its_last_word_does_not_keep_the_next_one_waiting(
    make: Callable[..., Pool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_END_SECONDS", 1000.0)
    pool = make(size=1)
    assert (await execute(pool, LIAR, Call("f"))).results[0].value == 7
    async with asyncio.timeout(20):
        assert (await execute(pool, HONEST, Call("f"))).results[0].value == 1
    assert (await zygote_of(pool)).runs == 2


async def test_a_zygote_that_does_not_become_free_is_not_waited_for(make: Callable[..., Pool]) -> None:
    pool, settled = make(size=2), asyncio.Event()

    async def settle() -> None:
        await settled.wait()

    pool._later(settle())
    async with asyncio.timeout(20):
        assert (await execute(pool, HONEST, Call("f"))).results[0].value == 1
    settled.set()


async def test_the_wall_time_of_a_run_does_not_pass_while_its_zygote_starts(
    make: Callable[..., Pool], monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Worker.start

    async def late(recipe: Recipe) -> Worker:
        worker = await start(recipe)
        await asyncio.sleep(1.0)
        return worker

    monkeypatch.setattr(Worker, "start", late)
    execution = await execute(make(), HONEST, Call("f"), limits=replace(LIMITS, wall_seconds=0.9))
    assert (execution.status, execution.detail) == ("ok", "")


async def test_a_run_that_is_cancelled_where_a_dead_zygote_is_given_up_leaves_no_group(
    make: Callable[..., Pool],
) -> None:
    pool = make()
    for steps in range(4):
        assert (await execute(pool, HONEST, Call("f"))).results[0].value == 1
        worker = await zygote_of(pool)
        os.kill(descendants(worker._process.pid)[0], signal.SIGKILL)
        await until(lambda worker=worker: worker.failure)  # type: ignore[misc]
        running = asyncio.create_task(execute(pool, HONEST, Call("f")))
        for _ in range(steps):
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    await pool.aclose()
    assert groups_made_by(os.getpid()) == []
    # For the end of the test, which closes it once more.
    pool._free.put_nowait(None)
