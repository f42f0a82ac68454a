"""Programs that attack the machine, one property each. Each returns its loot as evidence."""

import errno
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from sandbox import seccomp
from sandbox.sandbox import Sandbox
from sandbox.types import Call, CaseResult, Evaluate, Program, Stdin

Attack = Callable[..., Awaitable[CaseResult]]
Loot = Callable[[str], Awaitable[object]]

SYSCALL = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
def syscall(number, *args):
    done = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in args])
    return ctypes.get_errno() if done == -1 else 0
"""
TRY = """
def errno_of(action):
    try:
        action()
    except OSError as error:
        return error.errno
    return 0
"""


@pytest.mark.parametrize(
    "spawn",
    [
        "os.fork()",
        "os.posix_spawn('/usr/bin/true', ['true'], {})",
        "subprocess.run(['/usr/bin/true'])",
    ],
)
async def test_no_second_process(loot: Loot, spawn: str) -> None:
    source = f"import os, subprocess{TRY}\ndef f(): return errno_of(lambda: {spawn})"
    assert await loot(source) == errno.EAGAIN


async def test_fork_bomb_in_c_gets_nowhere(loot: Loot) -> None:
    source = f"{SYSCALL}\ndef f(): return [syscall(57), syscall(58), syscall(56, 17, 0, 0, 0, 0), syscall(435, 0, 0)]"
    assert await loot(source) == [errno.EAGAIN, errno.EAGAIN, errno.EAGAIN, errno.ENOSYS]


async def test_memory_is_bounded(attack: Attack) -> None:
    result = await attack("def f():\n    kept = []\n    while True:\n        kept.append(bytearray(1 << 20))")
    assert result.status == "memory_limit"


async def test_one_huge_allocation_is_a_memory_limit(attack: Attack) -> None:
    assert (await attack("def f(): return len(bytearray(1 << 40))")).status == "memory_limit"


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


async def test_endless_loop_is_a_time_limit(attack: Attack) -> None:
    assert (await attack("def f():\n    while True: pass", cpu_seconds=0.2)).status == "time_limit"


async def test_endless_loop_in_a_thread_is_a_time_limit(attack: Attack) -> None:
    source = """
import threading
def spin():
    while True: pass
def f():
    thread = threading.Thread(target=spin)
    thread.start()
    thread.join()
"""
    assert (await attack(source, cpu_seconds=0.2)).status == "time_limit"


async def test_long_c_call_is_a_time_limit(attack: Attack) -> None:
    assert (await attack("def f(): return 7 ** (10 ** 8)", cpu_seconds=0.2)).status == "time_limit"


async def test_ignoring_the_cpu_signals_ends_at_the_hard_limit(attack: Attack) -> None:
    source = """
import signal
def f():
    signal.signal(signal.SIGPROF, signal.SIG_IGN)
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True: pass
"""
    result = await attack(source, cpu_seconds=0.2)
    assert (result.status, result.error_message) == ("time_limit", "more than 0.2 CPU seconds")


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


async def test_sleeper_is_stopped_by_the_wall_limit(attack: Attack) -> None:
    result = await attack("import time\ndef f(): time.sleep(1000)", wall_seconds=1.0)
    assert result.status == "time_limit"
    assert "wall" in result.error_message


async def test_limits_cannot_be_raised(loot: Loot) -> None:
    source = """
