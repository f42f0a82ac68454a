"""Processes of the same user, the caller among them: out of reach for signals and all the rest."""

import errno
import os
import subprocess
from collections.abc import Awaitable, Callable

import pytest
from raw_calls import SYSCALL, TRY

from sandbox.types import CaseResult

Attack = Callable[..., Awaitable[CaseResult]]
Loot = Callable[[str], Awaitable[object]]
Neighbour = subprocess.Popen[bytes]


SIGNALS = [
    "os.kill(PID, signal.SIGTERM)",
    "os.kill(PID, 0)",
    "os.killpg(PID, signal.SIGTERM)",
    "check(syscall(200, PID, 15))",
    "check(syscall(234, PID, PID, 15))",
    "check(syscall(129, PID, 15, bytes(128)))",
    "check(syscall(297, PID, PID, 15, bytes(128)))",
    "check(syscall(62, PID + (1 << 32), 15))",
    "check(syscall(72, os.pipe()[0], 8, PID))",
    "check(syscall(16, os.pipe()[0], 0x8901, PID.to_bytes(4, 'little')))",
    "signal.pidfd_send_signal(os.pidfd_open(PID), 15)",
    "resource.prlimit(PID, resource.RLIMIT_NOFILE)",
    "resource.prlimit(PID, resource.RLIMIT_CPU, (1, 1))",
    "os.sched_setaffinity(PID, {0})",
    "os.sched_setscheduler(PID, os.SCHED_IDLE, os.sched_param(0))",
    "os.setpriority(os.PRIO_PROCESS, PID, 19)",
    "os.setpriority(os.PRIO_USER, os.getuid(), 19)",
    "check(syscall(251, 1, PID, 0x6007))",
    "check(syscall(101, 16, PID, 0, 0))",
    "check(syscall(310, PID, bytes(16), 1, bytes(16), 1, 0))",
    "check(syscall(311, PID, bytes(16), 1, bytes(16), 1, 0))",
    "check(syscall(256, PID, 8, bytes(8), bytes(8)))",
    "check(syscall(279, PID, 0, 0, 0, 0, 0))",
    "check(syscall(274, PID, bytes(8), bytes(8)))",
    "os.setpgid(PID, PID)",
    "os.getpgid(PID)",
    "os.getsid(PID)",
]


@pytest.mark.parametrize("action", SIGNALS)
async def test_neighbour_of_the_same_user_is_out_of_reach(loot: Loot, neighbour: Neighbour, action: str) -> None:
    source = f"""
import os, resource, signal
{SYSCALL}{TRY}
PID = {neighbour.pid}
def check(number):
    if number:
        raise OSError(number, "")
def f(): return errno_of(lambda: {action})
"""
    assert await loot(source) in (errno.EPERM, errno.ENOSYS)
    assert neighbour.poll() is None
    assert os.sched_getaffinity(neighbour.pid) == os.sched_getaffinity(0)
    assert os.getpriority(os.PRIO_PROCESS, neighbour.pid) == os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.parametrize("target", ["os.getppid()", "0", "-1", "1", "-os.getpid()"])
async def test_groups_and_the_caller_cannot_be_signalled(loot: Loot, neighbour: Neighbour, target: str) -> None:
    source = f"import os, signal{TRY}\ndef f(): return errno_of(lambda: os.kill({target}, signal.SIGTERM))"
    assert await loot(source) == errno.EPERM
    assert neighbour.poll() is None


async def test_signals_to_itself_work(loot: Loot) -> None:
    source = """
import os, signal, threading
got = []
signal.signal(signal.SIGUSR1, lambda *a: got.append(1))
def f():
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
    return len(got)
"""
    assert await loot(source) == 3


async def test_death_of_the_caller_cannot_be_outlived(loot: Loot) -> None:
    source = f"{SYSCALL}\ndef f(): return [syscall(157, 1, 0, 0, 0, 0), syscall(157, 4, 1, 0, 0, 0)]"
    assert await loot(source) == [errno.EPERM] * 2
