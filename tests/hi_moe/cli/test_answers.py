"""What goes to stdout."""

import json

import pytest

from hi_moe.cli.answers import Answers
from hi_moe.cli.exits import Exit
from hierarchy.outcome import Outcome


def test_one_answer_is_the_code_alone(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    Answers(as_json=False, several=False).outcome(outcome, "argument")
    assert capsys.readouterr().out == "def add(a, b):\n    return a + b\n"


def test_an_answer_that_is_no_code_is_its_text(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    Answers(as_json=False, several=False).outcome(outcome.model_copy(update={"code": None, "answer": "42"}), "argument")
    assert capsys.readouterr().out == "42\n"


def test_an_abstention_prints_nothing(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    Answers(as_json=False, several=False).outcome(outcome.model_copy(update={"status": "abstained"}), "argument")
    assert capsys.readouterr().out == ""


def test_several_answers_are_headed_by_a_comment(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    answers = Answers(as_json=False, several=True)
    answers.outcome(outcome, "x.jsonl:1")
    answers.failure("two", "x.jsonl:2", None, "too long", Exit.USAGE)
    assert capsys.readouterr().out == "# add: verified\ndef add(a, b):\n    return a + b\n"


def test_json_is_one_line_with_the_whole_outcome(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    Answers(as_json=True, several=False).outcome(outcome, "stdin")
    (line,) = capsys.readouterr().out.splitlines()
    data = json.loads(line)
    assert (data["id"], data["source"], data["tokens"]) == ("add", "stdin", 1200)
    for extra in ("id", "source", "tokens"):
        del data[extra]
    assert Outcome.model_validate(data) == outcome


def test_json_of_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    answers = Answers(as_json=True, several=True)
    answers.failure("two", "x.jsonl:2", "r1", "the engine broke", Exit.INFRASTRUCTURE)
    answers.failure("three", "x.jsonl:3", None, "interrupted", Exit.INTERRUPTED)
    failed, interrupted = map(json.loads, capsys.readouterr().out.splitlines())
    assert failed == {
        "id": "two",
        "source": "x.jsonl:2",
        "status": "failed",
        "run_id": "r1",
        "error": "the engine broke",
        "exit_code": 4,
    }
    assert interrupted["status"] == "interrupted"
    assert interrupted["exit_code"] == 130