import resource
def f():
    kinds = ["RLIMIT_AS", "RLIMIT_CPU", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CORE"]
    raised = []
    for kind in kinds:
        try:
            resource.setrlimit(getattr(resource, kind), (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            raised.append(kind)
        except (ValueError, OSError):
            pass
    return raised
"""
    assert await loot(source) == []


@pytest.mark.parametrize(
    "body",
    [
        "while True: print('x' * 1000)",
        "sys.stdout.buffer.write(b'x' * 10_000_000)",
        "return 'x' * 10_000_000",
        "return list(range(1_000_000))",
    ],
)
async def test_huge_output_is_an_output_limit(attack: Attack, body: str) -> None:
    assert (await attack(f"import sys\ndef f():\n    {body}")).status == "output_limit"


async def test_huge_output_that_hides_the_error_is_an_output_limit(attack: Attack) -> None:
    source = "def f():\n    try:\n        print('x' * 100_000)\n    except BaseException:\n        return 1"
    assert (await attack(source)).status == "output_limit"


@pytest.mark.parametrize("write", ["print('x' * 1000)", "os.write(1, b'x' * 1000)"])
async def test_huge_script_output_is_an_output_limit(box: Sandbox, write: str) -> None:
    execution = await box.run(Program(f"import os\nwhile True: {write}"), [Stdin("")])
    assert execution.results[0].status == "output_limit"


async def test_environment_is_not_inherited(loot: Loot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "canary-in-environment")
    found = await loot("import os\ndef f(): return dict(os.environ)")
    assert isinstance(found, dict)
    assert set(found) <= {
        "HOME",
        "TMPDIR",
        "LANG",
        "MALLOC_ARENA_MAX",
        "LD_LIBRARY_PATH",
        "PWD",
        "LC_CTYPE",
        "PYTHONHASHSEED",
    }
    assert "canary" not in str(found)


async def test_host_files_are_not_there(loot: Loot, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    tmp_path.chmod(0o755)
    secret.chmod(0o644)
    targets = ["/etc/shadow", "/etc/passwd", "/proc/1/environ", "/proc/self/maps", "/root", "/home", "/var", "/sys"]
    targets += [str(secret), str(Path(__file__)), str(Path.home())]
    source = f"import os\ndef f(): return [path for path in {targets!r} if os.path.exists(path)]"
    assert await loot(source) == []


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


async def test_no_network(loot: Loot) -> None:
    source = f"""
import socket
{TRY}
def f():
    return [errno_of(lambda: socket.create_connection(("1.1.1.1", 53), timeout=1)),
            errno_of(lambda: socket.create_server(("127.0.0.1", 0))),
            errno_of(lambda: socket.socket(socket.AF_UNIX)),
            errno_of(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))]
"""
    assert await loot(source) == [errno.EPERM] * 4


async def test_only_tmp_can_be_written(loot: Loot) -> None:
    source = """
import os
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


async def test_tmp_cannot_be_filled_beyond_its_size(box: Sandbox, loot: Loot) -> None:
    source = """
import os
def f():
    total = 0
    try:
        for number in range(1000):
            with open(f"/tmp/{number}", "wb", buffering=0) as file:
                while written := file.write(bytes(1 << 18)):
                    total += written
                    if os.fstat(file.fileno()).st_size >= 1 << 20:
                        break
    except OSError:
        pass
    return total
"""
    found = await loot(source)
    assert isinstance(found, int)
    assert 0 < found <= box.limits.file_mib << 20


async def test_file_size_is_bounded(loot: Loot) -> None:
    source = f"import os{TRY}\ndef f(): return errno_of(lambda: os.truncate(os.open('/tmp/a', 66, 0o600), 1 << 30))"
    assert await loot(source) == errno.EFBIG


async def test_killing_everybody_reaches_nobody(loot: Loot) -> None:
    source = """
import os, signal
def f():
    for target in (os.getppid(), 1, -1):
        try:
            os.kill(target, signal.SIGKILL)
        except OSError:
            pass
    return os.getppid()
"""
    assert await loot(source) in (0, 1)
    assert await loot("def f(): return 'still here'") == "still here"


async def test_caller_cannot_be_seen(loot: Loot) -> None:
    source = (
        f"import os\n{SYSCALL}\ndef f(): return [syscall(62, {os.getpid()}, 0), syscall(101, 16, {os.getpid()}, 0, 0)]"
    )
    assert await loot(source) == [errno.ESRCH, errno.EPERM]


async def test_denied_calls(box: Sandbox) -> None:
    tries = [Evaluate(f"syscall({number}, 0, 0, 0, 0, 0)") for number in seccomp.DENIED.values()]
    execution = await box.run(Program(SYSCALL), tries)
    assert [r.value for r in execution.results] == [errno.EPERM] * len(tries)


async def test_new_calls_do_not_exist(loot: Loot) -> None:
    source = f"{SYSCALL}\ndef f(): return {{syscall(number, 0, 0, 0, 0, 0) for number in range(424, 480)}}"
    assert await loot(source) == {errno.ENOSYS}


async def test_nested_user_namespace_is_refused(loot: Loot) -> None:
    source = f"{SYSCALL}\ndef f(): return [syscall(272, 0x10000000), syscall(56, 0x10000011, 0, 0, 0, 0)]"
    assert await loot(source) == [errno.EPERM, errno.EAGAIN]


async def test_typing_into_the_terminal_is_refused(loot: Loot) -> None:
    source = (
        f"{SYSCALL}\ndef f(): return [syscall(16, 0, 0x5412, 0), syscall(16, 0, 0x541C, 0), syscall(16, 0, 0x5401, 0)]"
    )
    assert await loot(source) == [errno.EPERM, errno.EPERM, errno.ENOTTY]


async def test_x32_call_is_killed(attack: Attack) -> None:
    result = await attack(f"{SYSCALL}\ndef f(): return syscall(0x40000000 + 39)")
    assert (result.status, result.error_type) == ("crashed", "SIGSYS")


async def test_asyncio_works_without_a_network(loot: Loot) -> None:
    source = (
        "import asyncio\nasync def g():\n    await asyncio.sleep(0)\n    return 5\ndef f(): return asyncio.run(g())"
    )
    assert await loot(source) == 5
