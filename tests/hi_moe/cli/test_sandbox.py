"""`hi-moe sandbox run`: programs of people in the real sandbox, what is printed where, and every exit code."""

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from processes import command_line

from hi_moe.cli.exits import Exit
from hi_moe.cli.sandbox_exits import SandboxExit
from sandbox.pool.tier import Pool
from sandbox.process import chain_below

Run = Callable[..., Result]
Write = Callable[..., Path]

PROGRAM = """
def divide(a, b=1):
    print("dividing", a)
    return a / b

class Stack:
    def size(self):
        return 0

if __name__ == "__main__":
    print(input()[::-1])
"""


@pytest.fixture
def program() -> Write:
    """Write a program into the working directory: `program(SOURCE, "name.py")`."""

    def write(source: str | bytes = PROGRAM, name: str = "program.py") -> Path:
        path = Path(name)
        path.write_bytes(source if isinstance(source, bytes) else source.encode())
        return path

    return write


def test_stdin_goes_in_stdout_comes_out_and_the_ending_is_said(run: Run, program: Write) -> None:
    result = run("sandbox", "run", program(), stdin="abc\n")
    assert (result.exit_code, result.stdout) == (SandboxExit.OK, "cba\n")
    assert result.stderr.startswith("ok; 0.")
    assert result.stderr.endswith(" tier\n")
    assert result.stderr.count("\n") == 1


def test_a_file_that_is_called_like_stdin_is_read_by_a_path(run: Run, program: Write) -> None:
    program("print(input())", "-")
    result = run("sandbox", "run", "./-", "--language", "python", stdin="typed\n")
    assert (result.exit_code, result.stdout) == (SandboxExit.OK, "typed\n")
    result = run("sandbox", "run", program("print(input())"), "--input", "./-", stdin="typed\n")
    assert (result.exit_code, result.stdout) == (SandboxExit.OK, "print(input())\n")


def test_each_input_file_is_a_run_of_its_own(run: Run, program: Write) -> None:
    first, second = program("ab\n", "1.in"), program("cd\n", "2.in")
    result = run("sandbox", "run", program(), "--input", first, "--input", second)
    assert (result.exit_code, result.stdout) == (SandboxExit.OK, "ba\ndc\n")
    assert [line.partition(";")[0] for line in result.stderr.splitlines()] == ["1.in: ok", "2.in: ok"]


def test_calls_and_expressions_print_a_line_each(run: Run, program: Write) -> None:
    arguments = ("--call", "divide(3, b=2)", "--call", "divide(1, 0)", "--call", "Stack.size()", "--eval", "'x' * 2")
    result = run("sandbox", "run", program(), *arguments)
    assert (result.exit_code, result.stdout) == (SandboxExit.FAILED, "1.5\n\n0\n'xx'\n")
    lines = result.stderr.splitlines()
    assert lines[0] == "  | dividing 3"
    assert lines[1].startswith("divide(3, b=2): ok; ")
    assert lines[3].startswith("divide(1, 0): exception: ZeroDivisionError: division by zero (line 4); ")
    assert lines[-1].startswith("3 of 4 inputs ok; ")


def test_json_is_one_line_with_everything(run: Run, program: Write) -> None:
    result = run("sandbox", "run", program(), "--call", "divide(1, 0)", "--eval", "(1, {2})", "--json")
    assert result.stderr == ""
    data = json.loads(result.stdout)
    assert (data["language"], data["exit_code"]) == ("python", result.exit_code)
    (whole,) = data["runs"]
    assert (whole["status"], whole["inputs"]) == ("ok", ["divide(1, 0)", "(1, {2})"])
    failed, evaluated = whole["results"]
    assert (failed["error_type"], failed["stdout"]) == ("ZeroDivisionError", "dividing 1\n")
    assert evaluated["value"] == {"$tuple": [1, {"$set": [2]}]}


