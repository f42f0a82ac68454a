"""Nothing is left behind: descriptors, processes, threads, whatever way a run ends."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from processes import command_line, descendants, descriptors, is_dead, until
from scarcity import few_descriptors

from sandbox.launch import Launcher
from sandbox.process import chain_below, end, kill_deepest, started_process
from sandbox.sandbox import Sandbox
from sandbox.shipment import sealed_file
from sandbox.types import Call, Input, Program, Stdin

SLEEPER = "import time\ntime.sleep(1000)\ndef f(): pass"


COUNTER = """
import asyncio
from pathlib import Path
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Program, Stdin

async def main():
    async with Sandbox(tier="one-shot") as box:
        ended = await box.run(Program("def f(): return 1"), [Call("f")])
        printed = await box.run(Program("print(2)"), [Stdin("")])
        running = asyncio.create_task(box.run(Program("while True: pass"), [Stdin("")]))
        await asyncio.sleep(0.2)
        running.cancel()
        await asyncio.wait([running])
    found = [(folder / "comm").read_text() for folder in Path("/proc").glob("[0-9]*")]
    print(ended.results[0].value, printed.results[0].stdout.strip(), [name for name in found if name == "bwrap\\n"])

asyncio.run(main())
"""
"""Counts what its runs have left, dead or alive."""


async def test_two_hundred_runs_leave_nothing(one_shot: Sandbox) -> None:
    program = Program("import os\ndef f(x):\n    if x % 10 == 0: os._exit(1)\n    return x")
    await one_shot.run(program, [Call("f", (1,))])
    before = len(descriptors())
    for start in range(0, 200, 2):
        await asyncio.gather(*(one_shot.run(program, [Call("f", (n,))]) for n in (start, start + 1)))
    await until(lambda: descendants(os.getpid()) == [])
    assert len(descriptors()) <= before


@pytest.mark.parametrize("case", [Call("f"), Stdin("")])
async def test_cancelled_run_ends_its_processes(one_shot: Sandbox, case: Input) -> None:
    await one_shot.run(Program(""), [])
    before = len(descriptors())
    for pause in (0.0, 0.003, 0.01, 0.02, 0.3):
        task = asyncio.create_task(one_shot.run(Program(SLEEPER), [case]))
        await asyncio.sleep(pause)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: descendants(os.getpid()) == [])
    assert len(descriptors()) <= before


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


def test_kill_deepest_ends_the_last_of_a_chain() -> None:
    with subprocess.Popen(["/usr/bin/setsid", "--wait", "--fork", "/usr/bin/sleep", "1000"]) as top:
        while not descendants(top.pid) or b"sleep" not in command_line(descendants(top.pid)[-1])[:16]:
            time.sleep(0.01)
        kill_deepest(top.pid)
        assert top.wait() != 0
    kill_deepest(top.pid)


async def test_a_run_ends_at_its_wall_limit_without_a_descriptor(one_shot: Sandbox) -> None:
    running = asyncio.create_task(
        one_shot.run(Program("import time\ntime.sleep(1000)"), [Stdin("")], replace(one_shot.limits, wall_seconds=1))
    )
    await until(lambda: len(descendants(os.getpid())) == 3)
    with few_descriptors():
        execution = await running
    assert [(result.status, result.limit) for result in execution.results] == [("time_limit", "wall")]
    await until(lambda: descendants(os.getpid()) == [])


async def test_a_chain_in_which_somebody_stands_still_ends_without_a_descriptor() -> None:
    process = await started('sh -c "sleep 1000; true"; true')
    await until(lambda: len(descendants(process.pid)) == 2)
    middle, last = descendants(process.pid)
    try:
        with few_descriptors():
            await asyncio.wait_for(end(process), 20)
        assert process.returncode == -signal.SIGKILL
    finally:
        for pid in (middle, last):
            os.kill(pid, signal.SIGKILL)


async def test_a_chain_is_not_cut_short_for_want_of_a_descriptor() -> None:
    process = await started("sleep 1000; true")
    await until(lambda: len(descendants(process.pid)) == 1)
    with few_descriptors(), pytest.raises(OSError, match="Too many open files"):
        chain_below(process.pid)
    assert chain_below(process.pid) == [process.pid, *descendants(process.pid)]
    await end(process)


async def started(script: str) -> asyncio.subprocess.Process:
    """A chain that a shell is the first process of."""
    launcher = Launcher(bwrap="", prefix="", executable="")
    return await started_process(launcher, ["/usr/bin/sh", "-c", script], (), stdout=True)


async def test_a_chain_in_which_somebody_stands_still_ends() -> None:
    process = await started('sh -c "sleep 1000; true"; true')
    await until(lambda: len(descendants(process.pid)) == 2)
    middle, last = descendants(process.pid)
    os.kill(middle, signal.SIGSTOP)
    await asyncio.wait_for(end(process), 20)
    await until(lambda: is_dead(middle) and is_dead(last))


async def test_who_holds_a_pipe_open_is_not_waited_for() -> None:
    before = descriptors()
    process = await started("sleep 1000 & echo $!")
    assert process.stdout is not None
    holder = int(await process.stdout.readline())
    # Until its end it is the holder's parent, and the holder the last of the chain.
    await until(lambda: process.returncode is not None)
    try:
        await asyncio.wait_for(end(process), 20)
        assert not is_dead(holder)
        await until(lambda: descriptors() <= before)
    finally:
        os.kill(holder, signal.SIGKILL)


def test_a_caller_that_is_the_first_process_reaps_what_bubblewrap_leaves() -> None:
    unshare = ["/usr/bin/unshare", "--pid", "--fork", "--mount-proc"]
    if subprocess.run([*unshare, "/usr/bin/true"], capture_output=True).returncode != 0:
        pytest.skip("this user may not make a process namespace")
    root = Path(__file__).parents[2]
    done = subprocess.run([*unshare, sys.executable, "-c", COUNTER], cwd=root, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1 2 []\n", "")


def test_sealed_file_cannot_be_changed() -> None:
    with sealed_file(b"content") as descriptor:
        assert os.read(descriptor, 100) == b"content"
        with pytest.raises(PermissionError):
            os.write(descriptor, b"x")
        with pytest.raises(PermissionError):
            os.ftruncate(descriptor, 0)
