"""Nothing is left behind, whatever way a run or its caller ends."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from processes import children, command_line, descriptors, until

from sandbox.reduced.child import Start, started
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Input, Program, Stdin

SLEEPER = "import time\ntime.sleep(1000)\ndef f(): pass"


def sleep(seconds: str = "1000") -> Start:
    return Start(["/usr/bin/sleep", seconds], {}, (), None, stdout=True, user=None)


async def test_end_of_the_block_ends_the_process() -> None:
    async with started(sleep()) as child:
        assert child.exit_code is None
    assert child.exit_code == 128 + signal.SIGKILL
    child.kill()
    await child.wait()
    assert not Path(f"/proc/{child.pid}").exists()


async def test_own_end_has_its_code_and_cpu_time() -> None:
    command = [sys.executable, "-I", "-S", "-c", "import sys, time\nwhile time.process_time() < 0.2: pass\nsys.exit(7)"]
    async with started(replace(sleep(), command=command, stdout=False)) as child:
        assert child.stdout is None
        await child.wait()
    assert child.exit_code == 7
    assert child.cpu_seconds >= 0.2


async def test_child_that_somebody_else_waited_for_is_told() -> None:
    async with started(sleep("0")) as child:
        os.waitpid(child.pid, 0)
        child.kill()
        await child.wait()
    assert child.exit_code == 255


async def test_what_cannot_be_started_leaves_nothing() -> None:
    before = descriptors()
    with pytest.raises(FileNotFoundError):
        async with started(replace(sleep(), command=["/nonexistent"])):
            pass
    assert descriptors() == before


async def test_process_without_a_handle_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(pid: int) -> int:
        raise OSError(24, "Too many open files")

    before = descriptors(), children(os.getpid())
    monkeypatch.setattr(os, "pidfd_open", fail)
    with pytest.raises(OSError, match="Too many open files"):
        async with started(sleep()):
            pass
    assert (descriptors(), children(os.getpid())) == before


async def test_hundred_runs_leave_nothing(box: Sandbox) -> None:
    program = Program("import os\ndef f(x):\n    if x % 10 == 0: os._exit(1)\n    return x")
    await box.run(program, [Call("f", (1,))])
    before = descriptors(), children(os.getpid())
    for start in range(0, 100, 2):
        await asyncio.gather(*(box.run(program, [Call("f", (n,))]) for n in (start, start + 1)))
    assert (descriptors(), children(os.getpid())) == before


@pytest.mark.parametrize("case", [Call("f"), Stdin("")])
async def test_cancelled_run_ends_its_process(box: Sandbox, case: Input) -> None:
    before = descriptors(), children(os.getpid())
    for pause in (0.0, 0.005, 0.02, 0.2):
        task = asyncio.create_task(box.run(Program(SLEEPER), [case]))
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    # A transport gives its descriptor back in the next round of the loop.
    await until(lambda: (descriptors(), children(os.getpid())) == before)


async def test_second_cancel_does_not_interrupt_the_clean_up(box: Sandbox) -> None:
    before = children(os.getpid())
    task = asyncio.create_task(box.run(Program(SLEEPER), [Call("f")]))
    await until(lambda: children(os.getpid()) != before)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children(os.getpid()) == before


@pytest.mark.parametrize("pause", [0.0, 0.5])
async def test_kill_9_of_the_caller_ends_the_program(pause: float) -> None:
    caller = f"""
import asyncio
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Program
async def main():
    async with Sandbox(tier="reduced") as box:
        print("checked", flush=True)
        await box.run(Program({SLEEPER!r}), [Call("f")])
asyncio.run(main())
"""
    room = Path(__file__).parents[3]
    with subprocess.Popen([sys.executable, "-c", caller], cwd=room, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"checked\n"
        await until(lambda: bool(children(process.pid)))
        await asyncio.sleep(pause)
        inside = children(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert inside
    await until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() and command_line(pid) for pid in inside))
