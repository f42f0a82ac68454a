"""`hi-moe eval validate`: faults on stdout, exit codes, and what it says of a set that cannot be checked."""

import asyncio
import contextlib
import json
import os
import pty
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from processes import children, until

from hi_moe.cli.eval_validate import UNSOUND, validate
from hi_moe.cli.exits import Exit

Run = Callable[..., Result]

GOOD = {
    "id": "twice",
    "statement": "Write `twice(n: int) -> int` that doubles a number.\n\nassert twice(2) == 4\n",
    "entry_point": "twice",
    "task": "function",
    "hidden_tests": [{"args": [5], "expected": 10}],
    "reference": "def twice(n):\n    return n + n\n",
    "wrong": ["def twice(n):\n    return n * n\n"],
}
BAD = GOOD | {"id": "bad", "wrong": ["def twice(n):\n    return 2 * n\n"]}


@pytest.fixture
def rows(home: Path) -> Callable[..., Path]:
    def write(*given: object) -> Path:
        path = home / "work" / "mine.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in given))
        return path

    return write


def test_a_sound_set_is_one_line_and_exits_with_0(run: Run, rows: Callable[..., Path]) -> None:
    result = run("eval", "validate", rows(GOOD))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(
        "own: 1 item, 1 reference, 1 wrong solution, 1 of which pass the public tests; 0 faults; "
    )


def test_faults_are_a_table(run: Run, rows: Callable[..., Path]) -> None:
    result = run("eval", "validate", rows(GOOD, BAD | {"reference": None}))
    assert result.exit_code == UNSOUND
    head, row, empty, summary = result.stdout.splitlines()
    assert head.split() == ["ITEM", "SOLUTION", "FAULT"]
    assert row.split(maxsplit=3) == ["bad", "wrong", "1", "accepted by the check"]
    assert empty == ""
    assert "2 items, 1 reference (1 without), 2 wrong solutions" in summary


def test_what_a_reference_wrote_is_shown_without_control_characters(run: Run, rows: Callable[..., Path]) -> None:
    result = run("eval", "validate", rows(GOOD | {"reference": "def twice(n):\n    raise ValueError('\x1b[31mred')\n"}))
    assert result.exit_code == UNSOUND
    assert "\x1b" not in result.stdout
    assert "red" in result.stdout


def test_json_says_the_same(run: Run, rows: Callable[..., Path]) -> None:
    result = run("eval", "validate", rows(GOOD, BAD), "--json")
    data = json.loads(result.stdout)
    assert result.exit_code == data["exit_code"] == UNSOUND
    assert (data["set"], data["source"], data["items"], data["wrong"]) == ("own", "path mine.jsonl", 2, 2)
    assert data["faults"] == [{"item": BAD["id"], "kind": "wrong", "number": 1, "fault": "accepted by the check"}]


def test_only_the_chosen_items_are_tried(run: Run, rows: Callable[..., Path]) -> None:
    path = rows(GOOD, BAD)
    assert run("eval", "validate", path, "--limit", "1").exit_code == 0
    assert run("eval", "validate", path, "--ids", "tw*").exit_code == 0
    assert run("eval", "validate", path, "--ids", "bad*").exit_code == UNSOUND


def test_a_set_with_nothing_to_run_says_so(refused: Callable[..., str], rows: Callable[..., Path]) -> None:
    path = rows(GOOD | {"reference": None, "wrong": []})
    assert "has a reference or a wrong solution: there is nothing to run" in refused("eval", "validate", path)


def test_an_unknown_set_names_the_nearest(refused: Callable[..., str]) -> None:
    assert "did you mean 'contest'?" in refused("eval", "validate", "contset")


def test_a_set_that_is_nowhere_is_a_missing_component(run: Run) -> None:
    result = run("eval", "validate", "humaneval+")
    assert result.exit_code == Exit.MISSING
    assert "--set-file PATH" in result.stderr


def test_a_file_that_changed_is_said_on_stderr(run: Run, home: Path) -> None:
    path = home / "gsm.jsonl"
    for answer in ("4", "5"):
        path.write_text(json.dumps({"question": "Two and two?", "answer": f"#### {answer}"}))
        result = run("eval", "validate", "gsm8k", "--set-file", path)
    assert result.exit_code == 0
    assert result.stderr.startswith("file of 'gsm8k' changed since ")


def test_a_terminal_gets_a_bar_with_the_faults_so_far(
    rows: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    master, slave = pty.openpty()
    shown: list[bytes] = []

    def read() -> None:
        with contextlib.suppress(OSError):  # EIO: the other side was closed
            while chunk := os.read(master, 1 << 16):
                shown.append(chunk)

    reader = threading.Thread(target=read)
    reader.start()
    with open(slave, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        code = validate.main(args=[str(rows(BAD))], standalone_mode=False)
    reader.join()
    os.close(master)
    assert code == UNSOUND
    assert b"2/2" in b"".join(shown)
    assert b"1 fault" in b"".join(shown)
    assert capsys.readouterr().out.startswith("ITEM")


def test_a_signal_ends_it_with_its_code(run: Run, rows: Callable[..., Path]) -> None:
    slow = GOOD | {"reference": "import time\n\ndef twice(n):\n    time.sleep(15)\n    return n + n\n", "wrong": []}
    before = set(children(os.getpid()))

    def send() -> None:
        asyncio.run(until(lambda: set(children(os.getpid())) - before))
        os.kill(os.getpid(), signal.SIGTERM)

    sender = threading.Thread(target=send)
    sender.start()
    result = run("eval", "validate", rows(slow))
    sender.join()
    assert (result.exit_code, result.stdout) == (Exit.TERMINATED, "")
    assert "interrupted" in result.stderr
    assert set(children(os.getpid())) <= before
