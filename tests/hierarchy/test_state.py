"""The run's state: reducers that a replay cannot fool, and the typed view."""

import json

import pytest
from pydantic import ValidationError

from hierarchy.attempt import Attempt, Candidate, Verdict
from hierarchy.attempt import Status as VerdictStatus
from hierarchy.plan import Directive, Ranking
from hierarchy.problem import Problem
from hierarchy.state import Json, State, add_usage, append, merge_attempts, view
from hierarchy.usage import Usage

PROBLEM = Problem(id="p", statement="Add.", task="function").model_dump(mode="json")


def attempt(id_: str, status: VerdictStatus = "accepted", step: str | None = None) -> Json:
    candidate = Candidate(
        text="x",
        specialist="python",
        model="m",
        prompt_sha256="0",
        seed=0,
        temperature=0,
        finish_reason="stop",
        usage=Usage(),
    )
    whole = Attempt(id=id_, round=0, action="direct", step=step, candidate=candidate, verdict=Verdict(status=status))
    return whole.model_dump(mode="json")


def test_a_replayed_attempt_is_one_and_the_later_one_stands() -> None:
    old = [attempt("0.a.0"), attempt("0.a.1")]
    merged = merge_attempts(old, [attempt("0.a.0", "wrong_answer"), attempt("1.a.0")])
    assert [each["id"] for each in merged] == ["0.a.0", "0.a.1", "1.a.0"]
    assert merge_attempts(merged, merged) == merged
    first = view({"run_id": "r", "problem": PROBLEM, "attempts": merged}).attempt("0.a.0")
    assert first.verdict.status == "wrong_answer"


def test_reducers_leave_their_arguments_as_they_are() -> None:
    old = [attempt("0.a.0")]
    merge_attempts(old, [attempt("0.a.1")])
    append(old, [attempt("0.a.2")])
    assert len(old) == 1
    assert append([{"a": 1}], [{"b": 2}]) == [{"a": 1}, {"b": 2}]


def test_usages_add_up_from_nothing() -> None:
    once = add_usage({}, Usage(calls=1, prompt_tokens=5).model_dump(mode="json"))
    assert Usage.model_validate(add_usage(once, once)) == Usage(calls=2, prompt_tokens=10)


def test_the_view_of_a_new_run_has_defaults() -> None:
    state = view({"run_id": "r", "problem": PROBLEM, "plan": None, "outcome": None})
    assert (state.round, state.attempts, state.usage, state.plan) == (0, (), Usage(), None)


def test_the_view_is_typed_and_survives_json() -> None:
    directives = [
        Directive(action="direct", reason="start", round=0),
        Directive(action="sample", reason="more", round=1),
    ]
    ranking = Ranking(scores=(("python", 1.0),), router="fixed")
    channels: State = {
        "run_id": "r",
        "problem": PROBLEM,
        "directives": [each.model_dump(mode="json") for each in directives],
        "rankings": {"Add.": ranking.model_dump(mode="json")},
        "surprises": ["round 0"],
    }
    state = view(json.loads(json.dumps(channels)))
    assert (state.directive, state.round) == (directives[1], 1)
    assert state.rankings["Add."] == ranking
    assert state.surprises == ("round 0",)


def test_answers_leave_out_steps_and_our_own_failures() -> None:
    attempts = [attempt("0.a.0"), attempt("0.b.0", step="b"), attempt("0.a.1", "infrastructure")]
    state = view({"run_id": "r", "problem": PROBLEM, "attempts": attempts})
    assert [each.id for each in state.answers] == ["0.a.0"]
    with pytest.raises(KeyError, match=r"9\.z\.9"):
        state.attempt("9.z.9")


def test_an_unknown_channel_is_refused() -> None:
    with pytest.raises(ValidationError, match="surprise"):
        view({"run_id": "r", "problem": PROBLEM, "surprise": []})  # type: ignore[typeddict-unknown-key]
