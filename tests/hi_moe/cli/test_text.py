"""A run in words."""

from scenario import attempt, verdict

from hi_moe.cli.text import event_line, shorten, summary_line, verdict_style, verdict_text
from hierarchy.attempt import Verdict
from hierarchy.events import Event, RunStarted
from hierarchy.outcome import Outcome


def test_every_event_is_one_line(events: list[Event]) -> None:
    assert [event_line(event) for event in events] == [
        "run run-0001 started",
        "round 0: monitor",
        "round 0: sample x 3: begin",
        "round 0: plan parse → solve",
        "round 0: solve → python x 2, math (keyword, 88%)",
        "round 0: python writes 3 candidates (sample)",
        "candidate 0.solve.0 python: wrong answer, 1/2 tests, 10 tokens, add(1, 2) gave -1, not 3",
        "round 0: 2 candidates of python cancelled",
        "round 0: selected 0.solve.0 by clusters: the largest cluster",
        "round 0: surprise: predicted 0.90, failed",
        "candidate 1.solve.0 python: accepted, 2/2 tests, 10 tokens (from the ledger)",
        "round 2: stop: verified",
        "verified  p=0.93  1,200 tokens  2 calls  2 rounds  3.2 s  run run-0001  (2 of 2 public tests pass)",
    ]


def test_a_resumed_run_says_so(events: list[Event]) -> None:
    started = events[0]
    assert isinstance(started, RunStarted)
    assert event_line(started.model_copy(update={"resumed": True})) == "run run-0001 resumed"


def test_a_verdict_without_a_failure_tells_its_detail() -> None:
    tried = attempt("0.solve.0", Verdict(status="compile_error", detail="line 3: '(' was\n never closed"))
    assert verdict_text(tried) == "compile error, 10 tokens, line 3: '(' was never closed"


def test_reduced_isolation_is_said_of_the_verdict_and_of_the_outcome(outcome: Outcome) -> None:
    judged = verdict(2).model_copy(update={"isolation": "reduced"})
    tried = attempt("0.solve.0", judged)
    assert verdict_text(tried) == "accepted, 2/2 tests, 10 tokens, reduced isolation"
    assert "  reduced isolation  (" in summary_line(outcome.model_copy(update={"attempts": (tried,)}))
    assert "reduced" not in summary_line(outcome)


def test_only_accepted_is_green() -> None:
    assert verdict_style(attempt("0.solve.0", verdict(2))) == "green"
    assert verdict_style(attempt("0.solve.0", verdict(0))) == "red"
    assert verdict_style(attempt("0.solve.0", Verdict(status="infrastructure"))) == "magenta"


def test_long_texts_are_cut() -> None:
    assert shorten("a  b\nc") == "a b c"
    assert shorten("x" * 20, 10) == "x" * 9 + "…"
