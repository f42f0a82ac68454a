"""A set is sound when its checks accept what is right and refuse what is wrong: with the real sandbox."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.grading.grader import Grader
from evals.item import Item
from evals.sets.registry import get
from evals.validate import Trial, count, totals, validate
from hierarchy.errors import MissingComponent
from hierarchy.judge import Judge
from hierarchy.problem import Problem
from sandbox.sandbox import Sandbox
from sandbox.types import Execution

ROW = {
    "id": "twice",
    "statement": "Write `twice(n: int) -> int` that doubles a number.\n\nassert twice(2) == 4\n",
    "entry_point": "twice",
    "task": "function",
    "hidden_tests": [{"args": [5], "expected": 10}],
    "reference": "def twice(n):\n    return n + n\n",
    "wrong": ["def twice(n):\n    return n * n\n", "def twice(n):\n    return 0\n"],
}
MATH = {"id": "half", "statement": "What is half of one?", "answer": "\\frac{1}{2}", "wrong": ["2"]}


def items(*rows: Mapping[str, object]) -> list[Item]:
    return get("own").items([(f"rows:{number}", row) for number, row in enumerate(rows, 1)])


async def tried(
    chosen: Sequence[Item], tmp_path: Path, show: Callable[[Trial], None] = lambda trial: None
) -> list[Trial]:
    async with Sandbox(max_parallel=2) as sandbox, Grader(sandbox, tmp_path) as grader:
        return await validate(chosen, grader, Judge(sandbox), 2, show)


async def test_a_sound_set_has_no_fault_and_everything_was_tried(tmp_path: Path) -> None:
    heard: list[Trial] = []
    chosen = items(ROW, MATH)
    trials = await tried(chosen, tmp_path, heard.append)
    assert [(trial.id, trial.kind, trial.number) for trial in trials] == [
        ("twice", "reference", 1),
        ("twice", "wrong", 1),
        ("twice", "wrong", 2),
        ("half", "reference", 1),
        ("half", "wrong", 1),
    ]
    assert [trial.fault for trial in trials] == [None] * 5
    assert sorted(map(str, heard)) == sorted(map(str, trials))
    assert len(trials) == count(chosen)


async def test_what_only_the_hidden_tests_refuse_is_counted(tmp_path: Path) -> None:
    chosen = items(ROW, MATH)
    trials = await tried(chosen, tmp_path)
    assert [trial.public for trial in trials] == [True, True, False, None, None]
    summary = totals(chosen, trials)
    assert (summary.items, summary.references, summary.wrong, summary.wrong_passing_public) == (2, 2, 3, 1)
    assert summary.faults == 0
    assert summary.seconds > 0


async def test_a_wrong_solution_that_is_accepted_is_a_fault(tmp_path: Path) -> None:
    (trial,) = await tried(items(ROW | {"reference": None, "wrong": ["def twice(n):\n    return 2 * n\n"]}), tmp_path)
    assert trial.fault == "accepted by the check"


async def test_hidden_tests_must_refuse_alone_what_public_ones_would(tmp_path: Path) -> None:
    wrong = "def twice(n):\n    return n + 5\n"
    (trial,) = await tried(items(ROW | {"reference": None, "wrong": [wrong]}), tmp_path)
    assert (trial.public, trial.fault) == (False, "accepted by the check")


async def test_a_reference_that_is_refused_is_a_fault_with_the_failing_input(tmp_path: Path) -> None:
    (trial,) = await tried(items(ROW | {"reference": "def twice(n):\n    return n * n\n", "wrong": []}), tmp_path)
    assert trial.fault is not None
    assert trial.fault.startswith("refused by the check: ")
    assert "twice(5) gave 25, not 10" in trial.fault


async def test_a_reference_that_fails_only_the_public_tests_is_a_fault(tmp_path: Path) -> None:
    reference = "def twice(n):\n    return 10\n"
    (trial,) = await tried(items(ROW | {"reference": reference, "wrong": []}), tmp_path)
    assert trial.fault == "fails the public tests: twice(2) gave 10, not 4"


async def test_a_script_that_its_own_reference_does_not_pass_is_a_fault(tmp_path: Path) -> None:
    row = {
        "task_id": "HumanEval/900",
        "prompt": 'def twice(n: int) -> int:\n    """Double it."""\n',
        "entry_point": "twice",
        "canonical_solution": "    return 0\n",
        "test": "def check(candidate):\n    assert candidate(7) == 14\n",
    }
    (trial,) = await tried(get("humaneval").items([("rows:1", row)]), tmp_path)
    assert trial.fault is not None
    assert trial.fault.startswith("not checked: the reference of 'HumanEval/900' does not pass its own test")


async def test_mathematics_is_checked_by_equivalence(tmp_path: Path) -> None:
    trials = await tried(items(MATH | {"reference": "0.5", "wrong": ["\\frac{2}{4}"]}), tmp_path)
    assert [trial.fault for trial in trials] == [None, "accepted by the check"]


async def test_a_component_that_is_missing_is_said_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def missing(*_: object) -> None:
        raise MissingComponent("no isolation here")

    monkeypatch.setattr(Grader, "grade", missing)
    with pytest.raises(MissingComponent, match="no isolation here"):
        await tried(items(ROW), tmp_path)


def test_a_fault_is_one_short_line() -> None:
    trial = Trial(id="a", kind="reference", number=1, accepted=None, public=None, detail="ours failed")
    assert trial.fault == "not checked: ours failed"


async def test_the_reference_is_timed_once_for_all_trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[str] = []
    times = Judge.times

    async def counted(judge: Judge, problem: Problem, code: str, *rest: Any) -> Execution:
        runs.append(code)
        return await times(judge, problem, code, *rest)

    monkeypatch.setattr(Judge, "times", counted)
    assert len(await tried(items(ROW), tmp_path)) == 3
    assert runs == [ROW["reference"]]
