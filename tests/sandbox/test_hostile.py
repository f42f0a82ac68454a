"""Exact mechanisms of the isolation; what hostile programs make of them is in `hostile/test_programs.py`."""

import contextlib
import errno
import os
import resource
from collections.abc import Awaitable, Callable

import pytest

from sandbox import seccomp
from sandbox.sandbox import Sandbox
from sandbox.types import Call, CaseResult, Evaluate, Program

Attack = Callable[..., Awaitable[CaseResult]]
Loot = Callable[[str], Awaitable[object]]

SYSCALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def syscall(number, *args):
    done = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in args])
    return ctypes.get_errno() if done == -1 else 0
"""


async def test_threads_work_and_are_bounded(box: Sandbox, loot: Loot) -> None:
    source = """
import threading
def f():
    go, started = threading.Event(), 0
    try:
        for _ in range(100):
            threading.Thread(target=go.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    go.set()
    return started
"""
    assert await loot(source) in range(1, box.limits.threads + 1)


async def test_killing_itself_is_a_crash(one_shot: Sandbox) -> None:
    source = """
import os, signal, time
def f():
    end = time.process_time() + 0.4
    while time.process_time() < end: pass
    os.kill(os.getpid(), signal.SIGKILL)
"""
    result = (await one_shot.run(Program(source), [Call("f")])).results[0]
    assert (result.status, result.error_type) == ("crashed", "SIGKILL")


async def test_no_open_descriptor_leads_out(loot: Loot) -> None:
    source = """
import os, stat
def f():
    found = []
    for number in range(1024):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        found.append("null" if stat.S_ISCHR(mode) else "pipe" if stat.S_ISFIFO(mode) else f"{number}: {mode:o}")
    return found
"""
    assert await loot(source) == ["null", "null", "null", "pipe"]


OPEN = """
import os
def is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
def f(): return [number for number in range(4096) if is_open(number)]
"""


@pytest.mark.parametrize("tier", ["pool", "one-shot", "reduced"])
async def test_descriptors_of_a_busy_caller_lead_nowhere(tier: str) -> None:
    """What is passed on keeps its number, which may be far above the usual ones."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    with contextlib.ExitStack() as held:
        held.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(1200):
            held.enter_context(open(os.devnull, "rb"))
        async with Sandbox(tier=tier) as box:  # type: ignore[arg-type]
            found = (await box.run(Program(OPEN), [Call("f")])).results[0].value
    assert isinstance(found, list)
    assert found[:3] == [0, 1, 2]
    assert len(found) == 4
    assert found[3] < 64


async def test_only_tmp_can_be_written(loot: Loot) -> None:
    source = """
import os
import resource
def f():
    written = []
    for folder, names, _ in os.walk("/"):
        if folder.count("/") > 3:
            names.clear()
        try:
            open(os.path.join(folder, "probe"), "w").close()
            written.append(folder)
        except OSError:
            pass
    return written
"""
    assert await loot(source) == ["/tmp"]


async def test_denied_calls(box: Sandbox) -> None:
    tries = [Evaluate(f"syscall({number}, 0, 0, 0, 0, 0)") for number in seccomp.DENIED.values()]
    execution = await box.run(Program(SYSCALL), tries)
    assert [r.value for r in execution.results] == [errno.EPERM] * len(tries)


async def test_typing_into_the_terminal_is_refused(loot: Loot) -> None:
    source = (
        f"{SYSCALL}\ndef f(): return [syscall(16, 0, 0x5412, 0), syscall(16, 0, 0x541C, 0), syscall(16, 0, 0x5401, 0)]"
    )
    assert await loot(source) == [errno.EPERM, errno.EPERM, errno.ENOTTY]


async def test_asyncio_works_without_a_network(loot: Loot) -> None:
    source = (
        "import asyncio\nasync def g():\n    await asyncio.sleep(0)\n    return 5\ndef f(): return asyncio.run(g())"
    )
    assert await loot(source) == 5
