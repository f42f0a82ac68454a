"""The command line in a home of its own: nothing of the developer's settings, ledger or logs takes part."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from scenario import attempt, problem, verdict

from hi_moe.cli import main
from hierarchy.events import (
    CandidateJudged,
    DirectiveIssued,
    Event,
    Planned,
    Routed,
    RunFinished,
    RunStarted,
    SamplesCancelled,
    SamplesStarted,
    SelectionMade,
    Surprised,
    TierEntered,
)
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Plan, Route, Step
from hierarchy.usage import Usage

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory and home; only the folder of weights stays where it is."""
    for name in list(os.environ):
        if name.startswith("HI_MOE_") and name != "HI_MOE_MODELS__CACHE":
            monkeypatch.delenv(name)
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return tmp_path


@pytest.fixture
def run() -> Run:
    """Run the command line in this process: `run("config", "show", input="…")`."""

    def invoke(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments], input=stdin, prog_name="hi-moe")

    return invoke


@pytest.fixture
def refused(run: Run) -> Callable[..., str]:
    """Run a command that must fail; give its one line on stderr, after checking that it is one and stdout is empty."""

    def invoke(*arguments: str | Path, code: int = 2, stdin: str | bytes | None = None) -> str:
        result = run(*arguments, stdin=stdin)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        line, *more = result.stderr.splitlines()
        assert not more, result.stderr
        start, _, text = line.partition(": ")
        assert start == "error"
        return text

    return invoke


@pytest.fixture
def outcome() -> Outcome:
    """A verified outcome of two rounds: a wrong direct answer, then one that was repaired."""
    wrong = attempt("0.solve.0", verdict(1))
    fixed = attempt("1.solve.0", verdict(2), "repair", parent="0.solve.0", code="def add(a, b):\n    return a + b\n")
    return Outcome(
        run_id="run-0001",
        problem_id="add",
        status="verified",
        p_correct=0.93,
        text="```python\ndef add(a, b):\n    return a + b\n```",
        code=fixed.candidate.code,
        reason="2 of 2 public tests pass",
        selected_id=fixed.id,
        attempts=(wrong, fixed),
        usage=Usage(prompt_tokens=1180, completion_tokens=20, calls=2),
        rounds=2,
        seconds=3.21,
    )


@pytest.fixture
def events(outcome: Outcome) -> list[Event]:
    """Every kind of event, in an order in which they can come."""
    wrong, fixed = outcome.attempts
    return [
        RunStarted(run_id="run-0001", problem=problem()),
        TierEntered(tier="monitor", round=0),
        DirectiveIssued(directive=Directive(action="sample", reason="begin", round=0, samples=3)),
        Planned(round=0, plan=Plan(steps=(Step(id="parse", goal="a"), Step(id="solve", goal="b")))),
        Routed(
            round=0, route=Route(step="solve", shares=(("python", 2), ("math", 1)), router="keyword", confidence=0.875)
        ),
        SamplesStarted(round=0, step="solve", specialist="python", action="sample", samples=3),
        CandidateJudged(attempt=wrong),
        SamplesCancelled(round=0, specialist="python", samples=2),
        SelectionMade(round=0, attempt_id="0.solve.0", method="clusters", agreement=0.5, reason="the largest cluster"),
        Surprised(round=0, text="predicted 0.90, failed"),
        CandidateJudged(attempt=fixed, replayed=True),
        DirectiveIssued(directive=Directive(action="stop", reason="verified", round=2, samples=0)),
        RunFinished(outcome=outcome),
    ]
