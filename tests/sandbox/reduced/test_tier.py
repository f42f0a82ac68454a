"""Honest programs, and each limit, on the reduced tier."""

import asyncio
import errno
import os
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.errors import IsolationMissing
from sandbox.reduced import landlock
from sandbox.reduced import tier as module
from sandbox.reduced.check import require_reduced
from sandbox.request import make_request
from sandbox.sandbox import Sandbox
from sandbox.types import Call, CaseResult, Evaluate, Input, Limits, Program, Stdin

Attack = Callable[..., Awaitable[CaseResult]]
Loot = Callable[[str], Awaitable[object]]


async def test_every_execution_says_reduced(box: Sandbox) -> None:
    sources = ["def f(): return 1", "def f(", "raise KeyError", "def g(): pass", "x" * (2 << 20)]
    executions = [await box.run(Program(source), [Call("f")]) for source in sources]
    assert [e.status for e in executions] == ["ok", "compile_error", "load_error", "load_error", "compile_error"]
    assert {e.isolation for e in executions} == {"reduced"}


async def test_functions_methods_and_expressions(box: Sandbox) -> None:
    source = "class S:\n    def add(self, a, b): return (a, {b})\ndef f(x): return x * 2"
    cases: list[Input] = [Call("f", (21,)), Call("S.add", (1, "é")), Evaluate("[f(i) for i in range(3)]")]
    execution = await box.run(Program(source), cases)
    assert [r.value for r in execution.results] == [42, (1, {"é"}), [0, 2, 4]]


async def test_scripts_read_and_print(box: Sandbox) -> None:
    source = "import sys\nn = int(input())\nprint(sum(map(int, sys.stdin.read().split())) * n, 'é', __name__)"
    execution = await box.run(Program(source), [Stdin("2\n3 4\n"), Stdin("0\n1\n")])
    assert [r.stdout for r in execution.results] == ["14 é __main__\n", "0 é __main__\n"]


async def test_usual_modules_work(loot: Loot) -> None:
    source = """
import asyncio, bisect, collections, ctypes, datetime, decimal, fractions, functools, hashlib, heapq, itertools, json
import math, random, re, secrets, statistics, string, subprocess, tempfile, threading, typing, unicodedata, zlib
def f():
    async def g():
        await asyncio.sleep(0)
        return 5
    return [asyncio.run(g()), hashlib.sha256(b"").hexdigest()[:6], len(secrets.token_bytes(4)), random.randrange(1)]
"""
    assert await loot(source) == [5, "e3b0c4", 4, 0]


async def test_sets_have_the_same_order_every_time(loot: Loot) -> None:
    source = "def f(): return list({'one', 'two', 'three', 'four', 'five'})"
    assert await loot(source) == await loot(source)


async def test_parallel_runs_keep_apart(box: Sandbox) -> None:
    program = Program("import time\ndef f(x):\n    time.sleep(0.05)\n    return x")
    executions = await asyncio.gather(*(box.run(program, [Call("f", (n,))]) for n in range(6)))
    assert [e.results[0].value for e in executions] == list(range(6))


async def test_run_that_holds_all_its_threads_leaves_the_next_one_its_own(box: Sandbox) -> None:
    hog = """
import threading, time
threading.stack_size(32768)
def f():
    try:
        while True:
            threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    except RuntimeError:
        time.sleep(1000)
"""
    hogging = asyncio.create_task(box.run(Program(hog), [Call("f")]))
    while max(threads_of_children(), default=0) < 60:
        await asyncio.sleep(0.01)
    source = (
        "import threading\ndef f():\n    t = threading.Thread(target=int)\n    t.start()\n    t.join()\n    return 1"
    )
    assert (await box.run(Program(source), [Call("f")])).results[0].value == 1
    hogging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hogging