@pytest.mark.parametrize(
    ("source", "options", "code", "line"),
    [
        ("raise ValueError('no')", (), SandboxExit.FAILED, "exception: ValueError: no (line 1); "),
        ("import sys; sys.exit(3)", (), SandboxExit.FAILED, "exception: SystemExit: 3 (line 1); "),
        ("import os; os._exit(0)", (), SandboxExit.FAILED, "crashed: Exit: the process ended itself with exit code 0"),
        ("while True: pass", ("--cpu-seconds", "0.2"), SandboxExit.TIME_LIMIT, "time limit (cpu): more than 0.2 CPU s"),
        (
            "import time; time.sleep(99)",
            ("--wall-seconds", "0.5"),
            SandboxExit.TIME_LIMIT,
            "time limit (wall): the run took more than 0.5 s of wall time; ",
        ),
        ("bytearray(1 << 40)", (), SandboxExit.MEMORY_LIMIT, "memory limit (memory)"),
        (
            "while True: print('x' * 1000)",
            ("--output-bytes", "4096"),
            SandboxExit.OUTPUT_LIMIT,
            "output limit (output): more than 4096 bytes of output; ",
        ),
        ("def f(:", (), SandboxExit.COMPILE_ERROR, "compile error: line 1: invalid syntax; "),
        (b"x = '\xff'", (), SandboxExit.COMPILE_ERROR, "compile error: line 1: the source is not UTF-8 (byte 0xff"),
        (b"x = 1\n\0", (), SandboxExit.COMPILE_ERROR, "compile error: line 2: the source holds a NUL byte; "),
        (b"#" * 10_485_760, (), SandboxExit.COMPILE_ERROR, "compile error: the source has 10,485,760 bytes, at most "),
        (
            "",
            ("--call", "f()"),
            SandboxExit.FAILED,
            "load error: LookupError: the program does not define 'f'; ",
        ),
        (
            "while True: pass",
            ("--cpu-seconds", "0.2", "--call", "f()"),
            SandboxExit.TIME_LIMIT,
            "load error: time_limit while loading: more than 0.2 CPU seconds; ",
        ),
    ],
)
def test_each_ending_has_its_line_and_its_code(
    run: Run, program: Write, source: str | bytes, options: tuple[str, ...], code: SandboxExit, line: str
) -> None:
    result = run("sandbox", "run", program(source), *options, stdin="")
    assert result.exit_code == code, result.output
    assert result.stderr.startswith(line)
    assert result.stderr.count("\n") == 1


def test_the_code_is_that_of_the_first_input_that_went_wrong(run: Run, program: Write) -> None:
    source = "for _ in iter(input, ''): pass\nwhile True: pass"
    inputs = [program("\n" if name == "endless" else "", name) for name in ("raises", "endless")]
    options = [part for path in inputs for part in ("--input", path)]
    assert run("sandbox", "run", program(source), *options, "--cpu-seconds", "0.2").exit_code == SandboxExit.FAILED


def test_a_compile_error_is_said_once_for_all_inputs(run: Run, program: Write) -> None:
    text = program("", "1.in")
    result = run("sandbox", "run", program("def"), "--input", text, "--input", text)
    assert result.exit_code == SandboxExit.COMPILE_ERROR
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ("--cpu-seconds", "-1"),
            "flag --cpu-seconds: sandbox.cpu_seconds = -1.0 is not possible; it must be a number, at",
        ),
        (("--wall-seconds", "nan"), "flag --wall-seconds: sandbox.wall_seconds = nan is not possible; "),
        (("--memory-mib", "9" * 12), "flag --memory-mib: sandbox.memory_mib = 999999999999 is not possible; "),
        (("--threads", "0"), "flag --threads: sandbox.threads = 0 is not possible; "),
        (("--language", "ruby"), "Invalid value for '--language': 'ruby' is not one of "),
        (("--language", "cpp", "--call", "f()"), "--call 'f()' needs a Python program, this is cpp; "),
        (("--language", "javascript", "--eval", "f"), "--eval 'f' needs a Python program, this is javascript; "),
        (("--input", "program.py", "--eval", "f"), "--input and --eval exclude each other: "),
        (("--input", "none.txt"), "there is no file 'none.txt'; check the path"),
        (("--call", "f(x)"), "--call 'f(x)' has an argument that is no literal value; write it like 'f(1, [2, 3])', "),
        (("--call", "f(1"), "--call 'f(1' is no Python expression ('(' was never closed); "),
        (("--call", "f"), "--call 'f' is no call of a function or of Class.method; "),
        (("--call", "f()()"), "--call 'f()()' is no call of a function or of Class.method; "),
        (("--call", "f(*[1])"), "--call 'f(*[1])' unpacks its arguments with a star; "),
        (("--call", "f(**{})"), "--call 'f(**{})' unpacks its arguments with a star; "),
        (("--call", "f(a=1, a=2)"), "--call 'f(a=1, a=2)' gives a named argument twice; "),
        (("--call", "f([...])"), "--call 'f([...])' has an argument that is no literal value; "),
        (
            ("--call", f"f({'[' * 300}"),
            f"--call 'f({'[' * 57}…' is no Python expression (too many nested parentheses); ",
        ),
    ],
)
def test_wrong_usage_is_one_line(
    refused: Callable[..., str], program: Write, options: tuple[str, ...], line: str
) -> None:
    assert refused("sandbox", "run", program(), *options).startswith(line)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("none.py", "there is no file 'none.py'; check the path"),
        (".", "'.' is a folder; name a program in it"),
        ("program.py/x", "cannot read 'program.py/x': not a directory; check the path and its permissions"),
        ("/dev/zero", "'/dev/zero' is longer than 64 MiB; give a smaller one"),
        ("program.rb", "cannot tell the language of 'program.rb': the suffix '.rb' names no language; add --language"),
        ("program", "cannot tell the language of 'program': the file has no suffix; add --language python, "),
    ],
)
def test_a_file_that_is_no_program_is_one_line(
    refused: Callable[..., str], program: Write, file: str, line: str
) -> None:
    for name in ("program.py", "program.rb", "program"):
        program(name=name)
    assert refused("sandbox", "run", file).startswith(line)


