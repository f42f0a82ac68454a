"""`kill -9` in the middle of a run with the small real model, then `--resume`: nothing finished is done again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hierarchy.ledger import Ledger

HARD = """def zigzag(words):
    \"\"\"Interleave the letters of all words, longest first, then run-length encode the result backwards.
    >>> zigzag(['abc', 'de', 'f'])
    '1c1e1b1f1d1a'
    >>> zigzag(['aa', 'a'])
    '3a'
    \"\"\"
"""
PATIENCE_SECONDS = 180


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HI_MOE_") or "CACHE" in name}
    return kept | {
        "HI_MOE_LEDGER__URL": f"sqlite:///{tmp_path / 'ledger.sqlite3'}",
        "HI_MOE_PROFILE": "tiny",
        "HI_MOE_LADDER__SAMPLES": "4",
        "HI_MOE_LADDER__REPAIRS": "1",
        "HI_MOE_BUDGET__ROUNDS": "3",
        "HI_MOE_BUDGET__TOKENS": "3000",
    }


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "hi_moe.cli", "solve", *arguments]


def wait_for_attempts(process: subprocess.Popen[str], ledger: Ledger, count: int) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        runs = ledger.runs()
        if runs and len(ledger.attempts(runs[0].run_id)) >= count:
            return runs[0].run_id
        time.sleep(0.01)
    process.kill()
    raise AssertionError(f"no {count} attempts: {process.communicate()[1]}")


def test_a_killed_run_goes_on_where_it_was(environment: dict[str, str], tmp_path: Path) -> None:
    process = subprocess.Popen(
        command(HARD, "--json"), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process, Ledger.open(environment["HI_MOE_LEDGER__URL"]) as ledger:
        run_id = wait_for_attempts(process, ledger, 2)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        before = {attempt.id: attempt for attempt in ledger.attempts(run_id)}
        assert ledger.run(run_id).state == "running"

        done = subprocess.run(
            command("--resume", run_id, "--json"), env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode in (0, 11, 12), done.stderr
        outcome = json.loads(done.stdout)
        record = ledger.run(run_id)
        after = {attempt.id: attempt for attempt in ledger.attempts(run_id)}
    assert outcome["run_id"] == run_id
    assert record.state == "finished"
    assert after.keys() >= before.keys()
    assert {name: after[name] for name in before} == before, "a finished attempt was made again"
    assert {attempt["id"] for attempt in outcome["attempts"]} == set(after)
    told = {attempt["id"]: attempt for attempt in outcome["attempts"]}
    for name, attempt in before.items():  # made again, its seconds in the sandbox would be others
        assert told[name] == attempt.model_dump(mode="json")
    replayed = {name for name in before if f"candidate {name} " in done.stderr and "(from the ledger)" in done.stderr}
    assert replayed or all(attempt.round < max(a.round for a in after.values()) for attempt in before.values())
