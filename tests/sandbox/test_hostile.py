"""Programs that attack the sandbox, one property each. Each returns its loot as evidence."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox import seccomp
from sandbox.sandbox import Sandbox
from sandbox.types import Call, CaseResult, Evaluate, Program, Stdin
from sandbox.values import Opaque

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


async def attack(box: Sandbox, source: str, **changes: float) -> CaseResult:
    """Run `f()` of a hostile program once."""
    limits = replace(box.limits, **changes)  # type: ignore[arg-type]
    execution = await box.run(Program(source), [Call("f")], limits)
    assert execution.status == "ok", execution.detail
    return execution.results[0]


async def loot(box: Sandbox, source: str) -> object:
    result = await attack(box, source)
    assert result.status == "ok", result
    return result.value


@pytest.mark.parametrize(
    "spawn",
    [
        "os.fork()",
        "os.posix_spawn('/usr/bin/true', ['true'], {})",
        "subprocess.run(['/usr/bin/true'])",
    ],
)
async def test_no_second_process(box: Sandbox, spawn: str) -> None:
    source = f"import os, subprocess{TRY}\ndef f(): return errno_of(lambda: {spawn})"
    assert await loot(box, source) == errno.EPERM


async def test_fork_bomb_in_c_gets_nowhere(box: Sandbox) -> None:
    source = f"{SYSCALL}\ndef f(): return [syscall(57), syscall(58), syscall(56, 17, 0, 0, 0, 0), syscall(435, 0, 0)]"
    assert await loot(box, source) == [errno.EPERM, errno.EPERM, errno.EPERM, errno.ENOSYS]


async def test_memory_is_bounded(box: Sandbox) -> None:
    result = await attack(box, "def f():\n    kept = []\n    while True:\n        kept.append(bytearray(1 << 20))")
    assert result.status == "memory_limit"


async def test_one_huge_allocation_is_a_memory_limit(box: Sandbox) -> None:
    assert (await attack(box, "def f(): return len(bytearray(1 << 40))")).status == "memory_limit"


async def test_threads_work_and_are_bounded(box: Sandbox) -> None:
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
    assert await loot(box, source) in range(1, box.limits.threads + 1)


async def test_endless_loop_is_a_time_limit(box: Sandbox) -> None:
    assert (await attack(box, "def f():\n    while True: pass", cpu_seconds=0.2)).status == "time_limit"


async def test_endless_loop_in_a_thread_is_a_time_limit(box: Sandbox) -> None:
    source = """
import threading
def spin():
    while True: pass
def f():
    thread = threading.Thread(target=spin)
    thread.start()
    thread.join()
"""
    assert (await attack(box, source, cpu_seconds=0.2)).status == "time_limit"


async def test_long_c_call_is_a_time_limit(box: Sandbox) -> None:
    assert (await attack(box, "def f(): return 7 ** (10 ** 8)", cpu_seconds=0.2)).status == "time_limit"


async def test_ignoring_the_cpu_signals_ends_at_the_hard_limit(box: Sandbox) -> None:
    source = """