def threads_of_children() -> list[int]:
    children = Path(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/children").read_text().split()
    return [len(os.listdir(f"/proc/{child}/task")) for child in children]


@pytest.mark.parametrize("body", ["while True: pass", "return 7 ** (10 ** 8)"])
async def test_cpu_limit(attack: Attack, body: str) -> None:
    result = await attack(f"def f():\n    {body}", cpu_seconds=0.2)
    assert (result.status, result.limit) == ("time_limit", "cpu")


async def test_cpu_limit_of_a_script(box: Sandbox) -> None:
    execution = await box.run(Program("while True: pass"), [Stdin("")], replace(box.limits, cpu_seconds=0.2))
    assert (execution.results[0].status, execution.results[0].limit) == ("time_limit", "cpu")


async def test_ignoring_the_cpu_signals_ends_at_the_hard_limit(attack: Attack) -> None:
    source = """
import signal
def f():
    signal.signal(signal.SIGPROF, signal.SIG_IGN)
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while True: pass
"""
    result = await attack(source, cpu_seconds=0.2)
    assert (result.status, result.limit) == ("time_limit", "cpu")


async def test_killing_itself_is_no_time_limit(attack: Attack) -> None:
    source = """
import os, signal, time
def f():
    end = time.process_time() + 0.4
    while time.process_time() < end: pass
    os.kill(os.getpid(), signal.SIGKILL)
"""
    result = await attack(source)
    assert (result.status, result.error_type) == ("crashed", "SIGKILL")


async def test_sleeper_is_stopped_by_the_wall_limit(attack: Attack) -> None:
    result = await attack("import time\ndef f(): time.sleep(1000)", wall_seconds=0.5)
    assert (result.status, result.limit) == ("time_limit", "wall")


@pytest.mark.parametrize("body", ["kept = [bytearray(1 << 20) for _ in range(1000)]", "return len(bytes(1 << 40))"])
async def test_memory_limit(attack: Attack, body: str) -> None:
    result = await attack(f"def f():\n    {body}")
    assert (result.status, result.limit) == ("memory_limit", "memory")


@pytest.mark.parametrize("body", ["while True: print('x' * 1000)", "return 'x' * 10_000_000"])
async def test_output_limit(attack: Attack, body: str) -> None:
    result = await attack(f"def f():\n    {body}")
    assert (result.status, result.limit) == ("output_limit", "output")


async def test_output_limit_of_a_script(box: Sandbox) -> None:
    execution = await box.run(Program("import os\nwhile True: os.write(1, b'x' * 1000)"), [Stdin("")])
    assert (execution.results[0].status, execution.results[0].limit) == ("output_limit", "output")


async def test_threads_work_and_are_bounded(loot: Loot) -> None:
    source = """
import threading
threading.stack_size(32768)
def f():
    go, started = threading.Event(), 0
    try:
        for _ in range(500):
            threading.Thread(target=go.wait, daemon=True).start()
            started += 1
    except RuntimeError:
        pass
    go.set()
    return started
"""
    assert await loot(source) in range(1, 200)


async def test_too_many_threads_are_told(attack: Attack) -> None:
    source = """
import threading, time
threading.stack_size(32768)
def f():
    for _ in range(500):
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()
"""
    result = await attack(source)
    assert (result.status, result.limit) == ("exception", "threads")


async def test_limits_cannot_be_raised(loot: Loot) -> None:
    source = """
import resource
def f():
    raised = []
    for kind in [name for name in dir(resource) if name.startswith("RLIMIT_")]:
        try:
            hard = resource.getrlimit(getattr(resource, kind))[1]
            resource.setrlimit(getattr(resource, kind), (hard, resource.RLIM_INFINITY))
            raised += [kind] if hard != resource.RLIM_INFINITY else []
        except (ValueError, OSError):
            pass
    return raised
"""
    assert await loot(source) == []


async def test_recursion_and_crash_and_exit_are_told_apart(box: Sandbox) -> None:
    program = Program("""
import ctypes, os, sys
def f(what):
    if what == "deep": return f(what)
    if what == "segfault": ctypes.string_at(0)
    os._exit(3)
""")
    execution = await box.run(program, [Call("f", (what,)) for what in ("deep", "segfault", "exit")])
    assert [r.error_type for r in execution.results] == ["RecursionError", "SIGSEGV", "Exit"]


async def test_late_start_is_infrastructure(box: Sandbox) -> None:
    execution = await box.run(Program("def f(): pass"), [Call("f")], replace(box.limits, wall_seconds=0.001))
    assert (execution.status, execution.isolation) == ("infrastructure", "reduced")


async def test_cpu_time_is_what_the_kernel_counted() -> None:
    source = """
import signal, time
signal.signal(signal.SIGPROF, signal.SIG_IGN)
signal.signal(signal.SIGXCPU, signal.SIG_IGN)
while time.process_time() < {}: pass
time.sleep(1)
"""
    tier, limits = await require_reduced(), Limits(cpu_seconds=0.2)
    try:
        deadline = asyncio.get_running_loop().time() + 20
        for seconds, over in ((0.8, False), (1000, True)):
            request = make_request(source.format(seconds), [], limits, script=True)
            report = await tier.process({**request, "cpu_hard_seconds": 1}, limits, deadline, b"")
            assert report.over_cpu is over
    finally:
        await tier.aclose()


@pytest.mark.parametrize(
    ("number", "cause"),
    [(errno.ENOSYS, "has no Landlock"), (errno.EOPNOTSUPP, "not enabled"), (errno.EPERM, "refused here")],
)
def test_kernel_without_landlock_is_refused(monkeypatch: pytest.MonkeyPatch, number: int, cause: str) -> None:
    def fail() -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(landlock, "version", fail)
    with pytest.raises(IsolationMissing, match=cause) as caught:
        module.landlock_version()
    assert caught.value.fix
