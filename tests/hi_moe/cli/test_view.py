"""What stderr shows of a run: which view is chosen, and what the plain one and the silent one write."""

import re
from io import StringIO

import pytest

from hi_moe.cli.live import LiveTree
from hi_moe.cli.view import PlainLog, Silent, View, choose_view
from hierarchy.events import Event


class Terminal(StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def play(view: View, events: list[Event]) -> None:
    view.begin("add", "2 public tests, entry point add")
    for event in events:
        view.show(event)
    view.end()
    view.total("2 problems")


def test_the_plain_log_has_a_line_an_event(events: list[Event], capsys: pytest.CaptureFixture[str]) -> None:
    play(PlainLog(), events)
    captured = capsys.readouterr()
    assert captured.out == ""
    first, *lines, last = captured.err.splitlines()
    assert last == "2 problems"
    assert first == "add: 2 public tests, entry point add"
    # Entering a tier is only worth a line where it is overwritten.
    assert len(lines) == len(events) - 1
    assert all(re.match(r" +\d+\.\ds  \S", line) for line in lines)


def test_escape_sequences_of_others_are_written_out(capsys: pytest.CaptureFixture[str]) -> None:
    PlainLog().begin("add\x1b[2J", "found\x07")
    assert capsys.readouterr().err == "add\\x1b[2J: found\\x07\n"


def test_quiet_writes_nothing(events: list[Event], capsys: pytest.CaptureFixture[str]) -> None:
    play(choose_view(quiet=True), events)
    assert capsys.readouterr() == ("", "")


def test_the_view_follows_where_stderr_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(choose_view(quiet=False), PlainLog)
    monkeypatch.setattr("sys.stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(choose_view(quiet=False), LiveTree)
    assert isinstance(choose_view(quiet=True), Silent)
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(choose_view(quiet=False), PlainLog)