import signal
def f():
    signal.signal(signal.SIGPROF, signal.SIG_IGN)
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True: pass
"""
    result = await attack(box, source, cpu_seconds=0.2)
    assert (result.status, result.error_type) == ("crashed", "SIGKILL")


async def test_sleeper_is_stopped_by_the_wall_limit(box: Sandbox) -> None:
    result = await attack(box, "import time\ndef f(): time.sleep(1000)", wall_seconds=1.0)
    assert result.status == "time_limit"
    assert "wall" in result.error_message


async def test_limits_cannot_be_raised(box: Sandbox) -> None:
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
    assert await loot(box, source) == []


@pytest.mark.parametrize(
    "body",
    [
        "while True: print('x' * 1000)",
        "sys.stdout.buffer.write(b'x' * 10_000_000)",
        "return 'x' * 10_000_000",
        "return list(range(1_000_000))",
    ],
)
async def test_huge_output_is_an_output_limit(box: Sandbox, body: str) -> None:
    assert (await attack(box, f"import sys\ndef f():\n    {body}")).status == "output_limit"


async def test_huge_output_that_hides_the_error_is_an_output_limit(box: Sandbox) -> None:
    source = "def f():\n    try:\n        print('x' * 100_000)\n    except BaseException:\n        return 1"
    assert (await attack(box, source)).status == "output_limit"


@pytest.mark.parametrize("write", ["print('x' * 1000)", "os.write(1, b'x' * 1000)"])
async def test_huge_script_output_is_an_output_limit(box: Sandbox, write: str) -> None:
    execution = await box.run(Program(f"import os\nwhile True: {write}"), [Stdin("")])
    assert execution.results[0].status == "output_limit"


async def test_environment_is_not_inherited(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "canary-in-environment")
    found = await loot(box, "import os\ndef f(): return dict(os.environ)")
    assert isinstance(found, dict)
    assert set(found) <= {"HOME", "TMPDIR", "LANG", "MALLOC_ARENA_MAX", "LD_LIBRARY_PATH", "PWD", "LC_CTYPE"}
    assert "canary" not in str(found)


async def test_host_files_are_not_there(box: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    tmp_path.chmod(0o755)
    secret.chmod(0o644)
    targets = ["/etc/shadow", "/etc/passwd", "/proc/1/environ", "/proc/self/maps", "/root", "/home", "/var", "/sys"]
    targets += [str(secret), str(Path(__file__)), str(Path.home())]
    source = f"import os\ndef f(): return [path for path in {targets!r} if os.path.exists(path)]"
    assert await loot(box, source) == []


async def test_no_open_descriptor_leads_out(box: Sandbox) -> None:
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
    assert await loot(box, source) == ["null", "null", "null", "pipe"]


async def test_no_network(box: Sandbox) -> None:
    source = f"""
import socket
{TRY}
def f():
    return [errno_of(lambda: socket.create_connection(("1.1.1.1", 53), timeout=1)),
            errno_of(lambda: socket.create_server(("127.0.0.1", 0))),
            errno_of(lambda: socket.socket(socket.AF_UNIX)),
            errno_of(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))]
