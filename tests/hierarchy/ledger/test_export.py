"""Exports: complete, valid JSON, without secrets, whole or not at all."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hierarchy.attempt import Attempt, Candidate, Verdict
from hierarchy.errors import LedgerError, UnknownName
from hierarchy.ledger import Ledger, ModelCall, RunRecord, export_all, export_run
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Route
from hierarchy.problem import FunctionTest, Problem
from hierarchy.usage import Usage


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.sqlite3") as opened:
        fill(opened)
        yield opened


def fill(ledger: Ledger) -> None:
    test = FunctionTest(entry_point="f", kwargs={"password": "open sesame"}, expected=float("nan"))
    problem = Problem(id="p", statement="Write f.", task="function", public_tests=(test,))
    ledger.begin_run(RunRecord(run_id="0abc1111aaaaa", problem=problem, settings={"hub_token": "hf_secret", "n": 1}))
    candidate = Candidate(
        text="see https://me:pw@host",
        specialist="python",
        model="m",
        prompt_sha256="0",
        seed=0,
        temperature=0.0,
        finish_reason="stop",
        mean_logprob=float("-inf"),
        usage=Usage(),
    )
    attempt = Attempt(id="0.solve.0", round=0, action="direct", candidate=candidate, verdict=Verdict(status="accepted"))
    ledger.record_directive("0abc1111aaaaa", Directive(action="direct", reason="first", round=0))
    route = Route(step="solve", shares=(("python", 1),), router="keyword", confidence=1.0)
    ledger.record_route("0abc1111aaaaa", 0, route)
    call = ModelCall(call_id="0.fleet", tier="fleet", model="m", prompt="p", prompt_sha256="0", usage=Usage(calls=1))
    ledger.record_call("0abc1111aaaaa", call)
    ledger.finish_run(
        "0abc1111aaaaa",
        Outcome(
            run_id="0abc1111aaaaa",
            problem_id="p",
            status="verified",
            p_correct=1,
            text="",
            reason="",
            attempts=(attempt,),
        ),
    )
    ledger.begin_run(RunRecord(run_id="0abc2222bbbbb", problem=problem))


def test_a_run_is_exported_with_everything_that_belongs_to_it(ledger: Ledger) -> None:
    data = json.loads(json.dumps(export_run(ledger, "0abc1"), allow_nan=False))
    assert list(data) == ["schema_version", "run", "usage", "rounds", "routes", "attempts", "calls"]
    assert [len(data[name]) for name in ("rounds", "routes", "attempts", "calls")] == [1, 1, 1, 1]
    assert data["run"]["outcome"]["attempts"] == ["0.solve.0"]
    assert data["usage"]["calls"] == 1


def test_an_export_hides_secrets_and_nothing_else(ledger: Ledger) -> None:
    data = export_run(ledger, "0abc1111aaaaa")
    assert data["run"]["settings"] == {"hub_token": "***", "n": 1}
    (test,) = data["run"]["problem"]["public_tests"]
    assert test["kwargs"] == {"password": "open sesame"}
    assert data["attempts"][0]["candidate"]["text"] == "see https://me:pw@host"


def test_numbers_that_json_does_not_have_become_null(ledger: Ledger) -> None:
    assert ledger.attempts("0abc1111aaaaa")[0].candidate.mean_logprob == float("-inf")
    assert export_run(ledger, "0abc1111aaaaa")["attempts"][0]["candidate"]["mean_logprob"] is None


def test_all_runs_become_lines_oldest_first(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    assert export_all(ledger, path) == 2
    runs = [json.loads(line)["run"]["run_id"] for line in path.read_text().splitlines()]
    assert runs == ["0abc1111aaaaa", "0abc2222bbbbb"]
    assert export_all(ledger, path, status="verified") == 1
    assert len(path.read_text().splitlines()) == 1


def test_an_export_that_cannot_be_written_leaves_nothing(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for path, why in ((folder, "Is a directory"), (tmp_path / "no" / "x.jsonl", "No such file")):
        with pytest.raises(LedgerError, match=f"cannot write the export .*{why}.*name another file"):
            export_all(ledger, path)
    assert not list(tmp_path.glob("*.part"))


def test_an_unknown_run_cannot_be_exported(ledger: Ledger) -> None:
    with pytest.raises(UnknownName, match="there is no run 'zzzz'"):
        export_run(ledger, "zzzz")
