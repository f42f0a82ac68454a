"""The pool as a whole: what is fresh for every run, what is replaced."""

import asyncio
import contextlib
import os
from collections.abc import Callable

import pytest
from pools import LIMITS, execute, zygote_of
from processes import descendants, is_dead, until

from sandbox.launch import Launcher
from sandbox.pool.tier import Pool
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Evaluate, Program


async def test_one_zygote_serves_many_runs(make: Callable[..., Pool]) -> None:
    pool = make()
    pids = set()
    for number in range(20):
        execution = await execute(pool, "def f(x): return x", Call("f", (number,)))
        assert execution.results[0].value == number
        pids.add((await zygote_of(pool))._process.pid)
    assert len(pids) == 1
    assert execution.isolation == "pool"


async def test_runs_one_after_the_other_share_a_zygote_and_runs_side_by_side_do_not(make: Callable[..., Pool]) -> None:
    pool = make(size=2)
    for _ in range(20):
        await execute(pool, "def f(): return 1", Call("f"))
    first = await zygote_of(pool)
    assert first.runs == 20
    source = "import time\ndef f(): time.sleep(0.1)"
    await asyncio.gather(*(execute(pool, source, Call("f")) for _ in range(2)))
    assert first.runs == 21


async def test_a_zygote_is_replaced_after_its_runs(make: Callable[..., Pool]) -> None:
    pool = make(recycle_after=3)
    pids = []
    for _ in range(7):
        await execute(pool, "def f(): return 1", Call("f"))
        pids.append((await zygote_of(pool))._process.pid)
    assert len(set(pids)) == 3
    assert all(is_dead(pid) for pid in set(pids[:-1]) - {pids[-1]})


FAULT = "import ctypes\ndef f(): ctypes.string_at(0)"


FORGER = """
import os
def f():
    for number in range(3, 64):
        try:
            os.write(number, b"no message\\n")
        except OSError:
            pass
"""


@pytest.mark.parametrize("odd", [FAULT, FORGER])
async def test_a_zygote_is_replaced_after_an_anomaly(make: Callable[..., Pool], odd: str) -> None:
    pool = make()
    await execute(pool, "def f(): return 1", Call("f"))
    before = (await zygote_of(pool))._process.pid
    assert (await execute(pool, odd, Call("f"))).results[0].status == "crashed"
    assert (await zygote_of(pool))._process.pid != before
    assert (await execute(pool, "def f(): return 1", Call("f"))).results[0].value == 1


async def test_every_run_has_namespaces_of_its_own(make: Callable[..., Pool]) -> None:
    pool = make()
    kinds = ("user", "mnt", "pid", "ipc")
    with contextlib.ExitStack() as held:

        def namespaces(pid: int) -> list[int]:
            # A number can be used again once nobody holds its namespace.
            files = [held.enter_context(open(f"/proc/{pid}/ns/{kind}", "rb")) for kind in kinds]
            return [os.fstat(file.fileno()).st_ino for file in files]

        seen = [namespaces(os.getpid())]
        for _ in range(3):
            assert (await execute(pool, "import os\ndef f(): return os.getpid()", Call("f"))).results[0].value == 1
            bwrap = (await zygote_of(pool))._process.pid
            await until(lambda bwrap=bwrap: len(descendants(bwrap)) == 2)  # type: ignore[misc]
            zygote, child = descendants(bwrap)
            seen.append(namespaces(child))
        seen.append(namespaces(zygote))
    for numbers in zip(*seen, strict=True):
        assert len(set(numbers)) == len(seen)


async def test_a_file_of_one_run_is_not_there_in_the_next(make: Callable[..., Pool]) -> None:
    pool = make()
    source = "import os\ndef f():\n    open('/tmp/left', 'w').close()\n    return os.listdir('/tmp')"
    for _ in range(3):
        assert (await execute(pool, source, Call("f"))).results[0].value == ["left"]


async def test_random_numbers_are_not_the_same_in_every_run(make: Callable[..., Pool]) -> None:
    pool = make()
    drawn = [(await execute(pool, "import random", Evaluate("random.random()"))).results[0].value for _ in range(3)]
    assert len(set(drawn)) == 3


async def test_order_of_sets_is_the_same_in_every_run(make: Callable[..., Pool]) -> None:
    source, case = "x = 1", Evaluate("list({'one', 'two', 'three', 'four', 'five'})")
    async with Sandbox(LIMITS, tier="one-shot") as one_shot:
        other = (await one_shot.run(Program(source), [case])).results[0].value
    assert (await execute(make(), source, case)).results[0].value == other


async def test_pool_that_cannot_start_leaves_the_one_shot_tier_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    isolate = Launcher.isolate

    def without_proc(self: Launcher, extra: list[str], *, nested: bool = False) -> list[str]:
        return isolate(self, [part for part in extra if part not in ("--proc", "/proc")], nested=nested)

    monkeypatch.setattr(Launcher, "isolate", without_proc)
    async with Sandbox(LIMITS) as box:
        execution = await box.run(Program("def f(): return 1"), [Call("f")])
        opened = await box.opened()
    assert (execution.results[0].value, execution.isolation) == (1, "one-shot")
    assert "/proc" in opened.notice