"""
    assert await loot(box, source) == [errno.EPERM] * 4


async def test_only_tmp_can_be_written(box: Sandbox) -> None:
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
    assert await loot(box, source) == ["/tmp"]


async def test_tmp_cannot_be_filled_beyond_its_size(box: Sandbox) -> None:
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
    found = await loot(box, source)
    assert isinstance(found, int)
    assert 0 < found <= box.limits.file_mib << 20


async def test_file_size_is_bounded(box: Sandbox) -> None:
    source = f"import os{TRY}\ndef f(): return errno_of(lambda: os.truncate(os.open('/tmp/a', 66, 0o600), 1 << 30))"
    assert await loot(box, source) == errno.EFBIG


async def test_killing_everybody_reaches_nobody(box: Sandbox) -> None:
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
    assert await loot(box, source) == 1
    assert await loot(box, "def f(): return 'still here'") == "still here"


async def test_caller_cannot_be_seen(box: Sandbox) -> None:
    source = (
        f"import os\n{SYSCALL}\ndef f(): return [syscall(62, {os.getpid()}, 0), syscall(101, 16, {os.getpid()}, 0, 0)]"
    )
    assert await loot(box, source) == [errno.ESRCH, errno.EPERM]


async def test_denied_calls(box: Sandbox) -> None:
    tries = [Evaluate(f"syscall({number}, 0, 0, 0, 0, 0)") for number in seccomp.DENIED.values()]
    execution = await box.run(Program(SYSCALL), tries)
    assert [r.value for r in execution.results] == [errno.EPERM] * len(tries)


async def test_new_calls_do_not_exist(box: Sandbox) -> None:
    source = f"{SYSCALL}\ndef f(): return {{syscall(number, 0, 0, 0, 0, 0) for number in range(424, 480)}}"
    assert await loot(box, source) == {errno.ENOSYS}


async def test_nested_user_namespace_is_refused(box: Sandbox) -> None:
    source = f"{SYSCALL}\ndef f(): return [syscall(272, 0x10000000), syscall(56, 0x10000011, 0, 0, 0, 0)]"
    assert await loot(box, source) == [errno.EPERM, errno.EPERM]


async def test_typing_into_the_terminal_is_refused(box: Sandbox) -> None:
    source = (
        f"{SYSCALL}\ndef f(): return [syscall(16, 0, 0x5412, 0), syscall(16, 0, 0x541C, 0), syscall(16, 0, 0x5401, 0)]"
    )
    assert await loot(box, source) == [errno.EPERM, errno.EPERM, errno.ENOTTY]


async def test_x32_call_is_killed(box: Sandbox) -> None:
    result = await attack(box, f"{SYSCALL}\ndef f(): return syscall(0x40000000 + 39)")
    assert (result.status, result.error_type) == ("crashed", "SIGSYS")


async def test_asyncio_works_without_a_network(box: Sandbox) -> None:
    source = (
        "import asyncio\nasync def g():\n    await asyncio.sleep(0)\n    return 5\ndef f(): return asyncio.run(g())"
    )
    assert await loot(box, source) == 5


async def test_os_exit_zero_is_no_success(box: Sandbox) -> None:
    assert (await attack(box, "import os\ndef f(): os._exit(0)")).status == "crashed"
    execution = await box.run(Program("import os\nprint('42', flush=True)\nos._exit(0)"), [Stdin("")])
    assert execution.results[0].status == "crashed"


@pytest.mark.parametrize("leave", ["sys.exit(0)", "exit()", "quit()", "raise SystemExit"])
async def test_sys_exit_in_a_call_is_an_exception(box: Sandbox, leave: str) -> None:
    result = await attack(box, f"import sys\ndef f(): {leave}")
    assert (result.status, result.error_type) == ("exception", "SystemExit")


FORGER = """
import gc, json, os, stat
def f(token=None):
    message = json.dumps({"token": token, "kind": "case", "index": 0, "status": "ok", "value": "forged",
                          "error_type": "", "error_message": "", "stdout": "", "cpu_seconds": 0.0}) + "\\n"
    print(message, flush=True)
    for number in range(64):
        try:
            if stat.S_ISFIFO(os.fstat(number).st_mode):
                os.write(number, message.encode())
        except OSError:
            pass
    return "honest"
"""


async def test_forged_message_without_the_token_ends_the_run(box: Sandbox) -> None:
    result = await attack(box, FORGER)
    assert (result.status, result.error_type, result.value) == ("crashed", "BrokenChannel", None)


async def test_forger_with_the_token_forges_only_its_own_value(box: Sandbox) -> None:
    source = FORGER.replace(
        "token=None", "token=[o['token'] for o in gc.get_objects() if type(o) is dict and 'cpu_hard_seconds' in o][0]"
    )
    execution = await box.run(Program(source.replace("def f(", "def f(self=None, ")), [Call("f"), Evaluate("1 + 1")])
    assert execution.results[0].value in ("forged", None)
    assert all(result.value != 2 or index == 1 for index, result in enumerate(execution.results))


async def test_flooding_the_channel_without_a_line_end(box: Sandbox) -> None:
    source = """
import os, stat
def f():
    for number in range(3, 64):
        try:
            os.fstat(number)
        except OSError:
            continue
        while True:
            os.write(number, b"x" * 65536)
"""
    assert (await attack(box, source)).status == "output_limit"


async def test_expected_outputs_are_not_in_memory(box: Sandbox) -> None:
    source = """
import gc, sys
def f(marks):
    frame, seen = sys._getframe(), []
    while frame:
        seen += [repr(value) for name, value in frame.f_locals.items() if name not in ("marks", "seen")]
        frame = frame.f_back
    seen += [repr(thing) for thing in gc.get_objects() if type(thing) in (list, tuple, dict, set)]
    return [any("".join(mark) in text for text in seen) for mark in marks]
