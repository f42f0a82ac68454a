"""The pool as a whole: what is fresh for every run, what is replaced, what is left."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.cgroup import Cgroups
from sandbox.launch import Launcher
from sandbox.pool.tier import Pool
from sandbox.pool.worker import Worker
from sandbox.run import Run
from sandbox.sandbox import Sandbox
from sandbox.tiers import recipe
from sandbox.types import Call, Evaluate, Execution, Input, Limits, Program, Stdin

LIMITS = Limits(cpu_seconds=1.0, wall_seconds=20.0, memory_mib=128, output_bytes=65_536, file_mib=4, threads=4)
SLEEPER = "import time\ndef f(): time.sleep(1000)"


@pytest.fixture
async def make() -> AsyncIterator[Callable[..., Pool]]:
    """Makes pools and ends them."""
    launcher = Launcher.find()
    made: list[Pool] = []

    def pool(size: int = 1, recycle_after: int = 1000) -> Pool:
        made.append(Pool(recipe(launcher, LIMITS, Cgroups.find()), size, recycle_after))
        return made[-1]

    yield pool
    for one in made:
        await one.aclose()
    launcher.close()


async def execute(pool: Pool, source: str, *inputs: Input, limits: Limits = LIMITS) -> Execution:
    return await Run([pool], source, inputs, limits).execute()


async def zygote_of(pool: Pool) -> Worker:
    """The zygote that the next run gets, at rest."""
    worker = await pool._free.get()
    assert worker is not None
    pool._free.put_nowait(worker)
    return worker


def below(pid: int) -> list[int]:
    """Every process below `pid`."""
    found: list[int] = []
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        found += [int(child), *below(int(child))]
    return found


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in 10 s")


def is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


async def test_one_zygote_serves_many_runs(make: Callable[..., Pool]) -> None:
    pool = make()
    pids = set()
    for number in range(20):
        execution = await execute(pool, "def f(x): return x", Call("f", (number,)))
        assert execution.results[0].value == number
        pids.add((await zygote_of(pool))._process.pid)
    assert len(pids) == 1
    assert execution.isolation == "pool"


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
            await until(lambda bwrap=bwrap: len(below(bwrap)) == 2)  # type: ignore[misc]
            zygote, child = below(bwrap)
            seen.append(namespaces(child))
        seen.append(namespaces(zygote))
    for numbers in zip(*seen, strict=True):
        assert len(set(numbers)) == len(seen)


async def test_a_run_has_its_own_limits(make: Callable[..., Pool]) -> None:
    pool = make()
    source = "def f():\n    with open('/tmp/a', 'wb') as file: return file.write(bytes(6 << 20))"
    assert (await execute(pool, source, Call("f"))).results[0].limit == "file"
    wide = replace(LIMITS, file_mib=8)
    assert (await execute(pool, source, Call("f"), limits=wide)).results[0].value == 6 << 20
    assert (await execute(pool, source, Call("f"))).results[0].limit == "file"


async def test_empty_files_are_bounded(make: Callable[..., Pool]) -> None:
    source = "def f():\n    for n in range(100_000): open(f'/tmp/{n}', 'w').close()"
    result = (await execute(make(), source, Call("f"))).results[0]
    assert (result.error_type, result.limit) == ("OSError", "file")


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


async def test_zygote_that_dies_at_rest_is_replaced(make: Callable[..., Pool]) -> None:
    pool = make()
    await execute(pool, "def f(): return 1", Call("f"))
    worker = await zygote_of(pool)
    zygote = below(worker._process.pid)[0]
    os.kill(zygote, signal.SIGKILL)
    await until(lambda: bool(worker.failure))
    assert (await execute(pool, "def f(): return 1", Call("f"))).results[0].value == 1


async def test_a_run_whose_zygote_dies_goes_on_in_the_next_tier() -> None:
    async with Sandbox(LIMITS) as box:
        opened = await box.opened()
        pool = opened.tiers[0]
        assert isinstance(pool, Pool)
        worker = await zygote_of(pool)
        await until(lambda: len(below(worker._process.pid)) == 2)
        zygote, child = below(worker._process.pid)
        os.kill(zygote, signal.SIGSTOP)
        os.kill(child, signal.SIGKILL)
        running = asyncio.create_task(box.run(Program("def f(): return 1"), [Call("f")]))
        await until(lambda: worker.runs == 1)
        os.kill(zygote, signal.SIGKILL)
        execution = await running
    assert (execution.results[0].value, execution.isolation) == (1, "one-shot")


async def test_cancelled_run_ends_and_the_zygote_goes_on(make: Callable[..., Pool]) -> None:
    pool = make()
    await execute(pool, "def f(): return 1", Call("f"))
    worker = await zygote_of(pool)
    await until(lambda: len(below(worker._process.pid)) == 2)
    child = below(worker._process.pid)[1]
    for pause in (0.0, 0.003, 0.05):
        task = asyncio.create_task(execute(pool, SLEEPER, Call("f")))
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert is_dead(child)
    assert (await execute(pool, "def f(): return 1", Call("f"))).results[0].value == 1


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
    assert (await box.run(sleeper, [Call("f")])).results[0].status == "ok"
    await box.aclose()


async def test_nothing_is_left_behind() -> None:
    before = set(os.listdir("/proc/self/fd"))
    children = below(os.getpid())
    async with Sandbox(LIMITS) as box:
        steps = [Call("f", (n,)) for n in range(3)]
        await box.run(Program("def f(x): return x"), steps)
        settled = set(os.listdir("/proc/self/fd"))
        for n in range(300):
            await box.run(Program("def f(x): return x"), steps if n % 3 else [Stdin("")])
        await asyncio.sleep(0.2)
        assert len(set(os.listdir("/proc/self/fd"))) <= len(settled) + 6
        assert len(below(os.getpid())) - len(children) <= 9
    assert set(os.listdir("/proc/self/fd")) <= before
    assert below(os.getpid()) == children
    assert not list(Path("/sys/fs/cgroup").glob(f"*/hi-moe-*-{os.getpid()}-*"))


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
    inside = below(caller.pid)
    assert len(inside) >= 3
    caller.send_signal(signal.SIGKILL)
    caller.communicate()
    await until(lambda: all(is_dead(pid) for pid in inside))


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


async def test_allowed_packages_can_be_imported_and_no_others() -> None:
    async with Sandbox(replace(LIMITS, memory_mib=512), packages=["numpy"]) as box:
        for tier in ("pool", "one-shot"):
            opened = await box.opened()
            run = Run([t for t in opened.tiers if t.name == tier], SUMS, [Call("f")], box.limits, box._packages.path)
            execution = await run.execute()
            assert (execution.detail, execution.isolation) == ("", tier)
            assert execution.results[0].value == 10
        refused = await box.run(Program("import pydantic"), [])
    assert "ModuleNotFoundError" in refused.detail


SUMS = "import numpy as np\ndef f(): return int((np.arange(5) @ np.ones(5)).item())"
