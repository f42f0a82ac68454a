"""Nothing is left behind: descriptors, processes, threads, whatever way a run ends."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.process import kill_deepest
from sandbox.sandbox import Sandbox
from sandbox.shipment import sealed_file
from sandbox.types import Call, Input, Program, Stdin

SLEEPER = "import time\ntime.sleep(1000)\ndef f(): pass"


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def descendants(pid: int) -> list[int]:
    """Every process below `pid`, also those in other process namespaces."""
    below: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            below.setdefault(parent, []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        children = below.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in 10 s")


async def test_two_hundred_runs_leave_nothing(one_shot: Sandbox) -> None:
    program = Program("import os\ndef f(x):\n    if x % 10 == 0: os._exit(1)\n    return x")
    await one_shot.run(program, [Call("f", (1,))])
    before = descriptors()
    for start in range(0, 200, 2):
        await asyncio.gather(*(one_shot.run(program, [Call("f", (n,))]) for n in (start, start + 1)))
    await until(lambda: descendants(os.getpid()) == [])
    assert descriptors() <= before


@pytest.mark.parametrize("case", [Call("f"), Stdin("")])
async def test_cancelled_run_ends_its_processes(one_shot: Sandbox, case: Input) -> None:
    await one_shot.run(Program(""), [])
    before = descriptors()
    for pause in (0.0, 0.003, 0.01, 0.02, 0.3):
        task = asyncio.create_task(one_shot.run(Program(SLEEPER), [case]))
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: descendants(os.getpid()) == [])
    assert descriptors() <= before


async def test_second_cancel_does_not_interrupt_the_clean_up(one_shot: Sandbox) -> None:
    task = asyncio.create_task(one_shot.run(Program(SLEEPER), [Call("f")]))
    await until(lambda: len(descendants(os.getpid())) >= 3)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert descendants(os.getpid()) == []


@pytest.mark.parametrize("ending", ["wall", "output"])
async def test_stopped_run_leaves_nothing(one_shot: Sandbox, ending: str) -> None:
    source = "while True: print('x' * 1000)" if ending == "output" else "import time\ntime.sleep(1000)"
    await one_shot.run(Program(source), [Stdin("")], replace(one_shot.limits, wall_seconds=1))
    assert descendants(os.getpid()) == []


@pytest.mark.parametrize("pause", [0.0, 0.5])
async def test_kill_9_of_the_caller_ends_the_sandbox(tmp_path: Path, pause: float) -> None:
    script = tmp_path / "caller.py"
    script.write_text(f"""
import asyncio
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Program
async def main():
    async with Sandbox(tier="one-shot") as box:
        print("checked", flush=True)
        await box.run(Program({SLEEPER!r}), [Call("f")])
asyncio.run(main())
""")
    caller = subprocess.Popen([sys.executable, str(script)], cwd=Path(__file__).parents[2], stdout=subprocess.PIPE)
    assert caller.stdout is not None
    assert caller.stdout.readline() == b"checked\n"
    inside: list[int] = []

    def sleeping() -> bool:
        inside[:] = descendants(caller.pid)
        return any(b"/bin/python" in command_line(pid).partition(b"\0")[0] for pid in inside)

    await until(sleeping)
    await asyncio.sleep(pause)
    inside[:] = descendants(caller.pid)
    caller.send_signal(signal.SIGKILL)
    caller.communicate()
    await until(lambda: all(command_line(pid) == b"" for pid in inside))


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_kill_deepest_ends_the_last_of_a_chain() -> None:
    with subprocess.Popen(["/usr/bin/setsid", "--wait", "--fork", "/usr/bin/sleep", "1000"]) as top:
        while not descendants(top.pid) or b"sleep" not in command_line(descendants(top.pid)[-1])[:16]:
            time.sleep(0.01)
        kill_deepest(top.pid)
        assert top.wait() != 0
    kill_deepest(top.pid)


def test_sealed_file_cannot_be_changed() -> None:
    with sealed_file(b"content") as descriptor:
        assert os.read(descriptor, 100) == b"content"
        with pytest.raises(PermissionError):
            os.write(descriptor, b"x")
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, 0)
