"""`hi-moe eval run` as a user runs it: the small real model, the real sandbox, real kills."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from evals.store import RunFolder

HI_MOE = Path(sys.executable).with_name("hi-moe")
Run = Callable[..., Result]
Refused = Callable[..., str]

PROBLEMS = [
    {"id": f"sum/{n}", "statement": f"What is {n} plus {n}?", "task": "math", "answer": str(2 * n)} for n in range(1, 6)
]
CONFIG = """
profile = "tiny"
[engine]
max_tokens = 40
reuse_prompts = false
"""


@pytest.fixture(autouse=True)
def problems(home: Path) -> Path:
    Path("short.toml").write_text(CONFIG)
    path = Path("sums.jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in PROBLEMS))
    return path


def eval_run(*arguments: str, out: str = "out", solver: str = "direct") -> list[str]:
    return [
        "eval",
        "run",
        "--set",
        "sums.jsonl",
        "--solver",
        solver,
        "--out",
        out,
        "--config",
        "short.toml",
        *arguments,
    ]


def test_a_run_is_made_graded_and_summed_up(run: Run) -> None:
    done = run(*eval_run("--json"))
    assert done.exit_code == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["samples"], summary["total"], summary["graded"], summary["failed"]) == (5, 5, 5, 0)
    folder = RunFolder(Path("out"))
    samples = folder.samples()
    assert {sample.task_id for sample in samples} == {row["id"] for row in PROBLEMS}
    assert all(sample.usage.completion_tokens > 0 for sample in samples)
    assert sum(grade.passed for grade in folder.grades().values()) == summary["right"]
    manifest = folder.manifest()
    assert manifest.models["smollm2-135m-instruct-q4_1"].startswith("b179c952")
    assert manifest.set.items == tuple(row["id"] for row in PROBLEMS)
    assert manifest.sessions[0].isolation == "pool"
    assert not any(Path("out").glob("ledger*"))


def test_the_text_says_what_comes_next(run: Run) -> None:
    done = run(*eval_run("--limit", "1", "--no-grade"))
    assert "out: 1 of 1 samples; 1 made now" in done.stdout
    assert "next: hi-moe eval grade out --set sums.jsonl" in done.stdout
    graded = run("eval", "grade", "out", "--set", "sums.jsonl")
    assert graded.exit_code == 0, graded.stderr
    assert "next: hi-moe eval report out" in run(*eval_run("--limit", "1", "--resume")).stdout


def test_a_finished_run_is_resumed_without_work(run: Run) -> None:
    run(*eval_run("--limit", "2"))
    before = Path("out/samples.jsonl").read_bytes()
    done = run(*eval_run("--limit", "2", "--resume"))
    assert "0 made now" in done.stdout
    assert Path("out/samples.jsonl").read_bytes() == before
    assert len(RunFolder(Path("out")).manifest().sessions) == 2


def test_the_ring_keeps_its_ledger_beside_its_samples(run: Run) -> None:
    done = run(*eval_run("--limit", "1", "--budget-tokens", "400", solver="hierarchy"))
    assert done.exit_code == 0, done.stderr
    (sample,) = RunFolder(Path("out")).samples()
    assert sample.calls
    assert sample.calls[0].specialist == "math"
    assert Path("out/ledger.sqlite3").exists()
    matched = run(*eval_run("--limit", "1", "--match", "out", out="matched", solver="best-of-n"))
    assert matched.exit_code == 0, matched.stderr
    assert RunFolder(Path("matched")).manifest().parameters["matched"] == "out"


def test_samples_are_several_at_a_temperature(run: Run) -> None:
    done = run(*eval_run("--limit", "1", "--n", "3", "--temperature", "0.9", "--seed", "5"))
    assert done.exit_code == 0, done.stderr
    assert sorted(sample.seed for sample in RunFolder(Path("out")).samples()) == [5, 6, 7]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ids", "sum/9"), "no item 'sum/9'"),
        (("--since", "2026-01-01"), "have no dates"),
        (("--n", "2"), "2 greedy samples would be 2 copies of one"),
        (("--match", "nowhere"), "'nowhere' is not the folder of a run"),
        (("--samples", "3"), "--samples is for best-of-n"),
        (("--resume",), "'out' is not the folder of a run"),
        (("--workers", "2"), "--ray-address and --workers go with --executor ray"),
        (("--reuse", "nowhere"), "'nowhere' is not the folder of a run"),
        (("--temperature", "nan"), "'nan' is not a number"),
        (("--endpoint-model", "m"), "and --api-key-env go with --endpoint"),
        (("--budget-tokens", "100"), "--budget-tokens is for the hierarchy; 'direct' has no budget"),
    ],
)
def test_what_is_wrong_is_one_line_and_begins_nothing(
    refused: Refused, arguments: tuple[str, ...], message: str
) -> None:
    assert message in refused(*eval_run(*arguments))
    assert not Path("out/run.json").exists()


def test_an_unknown_set_and_solver_suggest_the_nearest(refused: Refused) -> None:
    assert "did you mean 'humaneval" in refused("eval", "run", "--set", "humanevl", "--solver", "direct")
    assert "no solver 'hierarcy'; did you mean 'hierarchy'?" in refused(*eval_run(solver="hierarcy"))


def test_two_runs_do_not_share_a_folder(run: Run, refused: Refused) -> None:
    run(*eval_run("--limit", "1"))
    assert "already holds a run" in refused(*eval_run("--limit", "1"))


def test_another_configuration_is_refused_with_its_keys(run: Run, refused: Refused) -> None:
    run(*eval_run("--limit", "1"))
    line = refused(*eval_run("--limit", "1", "--resume", "--seed", "9"))
    assert "another configuration: seed: 0 → 9" in line


def test_a_set_that_changed_is_refused_at_resume(run: Run, refused: Refused) -> None:
    run(*eval_run("--limit", "1"))
    path = Path("sums.jsonl")
    path.write_text(path.read_text() + "\n")
    assert "another configuration: set.sha256" in refused(*eval_run("--limit", "1", "--resume"))


def _answers(out: str) -> dict[str, tuple[str, bool]]:
    folder = RunFolder(Path(out))
    grades = folder.grades()
    return {one.task_id: (one.text, grades[one.task_id, one.sample].passed) for one in folder.samples()}


def test_kill_9_loses_what_was_in_flight_and_nothing_else(run: Run) -> None:
    one_by_one = ("--max-concurrency", "1")  # and so the same bits, whatever is killed
    whole = run(*eval_run(*one_by_one, out="whole"))
    assert whole.exit_code == 0, whole.stderr
    samples = Path("killed/samples.jsonl")
    with subprocess.Popen([HI_MOE, *eval_run(*one_by_one, out="killed")], stdout=subprocess.DEVNULL) as child:
        while child.poll() is None and (not samples.exists() or samples.read_bytes().count(b"\n") < 2):
            time.sleep(0.02)
        child.kill()
    there = samples.read_bytes().count(b"\n")
    assert 2 <= there < 5
    with samples.open("ab") as file:
        file.write(b'{"task_id": "sum/5", "torn')
    done = run(*eval_run(*one_by_one, "--resume", "--json", out="killed"))
    assert done.exit_code == 0, done.stderr
    assert len(RunFolder(Path("killed")).samples()) == 5
    assert _answers("killed") == _answers("whole")


def test_ctrl_c_says_how_to_go_on() -> None:
    samples = Path("out/samples.jsonl")
    with subprocess.Popen([HI_MOE, *eval_run()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        while child.poll() is None and not samples.exists():
            time.sleep(0.02)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=120)
    assert child.returncode == 130
    assert out == ""
    assert "go on with: the same command and --resume (folder out)" in err
    assert not _children(child.pid)


def _children(parent: int) -> list[str]:
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found.append(entry)
    return found


def test_what_cannot_be_graded_is_said_and_not_scored(run: Run) -> None:
    row = {
        "task_id": "one",
        "problem_description": "Return 1.",
        "starter_code": "class Solution:\n    def one(self) -> int:\n        ",
        "entry_point": "Solution().one",
        "prompt": "",
        "completion": "class Solution:\n    def one(self):\n        return 2\n",  # the reference fails its own test
        "test": "def check(candidate):\n    assert candidate() == 1\n",
        "difficulty": "Easy",
        "estimated_date": "2024-01-01",
    }
    Path("rows.jsonl").write_text(json.dumps(row) + "\n")
    leetcode = [*eval_run("--set-file", "rows.jsonl", "--json"), "--set", "leetcode"]
    run(*leetcode, "--no-grade")
    path = Path("out/samples.jsonl")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"solution": "x = 1"}) + "\n")
    done = run(*leetcode, "--resume")
    assert done.exit_code == 4
    summary = json.loads(done.stdout)
    assert (summary["samples"], summary["graded"]) == (1, 0)
    assert "1 of 1 samples could not be graded; see errors.jsonl, go on with --resume" in done.stderr
    assert RunFolder(Path("out")).errors()[0].error.startswith("grading: the reference of 'one'")
