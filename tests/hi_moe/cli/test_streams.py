"""What others wrote cannot steer the terminal; closed and full streams end no run."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from hi_moe.cli.exits import Exit
from hi_moe.cli.streams import forgiving, prepare, put, say, visible

EVIL = "\x1b]0;PWNED\x07\x9b2J\x7f\ta\r\nb\rc"
SHOWN = r"\x1b]0;PWNED\x07\x9b2J\x7f" + "\ta\r\nb" + r"\x0dc"


def shell(command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a shell's line in which `hi-moe` is the command."""
    script = f'hi-moe() {{ "{sys.executable}" -m hi_moe.cli "$@"; }}; {command}'
    return subprocess.run(["bash", "-c", script], input=stdin, capture_output=True, text=True, check=False)


def test_control_characters_are_written_out() -> None:
    assert visible(EVIL) == SHOWN
    assert visible("naïve → 日本語\n") == "naïve → 日本語\n"


def test_stderr_shows_them_and_an_answer_in_a_pipe_keeps_them(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    say(EVIL)
    put(EVIL)
    captured = capsysbinary.readouterr()
    assert captured.err.decode() == f"{SHOWN}\n"
    assert captured.out.decode() == f"{EVIL}\n"


def test_an_answer_on_a_terminal_shows_them(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with open(theirs, "w") as terminal:
        monkeypatch.setattr("sys.stdout", terminal)
        put("\x1b[2J")
        terminal.flush()
        assert os.read(ours, 100) == b"\\x1b[2J\r\n"
    os.close(ours)


def test_an_error_that_quotes_them_shows_them() -> None:
    done = shell("hi-moe solve --example $'no\\e]0;PWNED\\a'")
    assert done.returncode == Exit.USAGE
    assert "\x1b" not in done.stderr
    assert done.stderr.startswith("error: no example ")


def test_closed_stdin_is_wrong_usage() -> None:
    done = shell("hi-moe solve - <&-")
    assert (done.returncode, done.stdout) == (Exit.USAGE, "")
    assert done.stderr == "error: stdin is closed; give the statement as TEXT, or with --file\n"


def test_closed_stdout_is_one_that_nobody_reads() -> None:
    done = shell("hi-moe config keys >&-")
    assert (done.returncode, done.stderr) == (Exit.PIPE, "")
    assert shell("hi-moe solve --example nosuch >&-").returncode == Exit.USAGE


@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full"])
def test_stderr_that_takes_nothing_changes_nothing(where: str) -> None:
    assert shell(f"hi-moe solve --example nosuch {where}").returncode == Exit.USAGE
    done = shell(f"hi-moe runs list {where}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_file_is_opened_in_the_place_of_a_closed_stream() -> None:
    code = "import os; from hi_moe.cli.streams import prepare; prepare(); os._exit(os.open('x', os.O_CREAT))"
    done = subprocess.run(["bash", "-c", f'"{sys.executable}" -c "{code}" <&- >&- 2>&-'], check=False)
    assert done.returncode > 2


def test_the_streams_of_a_caller_are_left_alone() -> None:
    before = sys.stdin, sys.stdout, sys.stderr
    prepare()
    assert (sys.stdin, sys.stdout, sys.stderr) == before


def test_a_full_stream_is_forgiven(tmp_path: Path) -> None:
    descriptor = os.open("/dev/full", os.O_WRONLY)
    stream = forgiving(descriptor)
    print("lost", file=stream)
    print("lost too", file=stream, flush=True)
    assert os.path.samestat(os.fstat(descriptor), os.stat(os.devnull))
    stream.detach()
    os.close(descriptor)


def test_a_stream_that_works_gets_everything_line_by_line(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    stream = forgiving(descriptor)
    assert isinstance(stream, io.TextIOWrapper)
    print("lone \udc80", file=stream)
    assert (tmp_path / "log").read_text() == "lone \\udc80\n"
    stream.detach()
    os.close(descriptor)
