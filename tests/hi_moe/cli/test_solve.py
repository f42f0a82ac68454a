"""`hi-moe solve` as a user runs it: a process of its own, the small real model, the real sandbox, a real ledger."""

import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from hi_moe.cli import main
from hi_moe.cli.exits import of_status

HI_MOE = Path(sys.executable).with_name("hi-moe")
SMALL = "smollm2-135m-instruct-q4_1"
ADD = "Write a Python function add(a, b) that returns the sum of a and b.\n\n>>> add(2, 3)\n5\n"
ROUND = ("--profile", "tiny", "--budget-rounds", "1")


def hi_moe(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([HI_MOE, *arguments], input=stdin, capture_output=True, text=True, check=False, timeout=300)


def refused(*arguments: str, code: int, begun: bool = False) -> str:
    """Run a command that must fail with one line of error on stderr, after those of the run where one was begun; that
    line. In this process: nothing is loaded."""
    done = CliRunner().invoke(main, list(arguments), prog_name="hi-moe")
    assert done.stdout == ""
    *before, line = done.stderr.splitlines()
    assert bool(before) == begun
    assert line.startswith("error: ")
    assert done.exit_code == code, done.stderr
    return line.removeprefix("error: ")


def test_problems_of_a_file_are_solved_in_turn() -> None:
    problems = [{"id": "add", "statement": ADD}, {"id": "capital", "statement": "What is the capital of France?"}]
    Path("problems.jsonl").write_text("\n".join(map(json.dumps, problems)), encoding="utf-8")
    done = hi_moe("solve", "--file", "problems.jsonl", "--json", *ROUND)
    add, capital = map(json.loads, done.stdout.splitlines())
    assert (add["id"], add["source"]) == ("add", "problems.jsonl:1")
    assert (capital["id"], capital["source"]) == ("capital", "problems.jsonl:2")
    for row in (add, capital):
        assert row["tokens"] == row["usage"]["prompt_tokens"] + row["usage"]["completion_tokens"] > 0
        assert row["seconds"] > 0
        assert row["attempts"]
    assert add["attempts"][0]["verdict"]["isolation"] != "none"
    worst = max((of_status(row["status"]) for row in (add, capital)), key=[0, 10, 11, 12].index)
    assert done.returncode == worst
    log = done.stderr.splitlines()
    assert log[0] == "add: 1 public test, entry point add"
    assert any("candidate 0." in line for line in log)
    recorded = json.loads(hi_moe("runs", "list", "--json").stdout)
    assert [run["run_id"] for run in recorded] == [capital["run_id"], add["run_id"]]
    assert hi_moe("runs", "show", add["run_id"]).stdout.count("attempts\n") == 1


def test_reduced_isolation_is_labelled_wherever_a_verdict_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HI_MOE_SANDBOX__TIER", "reduced")
    done = hi_moe("solve", ADD, "--json", *ROUND)
    row = json.loads(done.stdout)
    assert row["attempts"][0]["verdict"]["isolation"] == "reduced"
    assert done.stderr.splitlines()[-1].partition("  (")[0].endswith("  reduced isolation")
    assert "sandbox reduced" in hi_moe("runs", "show", row["run_id"]).stdout


def test_on_a_terminal_there_is_a_tree_and_stdout_has_the_answer_alone() -> None:
    ours, theirs = pty.openpty()
    environ = os.environ | {"TERM": "xterm", "COLUMNS": "120"}
    with subprocess.Popen(
        [HI_MOE, "solve", "-", *ROUND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs, env=environ
    ) as child:
        os.close(theirs)
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(ADD.encode())
        child.stdin.close()
        screen = b""
        try:
            while part := os.read(ours, 65536):
                screen += part
        except OSError:  # how a pseudo-terminal says that its other end was closed
            pass
        answer = child.stdout.read().decode()
    os.close(ours)
    assert "├── " in screen.decode() or "└── " in screen.decode()
    assert screen.endswith(b"\x1b[?25h")
    (run,) = json.loads(hi_moe("runs", "list", "--json").stdout)
    outcome = json.loads(hi_moe("runs", "show", run["run_id"], "--json").stdout)["run"]["outcome"]
    assert answer.rstrip() == (outcome["code"] or "").rstrip()
    assert child.returncode == of_status(outcome["status"])


def test_ctrl_c_keeps_the_run_and_resume_ends_it() -> None:
    command: list[str | Path] = [HI_MOE, "solve", ADD, "--profile", "tiny", "--seed", "1", "--budget-tokens", "3000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        assert child.stderr is not None
        while " writes " not in (line := child.stderr.readline()):
            assert line
        child.send_signal(signal.SIGINT)
        log = child.stderr.read().splitlines()
        assert child.wait(timeout=60) == 130
    assert log[-1].startswith("interrupted: the run is kept; go on with: hi-moe solve --resume ")
    run_id = log[-1].rpartition(" ")[2]
    (run,) = json.loads(hi_moe("runs", "list", "--json").stdout)
    assert (run["run_id"], run["state"]) == (run_id, "interrupted")
    # Neither the profile nor the budget is said again: the run knows what it was begun with.
    done = hi_moe("solve", "--resume", run_id[:8], "--json")
    outcome = json.loads(done.stdout)
    assert outcome["run_id"] == run_id
    assert done.returncode == of_status(outcome["status"])
    assert {attempt["candidate"]["model"] for attempt in outcome["attempts"]} == {SMALL}
    again = hi_moe("solve", "--resume", run_id, "--json")
    assert json.loads(again.stdout) == outcome


def test_a_statement_longer_than_the_context() -> None:
    line = refused("solve", "word " * 4000, *ROUND, code=2, begun=True)
    assert line.startswith("the prompt has ")
    assert f"more than the context of 2048 tokens of {SMALL!r}" in line


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (["--specialist", "pyhton"], 2, "no specialist 'pyhton'; did you mean 'python'?"),
        (
            ["--model", "smollm"],
            2,
            f"there is no model 'smollm'; did you mean {SMALL!r}? all names: hi-moe models list",
        ),
    ],
)
def test_an_unknown_name(arguments: list[str], code: int, line: str) -> None:
    assert refused("solve", ADD, *ROUND, *arguments, code=code) == line


def test_an_unknown_run() -> None:
    assert refused("solve", "--resume", "zzzz", code=2).startswith("there is no run 'zzzz' in the ledger ")


def test_weights_that_are_not_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HI_MOE_MODELS__CACHE", str(tmp_path))
    line = refused("solve", ADD, *ROUND, code=3)
    assert line == f"model {SMALL!r} is not on this machine: hi-moe models pull {SMALL}"
    (tmp_path / f"{SMALL}.gguf").write_bytes(b"GGUF")
    line = refused("solve", ADD, *ROUND, code=3)
    assert line.startswith(f"the weights of {SMALL!r} are truncated: 4 bytes instead of 98362432; fetch it again: ")


def test_no_isolation() -> None:
    """The real thing: inside a sandbox that forbids further namespaces, ours cannot be made."""
    from sandbox.launch import find_bwrap

    bwrap = find_bwrap()
    assert bwrap is not None
    outer = [bwrap, "--unshare-user", "--disable-userns", "--dev-bind", "/", "/", "--"]
    done = subprocess.run([*outer, HI_MOE, "solve", ADD, *ROUND], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == 3, done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert line.startswith("error: untrusted code cannot be isolated: ")


def test_a_ledger_of_a_newer_version(home: Path) -> None:
    assert CliRunner().invoke(main, ["runs", "list"]).exit_code == 0
    with closing(sqlite3.connect(home / "data" / "hi-moe" / "ledger.sqlite3")) as connection, connection:
        connection.execute("UPDATE meta SET value = '99'")
    line = refused("solve", ADD, *ROUND, code=4)
    assert "has schema version 99, this hi-moe knows up to version" in line