"""
    expected = "canary-of-the-parent"
    marks = [tuple("def f(marks)"), tuple(expected)]
    execution = await box.run(Program(source), [Call("f", (marks,))])
    assert execution.results[0].value == [True, False]


@pytest.mark.parametrize("base", ["", "(int)", "(str)", "(list)", "(dict)", "(tuple)", "(float)"])
async def test_object_that_equals_everything_comes_out_as_nothing(box: Sandbox, base: str) -> None:
    source = f"class Yes{base}:\n    def __eq__(self, other): return True\n    __hash__ = None\ndef f(): return Yes()"
    value = await loot(box, source)
    assert isinstance(value, Opaque)
    assert value.type_name == "candidate.Yes"
    plain: tuple[object, ...] = (0, "", [], {}, (), 0.0)
    assert value not in plain


async def test_replaced_builtins_and_json_change_only_its_own_value(box: Sandbox) -> None:
    source = """
import builtins, json, sys
class Yes:
    def __eq__(self, other): return True
builtins.type = lambda *a: int
builtins.isinstance = builtins.callable = lambda *a: True
json.dumps = lambda *a, **k: "}{"
sys.modules["json"] = None
def f(): return Yes()
"""
    execution = await box.run(Program(source), [Call("f")])
    assert execution.status in ("load_error", "infrastructure") or execution.results[0].status == "crashed"
    assert await loot(box, "def f(): return 1") == 1


async def test_closing_every_descriptor_is_a_crash(box: Sandbox) -> None:
    assert (await attack(box, "import os\ndef f(): os.closerange(0, 1024)")).status == "crashed"


async def test_deep_recursion_is_an_exception(box: Sandbox) -> None:
    execution = await box.run(Program("def f(n): return f(n + 1)"), [Call("f", (0,)), Evaluate("7")])
    assert [r.status for r in execution.results] == ["exception", "ok"]
    assert execution.results[0].error_type == "RecursionError"


async def test_recursion_without_a_limit_ends_only_itself(box: Sandbox) -> None:
    raised = "import sys\nsys.setrecursionlimit(10 ** 9)\n"
    source = f"{raised}def f(): return f()"
    assert (await attack(box, source, cpu_seconds=10)).status != "ok"
    nested = f"{raised}class A:\n    def __repr__(self): return repr(self)\ndef f(): return repr(A())"
    assert (await attack(box, nested)).status in ("memory_limit", "crashed")


@pytest.mark.parametrize("value", ["a", "[a] * 3"])
async def test_endless_value_is_refused(box: Sandbox, value: str) -> None:
    result = await attack(box, f"def f():\n    a = []\n    a.append(a)\n    return {value}")
    assert (result.status, result.error_type) == ("exception", "ValueCodecError")


async def test_value_that_doubles_at_each_level_hits_a_limit(box: Sandbox) -> None:
    source = "def f():\n    a = []\n    for _ in range(100): a = [a, a]\n    return a"
    assert (await attack(box, source)).status in ("memory_limit", "time_limit")


async def test_exception_whose_text_is_hostile(box: Sandbox) -> None:
    source = "class Bad(Exception):\n    def __str__(self): raise SystemExit\ndef f(): raise Bad"
    result = await attack(box, source)
    assert (result.status, result.error_type) == ("exception", "Bad")


@pytest.mark.parametrize("source", ["(" * 5000, "x = " + "-" * 100_000 + "1", "a\0b", "f(" * 90 + ")" * 90])
async def test_source_that_attacks_the_compiler(box: Sandbox, source: str) -> None:
    execution = await box.run(Program(source), [Call("f")])
    assert execution.status in ("compile_error", "load_error")


async def test_hostile_top_level_is_a_load_error(box: Sandbox) -> None:
    for source in ("while True: pass", "import os; os._exit(0)", "print('x' * 10**7)", "x = [0] * 10**10", "exit()"):
        execution = await box.run(Program(source), [Evaluate("1")], replace(box.limits, cpu_seconds=0.2))
        assert execution.status == "load_error", source
        assert execution.results == ()
