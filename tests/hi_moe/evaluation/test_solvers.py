"""Solvers by name: which parameters each has, and what it is wired to."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from evals.manifest import Manifest, SetInfo
from evals.sample import Sample
from evals.solvers.best_of_n import BestOfN
from evals.solvers.direct import Direct
from evals.store import RunFolder
from hi_moe.evaluation.solvers import (
    WALL_SECONDS,
    Hierarchy,
    SolverSpec,
    budgets_of,
    for_evaluation,
    open_solver,
    settings_of,
)
from hi_moe.settings import Settings
from hierarchy.errors import UnknownName, UsageError
from hierarchy.usage import Usage

TINY = Settings.load(profile="tiny", environ={})


@pytest.mark.parametrize("name", ["directt", "specialist", "best", ""])
def test_an_unknown_solver_is_refused(name: str) -> None:
    with pytest.raises(UnknownName, match=f"no solver {name!r}"):
        SolverSpec(name=name).check(1)


@pytest.mark.parametrize(
    ("spec", "n", "message"),
    [
        (SolverSpec(name="direct", samples=4), 1, "--samples is for best-of-n"),
        (SolverSpec(name="hierarchy", samples=4), 1, "--samples is for best-of-n"),
        (SolverSpec(name="direct", budgets={}), 1, "--match is for best-of-n"),
        (SolverSpec(name="best-of-n", budgets={}, samples=4), 1, "exclude each other"),
        (SolverSpec(name="hierarchy", temperature=0.5), 1, "leave --temperature out"),
        (SolverSpec(name="direct"), 5, "5 greedy samples would be 5 copies of one"),
        (SolverSpec(name="specialist:math", temperature=0.0), 2, "2 greedy samples would be 2 copies"),
    ],
)
def test_parameters_a_solver_does_not_have_are_refused(spec: SolverSpec, n: int, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        spec.check(n)


@pytest.mark.parametrize("wrong", [{"samples": 0}, {"temperature": float("nan")}, {"temperature": -1.0}])
def test_parameters_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SolverSpec(name="best-of-n", **wrong)


def test_parameters_are_what_the_answer_depends_on() -> None:
    assert SolverSpec(name="hierarchy").parameters == {}
    assert SolverSpec(name="direct").parameters == {"temperature": 0.0}
    assert SolverSpec(name="best-of-n").parameters == {"temperature": 0.8, "samples": 8}
    matched = SolverSpec(name="best-of-n", budgets={"a": 1}, matched="ring").parameters
    other = SolverSpec(name="best-of-n", budgets={"a": 2}, matched="ring").parameters
    assert matched["matched"] == "ring"
    assert matched["budgets_sha256"] != other["budgets_sha256"]


def test_a_matched_run_has_a_budget_for_every_item() -> None:
    SolverSpec(name="direct").check_items("ab")
    matched = SolverSpec(name="best-of-n", budgets={"a": 1}, matched="ring")
    matched.check_items("a")
    with pytest.raises(UsageError, match=r"'ring', has no finished sample of 'b' and 1 more item; finish it"):
        matched.check_items("abc")


async def test_solvers_are_wired(tmp_path: Path) -> None:
    kinds = {"hierarchy": Hierarchy, "direct": Direct, "best-of-n": BestOfN, "specialist:math": Direct}
    for name, kind in kinds.items():
        async with open_solver(SolverSpec(name=name), TINY, tmp_path / name.partition(":")[0]) as opened:
            assert isinstance(opened.solver, kind)
            assert opened.models["smollm2-135m-instruct-q4_1"].startswith("b179c952")
            assert opened.isolation == "pool"
            assert "solve_math@1" in opened.prompts


async def test_an_unknown_specialist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no specialist 'maths'; did you mean 'math'"):
        async with open_solver(SolverSpec(name="specialist:maths"), TINY, tmp_path):
            pass


def test_time_is_no_budget_unless_one_is_set() -> None:
    assert for_evaluation(Settings.load(environ={})).settings.budget.wall_seconds == WALL_SECONDS
    own = Settings.load(environ={}, flags={"budget.wall_seconds": 60.0})
    assert for_evaluation(own).settings.budget.wall_seconds == 60


def test_a_manifest_has_no_secrets_and_no_places() -> None:
    loaded = Settings.load(environ={}, flags={"ledger.url": "postgresql://me:secret@host/db"})
    assert "secret" not in str(settings_of(loaded))
    assert "ledger" not in settings_of(loaded)


def test_a_manifest_does_not_say_how_an_endpoint_is_reached() -> None:
    server = {"base_url": "http://127.0.0.1:1/v1", "model": "m", "context_tokens": 512}
    plain, keyed = (
        settings_of(Settings.load(environ={}, flags={"models.endpoints": {"one": server | more}}))
        for more in ({}, {"api_key_env": "KEY", "retries": 5, "timeout_seconds": 9.0})
    )
    assert plain == keyed
    assert "'model': 'm'" in str(plain)


def test_budgets_are_the_tokens_of_another_run(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    made = Manifest(set=SetInfo(name="own", sha256="", source="", items=("a",)), solver="hierarchy", n=2)
    with folder.writing() as writer:
        writer.begin(made, [])
        for number, tokens in enumerate((100, 201)):
            writer.sample(Sample(task_id="a", sample=number, usage=Usage(prompt_tokens=1, completion_tokens=tokens)))
    assert budgets_of(tmp_path) == {"a": 152}


def test_a_run_to_match_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not the folder of a run"):
        budgets_of(tmp_path)


def test_cells_of_equal_seeds_are_equal_whatever_the_seed_of_their_run() -> None:
    one, other = (settings_of(Settings.load(profile="tiny", flags={"seed": seed}, environ={})) for seed in (0, 1))
    assert one == other
