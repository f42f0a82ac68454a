"""The shipped problems: their form, and in the real sandbox that they are sound."""

from dataclasses import replace
from pathlib import Path

import pytest

from evals.grading.grader import Grader
from evals.item import AnswerCheck, TestsCheck
from evals.sets.base import LoadedSet
from evals.sets.registry import get, load_set
from evals.validate import validate
from hierarchy.judge import Judge
from sandbox.sandbox import Sandbox
from sandbox.types import Limits
from specialists.registry import Registry


@pytest.fixture(scope="module")
def contest(tmp_path_factory: pytest.TempPathFactory) -> LoadedSet:
    return load_set("contest", record=tmp_path_factory.mktemp("record") / "sets.json")


def test_it_is_shipped_and_counted(contest: LoadedSet) -> None:
    assert (contest.origin.source, get("contest").count()) == ("shipped", len(contest.items))
    assert get("contest").available().here


def test_ids_are_places_and_families_are_specialists(contest: LoadedSet) -> None:
    known = Registry.load().names()
    for item in contest.items:
        assert item.id.split("/")[:2] == ["contest", item.family]
        assert item.family in known


def test_every_problem_has_a_reference_wrong_solutions_and_a_difficulty(contest: LoadedSet) -> None:
    for item in contest.items:
        assert item.reference, item.id
        assert len(item.wrong) >= 2, item.id
        assert item.difficulty in ("easy", "medium", "hard"), item.id


def test_code_has_public_tests_and_more_hidden_ones(contest: LoadedSet) -> None:
    for item in contest.items:
        if isinstance(item.check, TestsCheck):
            public = item.problem.public_tests
            assert public, item.id
            assert len(item.check.tests) >= len(public) + 5, item.id
        else:
            assert isinstance(item.check, AnswerCheck), item.id


def test_no_problem_shows_its_reference_or_a_hidden_test(contest: LoadedSet) -> None:
    for item in contest.items:
        seen = item.problem.model_dump_json()
        if isinstance(item.check, TestsCheck):
            assert item.reference is not None
            assert item.reference.strip() not in item.problem.statement, item.id
            hidden = item.check.tests[len(item.problem.public_tests) :]
            assert not any(test.model_dump_json() in seen for test in hidden), item.id


def test_another_folder_of_the_same_form_may_be_given(tmp_path: Path) -> None:
    (tmp_path / "math").mkdir()
    (tmp_path / "math" / "one.toml").write_text('statement = "What is 1 * 1?"\nanswer = "1"\n')
    (item,) = load_set("contest", tmp_path).items
    assert (item.id, item.family) == ("contest/math/one", "math")


async def test_every_reference_passes_its_public_and_hidden_tests(contest: LoadedSet, tmp_path: Path) -> None:
    items = [replace(item, wrong=()) for item in contest.items]
    async with Sandbox() as sandbox, Grader(sandbox, tmp_path) as grader:
        trials = await validate(items, grader, Judge(sandbox), 3)
    assert [(trial.id, trial.fault) for trial in trials if trial.fault] == []


async def test_the_hidden_tests_refuse_every_wrong_solution(contest: LoadedSet, tmp_path: Path) -> None:
    """With little time: those that are only slow are refused as surely, and sooner."""
    items = [replace(item, reference=None) for item in contest.items]
    limits = Limits(cpu_seconds=0.5, wall_seconds=1)
    async with Sandbox(limits) as sandbox, Grader(sandbox, tmp_path) as grader:
        trials = await validate(items, grader, Judge(sandbox), 3)
    assert [(trial.id, trial.number, trial.fault) for trial in trials if trial.fault] == []
