"""What is read for `hi-moe sandbox run`, as values: languages, calls, the standard input in every state."""

import os
import pty
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from hi_moe.cli import sandbox_files
from hi_moe.cli.sandbox_files import SUFFIXES, Case, read_cases, read_program
from hierarchy.errors import UsageError
from sandbox.types import Call, Evaluate, Program, Stdin

PYTHON = Program("")
FILE, STDIN = Path("program.py"), Path("-")


class Unreadable(TextIOWrapper):
    """A standard input whose device fails."""

    def __init__(self) -> None:
        super().__init__(BytesIO())

    @property
    def buffer(self) -> BytesIO:
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("upper", [False, True])
def test_a_suffix_names_the_language(suffix: str, upper: bool) -> None:
    path = Path(f"program{suffix.upper() if upper else suffix}")
    path.write_bytes(b"\xff")
    assert read_program(path, None) == Program(b"\xff", SUFFIXES[suffix])
    assert read_program(path, "cpp").language == "cpp"


def test_a_call_has_every_kind_of_literal() -> None:
    text = "Solver.solve(1, -2.5, 'x', [None, True], (1,), {2}, {'a': b'z'}, n=float('inf'), empty=set())"
    ((case,),) = read_cases(FILE, PYTHON, (), (text,), ())
    assert case == Case(
        text,
        Call(
            "Solver.solve",
            (1, -2.5, "x", [None, True], (1,), {2}, {"a": b"z"}),
            {"n": float("inf"), "empty": set()},
        ),
    )


def test_calls_come_before_expressions_in_one_run() -> None:
    (group,) = read_cases(FILE, PYTHON, (), ("f()", "g()"), ("h",))
    assert [case.input for case in group] == [Call("f"), Call("g"), Evaluate("h")]


def test_a_closed_stdin_is_an_empty_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert read_cases(FILE, PYTHON, (), (), ()) == [[Case("stdin", Stdin(""))]]


def test_a_stdin_that_fails_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Unreadable())
    with pytest.raises(UsageError, match=r"stdin cannot be read \(Input/output error\); give the input with --input"):
        read_cases(FILE, PYTHON, (), (), ())


def test_a_terminal_is_told_how_to_end_the_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, b"typed\n\x04")
    with open(theirs) as terminal:
        monkeypatch.setattr("sys.stdin", terminal)
        assert read_cases(FILE, PYTHON, (), (), ()) == [[Case("stdin", Stdin("typed\n"))]]
    os.close(ours)
    assert "end it with Ctrl-D" in capsys.readouterr().err


def test_an_input_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_files, "MAX_BYTES", 1 << 20)
    with pytest.raises(UsageError, match="'/dev/zero' is longer than 1 MiB"):
        read_cases(FILE, PYTHON, (Path("/dev/zero"),), (), ())


def test_a_program_on_stdin_leaves_nothing_for_it_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"print(1)")))
    assert read_program(STDIN, "python") == Program(b"print(1)")
    assert read_cases(STDIN, PYTHON, (), (), ()) == [[Case("stdin", Stdin(""))]]


def test_an_input_on_stdin_is_read_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"5")))
    assert read_cases(FILE, PYTHON, (STDIN,), (), ()) == [[Case("-", Stdin("5"))]]


@pytest.mark.parametrize(("file", "inputs"), [(STDIN, (STDIN,)), (FILE, (STDIN, STDIN))])
def test_stdin_cannot_be_read_twice(file: Path, inputs: tuple[Path, ...]) -> None:
    with pytest.raises(UsageError, match=r"^'-' stands twice"):
        read_cases(file, PYTHON, inputs, (), ())


def test_a_program_on_stdin_needs_a_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"")))
    with pytest.raises(UsageError, match=r"add --language python$"):
        read_program(STDIN, None)
