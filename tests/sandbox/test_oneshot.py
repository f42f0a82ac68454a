"""A run of the one-shot tier in a control group of its own, where this machine lets us make one."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from processes import groups_made_by, groups_of, until

from sandbox.cgroup import Cgroups
from sandbox.groups import of_interpreter
from sandbox.process import chain_below
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Limits, Program, Stdin

ROOT = Path(__file__).parents[2]
LIMITS = Limits(cpu_seconds=5.0, wall_seconds=20.0, memory_mib=64, output_bytes=65_536, file_mib=4, threads=4)
SLEEPER = Program("import time\ntime.sleep(1000)\ndef f(): pass")
EMPTY_FILES = """
def f():
    for n in range(10_000_000):
        open(f'/tmp/{n}', 'w').close()
"""


@pytest.fixture(scope="module")
def place() -> Cgroups:
    found = Cgroups.find()
    if found is None:
        pytest.skip("this machine has no writable control group")
    return found


@asynccontextmanager
async def asleep(box: Sandbox, limits: Limits | None = None) -> AsyncIterator[list[int]]:
    """The chain of processes of a run that is under way; it is cancelled at the end."""
    chain: list[int] = []

    def sleeps() -> bool:
        chain[:] = chain_below(os.getpid())
        return len(chain) > 3 and b"/bin/python" in Path(f"/proc/{chain[-1]}/cmdline").read_bytes()[:100]

    running = asyncio.create_task(box.run(SLEEPER, [Call("f")], limits))
    try:
        await until(sleeps)
        yield chain
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@pytest.fixture
async def box(place: Cgroups) -> AsyncIterator[Sandbox]:
    async with Sandbox(LIMITS, tier="one-shot") as opened:
        yield opened


async def test_a_run_is_in_one_group_with_its_bounds(box: Sandbox) -> None:
    async with asleep(box) as chain:
        inside = groups_of(chain[-1])
        folders = [folder for folder in groups_made_by(os.getpid()) if folder.name == inside[0]]
        read = {
            file.name: int(file.read_text())
            for folder in folders
            for name in ("memory.limit_in_bytes", "memory.max", "pids.max")
            if (file := folder / name).exists()
        }
    assert len(set(inside)) == 1
    assert set(read.values()) == set(of_interpreter(LIMITS))


async def test_the_first_process_inside_is_in_the_group_and_the_one_outside_is_not(box: Sandbox) -> None:
    async with asleep(box) as (_, outside, *inside):
        assert groups_of(outside) == []
        assert all(groups_of(pid) for pid in inside)


async def test_empty_files_are_bounded(box: Sandbox) -> None:
    result = (await box.run(Program(EMPTY_FILES), [Call("f")], replace(LIMITS, cpu_seconds=20))).results[0]
    assert (result.status, result.limit) == ("memory_limit", "memory")


async def test_a_run_after_one_that_filled_its_group_is_unharmed(box: Sandbox) -> None:
    await box.run(Program(EMPTY_FILES), [Call("f")], replace(LIMITS, cpu_seconds=20))
    honest = Program("def f(n): return len(bytearray(n))")
    for _ in range(3):
        assert (await box.run(honest, [Call("f", (40 << 20,))])).results[0].value == 40 << 20


async def test_a_program_that_kills_itself_is_not_out_of_memory(box: Sandbox) -> None:
    source = "import os\ndef f(): os.kill(os.getpid(), 9)"
    result = (await box.run(Program(source), [Call("f")])).results[0]
    assert (result.status, result.error_type) == ("crashed", "SIGKILL")


async def test_groups_do_not_pile_up(box: Sandbox) -> None:
    for number in range(20):
        await box.run(Program("def f(): pass"), [Call("f")], replace(LIMITS, file_mib=4 + number % 2))
    await until(lambda: len({folder.name for folder in groups_made_by(os.getpid())}) <= 3)


async def test_nothing_is_left_after_the_end(place: Cgroups) -> None:
    async with Sandbox(LIMITS, tier="one-shot", max_parallel=4) as box:
        await asyncio.gather(*(box.run(Program("print(1)"), [Stdin("")]) for _ in range(8)))
        assert groups_made_by(os.getpid())
    assert groups_made_by(os.getpid()) == []


async def test_nothing_is_left_after_a_cancellation(place: Cgroups) -> None:
    async with Sandbox(LIMITS, tier="one-shot") as box:
        before = len(os.listdir("/proc/self/fd"))
        for pause in (0.0, 0.001, 0.002, 0.004, 0.008, 0.016, 0.2):
            running = asyncio.create_task(box.run(SLEEPER, [Call("f")]))
            await asyncio.sleep(pause)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
        assert len(os.listdir("/proc/self/fd")) <= before
    assert groups_made_by(os.getpid()) == []


async def test_what_a_killed_caller_leaves_is_removed_at_the_next_start(place: Cgroups, tmp_path: Path) -> None:
    script = tmp_path / "caller.py"
    script.write_text(f"""
import asyncio
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Program
async def main():
    async with Sandbox(tier="one-shot") as box:
        print("checked", flush=True)
        await box.run(Program({SLEEPER.source!r}), [Call("f")])
asyncio.run(main())
""")
    with subprocess.Popen([sys.executable, str(script)], cwd=ROOT, stdout=subprocess.PIPE) as caller:
        assert caller.stdout is not None
        assert caller.stdout.readline() == b"checked\n"
        await until(lambda: any(groups_of(pid) for pid in chain_below(caller.pid)))
        caller.send_signal(signal.SIGKILL)

    def swept() -> bool:
        place.sweep()
        return groups_made_by(caller.pid) == []

    await until(swept)


async def test_without_a_writable_group_all_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sandbox.tiers.Cgroups.find", lambda: None)
    async with Sandbox(LIMITS, tier="one-shot") as box:
        assert (await box.run(Program("def f(): return 7"), [Call("f")])).results[0].value == 7
        async with asleep(box) as chain:
            assert [groups_of(pid) for pid in chain] == [[]] * len(chain)
    assert groups_made_by(os.getpid()) == []