def test_an_input_that_is_no_text_is_one_line(refused: Callable[..., str], program: Write) -> None:
    line = "'stdin' is not UTF-8 (byte 0xff at 1); programs are given text: convert it with iconv"
    assert refused("sandbox", "run", program(), stdin=b"a\xff") == line


def test_the_language_of_a_file_without_a_suffix_can_be_said(run: Run, program: Write) -> None:
    result = run("sandbox", "run", program(name="solution"), "--language", "python", stdin="ab\n")
    assert (result.exit_code, result.stdout) == (0, "ba\n")


CPP = "#include <iostream>\nint main() { long a, b; std::cin >> a >> b; std::cout << a + b << '\\n'; }\n"


def test_a_program_in_cpp_is_compiled_and_run(run: Run, program: Write) -> None:
    result = run("sandbox", "run", program(CPP, "sum.cpp"), stdin="3 4")
    assert (result.exit_code, result.stdout) == (0, "7\n")
    assert result.stderr.endswith(", one-shot tier\n")
    assert run("sandbox", "run", program("int main( {", "no.cpp")).exit_code == SandboxExit.COMPILE_ERROR


def test_a_compiler_that_is_missing_is_one_line(
    refused: Callable[..., str], program: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    which = shutil.which
    monkeypatch.setattr("shutil.which", lambda name, path=None: None if name == "g++" else which(name, path=path))
    line = refused("sandbox", "run", program(CPP, "sum.cpp"), code=Exit.MISSING, stdin="")
    assert line.startswith("C++ programs cannot be run: 'g++' is not installed in ")
    assert line.endswith("; apt-get install g++")


def test_a_language_that_a_tier_does_not_run_is_one_line(refused: Callable[..., str], program: Write) -> None:
    line = refused("sandbox", "run", program(CPP, "sum.cpp"), "--tier", "reduced", code=Exit.MISSING, stdin="")
    assert line.endswith("the reduced tier runs nothing but Python; use the pool or the one-shot tier")


def test_an_allowed_package_can_be_imported(run: Run, program: Write) -> None:
    source = program("import click\nprint(click.__name__)")
    assert run("sandbox", "run", source, stdin="").exit_code == SandboxExit.FAILED
    result = run("sandbox", "run", source, "--package", "click", stdin="")
    assert (result.exit_code, result.stdout) == (0, "click\n")


def test_the_reduced_tier_is_labelled(run: Run, program: Write) -> None:
    result = run("sandbox", "run", program(), "--tier", "reduced", "--call", "divide(4, 2)")
    assert (result.exit_code, result.stdout) == (0, "2.0\n")
    assert result.stderr.endswith(", reduced tier\n")


def test_a_pool_that_does_not_start_is_said_and_the_run_goes_on(
    run: Run, program: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(pool: Pool) -> None:
        raise OSError("no zygote came up")

    monkeypatch.setattr(Pool, "warm", fail)
    result = run("sandbox", "run", program(), stdin="ab\n")
    assert (result.exit_code, result.stdout) == (0, "ba\n")
    assert result.stderr.startswith("the pool tier does not start here, another one is used: no zygote came up\nok; ")


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED), (signal.SIGHUP, Exit.HUNG_UP)],
)
def test_a_signal_leaves_nothing_running(program: Write, number: signal.Signals, code: Exit) -> None:
    sleeper = program("import time\nprint('inside', flush=True)\ntime.sleep(1000)")
    command = [sys.executable, "-m", "hi_moe.cli", "sandbox", "run", str(sleeper)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as child:
        below = settled(child)
        child.send_signal(number)
        assert child.wait() == code
        assert child.stderr is not None
        assert child.stderr.read() == "interrupted\n"
    assert [pid for pid in below if command_line(pid)] == []


def settled(child: subprocess.Popen[str]) -> list[int]:
    """The processes below `child`, once they stay the same: the check at the start is over by then."""
    before: list[int] = []
    while True:
        assert child.poll() is None
        time.sleep(0.4)
        below = chain_below(child.pid)[1:]
        if len(below) > 1 and below == before:
            return below
        before = below
