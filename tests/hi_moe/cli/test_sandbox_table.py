"""The hostile table on terminals of several widths, and the bar beside it."""

from dataclasses import replace
from io import StringIO

import pytest
from click import unstyle
from rich.cells import cell_len

from hi_moe.cli.sandbox_table import CheckView, Tally, folded, mark, row, state_text
from hi_moe.isolation import TierState
from sandbox.hostile.attack import Finding
from sandbox.hostile.catalogue import CATALOGUE

STOPPED = Finding("fork-bomb", "processes", "fork without end", "EAGAIN from the filter", "ok", 21.4, True)
LONG = "EPERM from the system call filter; EISCONN, transport endpoint is already connected; " * 5


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("width", [80, 100, 120])
def test_every_program_fits_the_terminal(width: int) -> None:
    for program in CATALOGUE:
        for verdict in program.verdicts:
            finding = Finding(program.name, program.group, program.tries, LONG, verdict, 123456.7, True)
            lines = unstyle(folded(finding, width)).splitlines()
            assert max(map(cell_len, lines)) <= width
            assert program.name in lines[0]


def test_a_folded_row_has_the_ending_above_and_the_attempt_below() -> None:
    assert unstyle(folded(STOPPED, 80)).splitlines() == [
        "ok     fork-bomb                          21 ms  ok",
        "       fork without end → EAGAIN from the filter",
    ]


def test_what_is_known_is_told_by_the_finding_and_not_by_its_words() -> None:
    said = replace(STOPPED, stopped_by="not stopped by a signal, but by the clock")
    assert [mark(said), mark(replace(said, known=True)), mark(replace(said, ok=False))] == ["ok", "known", "FAIL"]


def test_no_program_writes_its_escapes_to_the_terminal() -> None:
    evil = Finding("evil", "output", "print", "said \x1b[2J", "exception/\x1b]0;x\x07", 1.0, True)
    assert "\x1b" not in row("pool", evil)
    assert "\x1b" not in unstyle(folded(evil, 80))


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (TierState("pool", True), "works"),
        (
            TierState("pool", False, "no zygote", instead="one-shot"),
            "does not work: no zygote; one-shot is used instead",
        ),
        (
            TierState("reduced", False, "no Landlock", "boot Linux 6.7"),
            "does not work: no Landlock; fix: boot Linux 6.7",
        ),
    ],
)
def test_a_tier_says_what_is_wrong_and_what_mends_it(state: TierState, text: str) -> None:
    assert state_text(state) == text


def test_a_bar_names_the_program_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    tally = Tally("pool", [STOPPED])
    with CheckView(as_json=False) as view:
        view.begin("one-shot", ["fork-bomb"])
        view.begin("pool", ["fork-bomb", "tcp"])
        view.show("pool", STOPPED)
        view.finish(tally)
    shown = unstyle(terminal.getvalue())
    assert "fork without end → EAGAIN from the filter" in shown
    assert "pool: 1 of 1 hostile program stopped, 0.0 s" in shown
    assert "pool: tcp" in shown
    assert "1/2" in shown
