"""No other process, no kernel object and no privilege, where no namespace would stop them."""

import errno
import signal
import subprocess
from collections.abc import Awaitable, Callable

import pytest
from raw_calls import SYSCALL, TRY

from sandbox.types import CaseResult

Attack = Callable[..., Awaitable[CaseResult]]
Loot = Callable[[str], Awaitable[object]]
Neighbour = subprocess.Popen[bytes]


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("os.fork()", errno.EAGAIN),
        ("os.posix_spawn('/usr/bin/true', ['true'], {})", errno.EAGAIN),
        ("subprocess.run(['/usr/bin/true'])", errno.EAGAIN),
        ("os.execv('/usr/bin/true', ['true'])", errno.EPERM),
        ("os.execv(sys.executable, ['python'])", errno.EPERM),
        ("os.execve(os.open('/usr/bin/true', os.O_RDONLY), ['true'], {})", errno.EPERM),
        ("os.setsid()", errno.EPERM),
        ("os.memfd_create('x')", errno.EPERM),
    ],
)
async def test_no_other_process_or_program(loot: Loot, action: str, answer: int) -> None:
    source = f"import os, subprocess, sys{TRY}\ndef f(): return errno_of(lambda: {action})"
    assert await loot(source) == answer


KERNEL = {
    "io_uring_setup": (425, errno.ENOSYS),
    "clone3": (435, errno.ENOSYS),
    "memfd_secret": (447, errno.ENOSYS),
    "landlock_create_ruleset": (444, errno.ENOSYS),
    "add_key": (248, errno.EPERM),
    "keyctl": (250, errno.EPERM),
    "userfaultfd": (323, errno.EPERM),
    "bpf": (321, errno.EPERM),
    "perf_event_open": (298, errno.EPERM),
    "seccomp": (317, errno.EPERM),
    "setns": (308, errno.EPERM),
    "mount": (165, errno.EPERM),
    "shmget": (29, errno.EPERM),
    "mq_open": (240, errno.EPERM),
    "mq_unlink": (241, errno.EPERM),
    "setresuid": (117, errno.EPERM),
    "capset": (126, errno.EPERM),
    "inotify_init1": (294, errno.EPERM),
    "unshare": (272, errno.EPERM),
    "sync": (162, errno.EPERM),
}


@pytest.mark.parametrize("name", KERNEL)
async def test_kernel_objects_are_refused(loot: Loot, name: str) -> None:
    number, answer = KERNEL[name]
    assert await loot(f"{SYSCALL}\ndef f(): return syscall({number}, 0, 0, 0, 0, 0)") == answer


@pytest.mark.parametrize("flags", [0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000])
async def test_namespaces_are_refused(loot: Loot, flags: int) -> None:
    source = f"{SYSCALL}\ndef f(): return [syscall(272, {flags}), syscall(56, {flags | signal.SIGCHLD}, 0, 0, 0, 0)]"
    assert await loot(source) == [errno.EPERM, errno.EAGAIN]


async def test_x32_call_is_killed(attack: Attack) -> None:
    result = await attack(f"{SYSCALL}\ndef f(): return syscall(0x40000000 + 39)")
    assert (result.status, result.error_type) == ("crashed", "SIGSYS")


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


async def test_no_privilege_is_left(loot: Loot, user: int) -> None:
    source = """
import ctypes, os
def f():
    data = (ctypes.c_uint32 * 6)()
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    assert ctypes.CDLL(None).syscall(125, head, data) == 0
    libc = ctypes.CDLL(None)
    return list(data), set(os.getresuid()), libc.prctl(39, 0, 0, 0, 0), libc.prctl(3, 0, 0, 0, 0), os.umask(0)
"""
    assert await loot(source) == ([0] * 6, {user}, 1, 0, 0o077)


async def test_honest_program_is_judged_as_before_after_an_attack(attack: Attack, loot: Loot) -> None:
    honest = "def f(): return sum(range(10))"
    assert await loot(honest) == 45
    await attack("import os, signal\ndef f():\n    os.kill(os.getpid(), signal.SIGKILL)")
    assert await loot(honest) == 45
