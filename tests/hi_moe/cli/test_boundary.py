"""Whatever a command raises becomes one line and a documented exit code."""

import errno
import subprocess
import sys
from pathlib import Path

import click
import pytest

from hi_moe.cli.boundary import guarded
from hi_moe.cli.exits import Exit, worst
from hierarchy.errors import EngineFailed, HiMoeError, LedgerError, MissingComponent, PromptTooLong, UnknownName


def ending(error: BaseException) -> int:
    def command() -> None:
        raise error

    return guarded(command)


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UnknownName("no run 'x'"), Exit.USAGE, "error: no run 'x'"),
        (PromptTooLong(9, 8, "m"), Exit.USAGE, "error: the prompt has 9 tokens"),
        (
            MissingComponent("no weights:\n hi-moe models pull x"),
            Exit.MISSING,
            "error: no weights: hi-moe models pull x",
        ),
        (LedgerError("the ledger is damaged"), Exit.INFRASTRUCTURE, "error: the ledger is damaged"),
        (EngineFailed("the engine broke"), Exit.INFRASTRUCTURE, "error: the engine broke"),
        (HiMoeError("no outcome"), Exit.INFRASTRUCTURE, "error: no outcome"),
        (OSError(errno.ENOSPC, "No space left", "/x/y"), Exit.INFRASTRUCTURE, "error: disk full while writing '/x/y';"),
        (click.BadParameter("must be 1"), Exit.USAGE, "error: Invalid value: must be 1"),
        (KeyboardInterrupt(), Exit.INTERRUPTED, "interrupted"),
        (click.Abort(), Exit.INTERRUPTED, "interrupted"),
    ],
)
def test_an_error_is_one_line_and_a_code(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: Exit, line: str
) -> None:
    assert ending(error) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(line)
    assert captured.err.count("\n") == 1


def test_a_bug_leaves_its_traceback_in_a_log_and_names_it(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert ending(ZeroDivisionError("a\nb")) == Exit.INFRASTRUCTURE
    line = capsys.readouterr().err
    assert line.startswith("error: unexpected ZeroDivisionError: a b; traceback in ")
    assert line.count("\n") == 1
    (log,) = (home / "state").rglob("crash-*.log")
    assert str(log) in line
    assert "Traceback (most recent call last)" in log.read_text()
    assert "Python 3." in log.read_text()


def test_a_bug_without_a_place_for_the_log(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/self/nowhere")
    assert ending(ZeroDivisionError("x")) == Exit.INFRASTRUCTURE
    assert "no log could be written" in capsys.readouterr().err


def test_debugging_shows_the_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HI_MOE_DEBUG", "1")
    assert ending(UnknownName("no run 'x'")) == Exit.USAGE
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_the_code_a_command_gives_is_kept() -> None:
    assert guarded(lambda: Exit.AGREED) == 10
    assert guarded(lambda: None) == 0


def test_a_closed_stdout_ends_quietly() -> None:
    code = "from hi_moe.cli import main; main(['config', 'keys'])"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait() == Exit.PIPE


def test_a_stdout_that_is_full_is_one_line() -> None:
    code = "from hi_moe.cli import main; main(['config', 'keys'])"
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr.startswith("error: disk full while writing the output;")
    assert done.returncode == Exit.INFRASTRUCTURE


def test_the_worst_code_is_the_last_of_the_documented_order() -> None:
    assert worst([]) is Exit.VERIFIED
    assert worst([Exit.VERIFIED, Exit.UNVERIFIED, Exit.AGREED]) is Exit.UNVERIFIED
    assert worst([Exit.INFRASTRUCTURE, Exit.ABSTAINED, Exit.USAGE]) is Exit.INFRASTRUCTURE
