"""The progress of a pull: a bar on a terminal, lines elsewhere."""

from io import StringIO

import pytest

from hi_moe.cli.bar import ProgressView
from serving.models import Progress

REPORTS = [
    Progress("small", "hub", 0, 100, "downloading"),
    Progress("small", "hub", 50, 100, "downloading"),
    Progress("small", "hub", 100, 100, "checking the sha256"),
]


class Terminal(StringIO):
    """A stderr that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_elsewhere_it_is_a_line_for_each_thing_done(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressView() as view:
        for report in REPORTS:
            view(report)
    assert capsys.readouterr().err == "small: hub: downloading\nsmall: hub: checking the sha256\n"


def test_on_a_terminal_it_is_one_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    with ProgressView() as view:
        for report in REPORTS:
            view(report)
    shown = terminal.getvalue()
    assert "small: hub: checking the sha256" in shown.splitlines()[-2] + shown.splitlines()[-1]
    assert "100/100 bytes" in shown
    assert shown.endswith("\x1b[?25h")
