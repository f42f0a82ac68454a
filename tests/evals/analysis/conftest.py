"""Rows and results of plain values, made in one line each."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from evals.manifest import Manifest, SetInfo
from evals.results import Results, Row
from evals.sample import Grade, ItemFacts, Sample
from hierarchy.attempt import Attempt, Status
from hierarchy.ledger.records import ModelCall
from hierarchy.plan import Status as OutcomeStatus
from hierarchy.usage import Usage


@pytest.fixture
def row() -> Callable[..., Row]:
    """`row("a", True)`: sample 0 of item a is right. `passed=None`: not graded."""

    def make(
        item: str | ItemFacts,
        passed: bool | None,
        sample: int = 0,
        *,
        base: bool | None = None,
        attempts: tuple[Attempt, ...] = (),
        selected: str | None = None,
        candidates: Mapping[str, bool] | None = None,
        calls: tuple[ModelCall, ...] = (),
        usage: Usage | None = None,
        status: OutcomeStatus = "unverified",
        p_correct: float = 0.0,
        seconds: float = 0.0,
        rounds: int = 0,
        verdict: Status | None = None,
    ) -> Row:
        facts = item if isinstance(item, ItemFacts) else ItemFacts(id=item, statement="", task="function")
        answered = Sample(
            task_id=facts.id,
            sample=sample,
            solution="pass",
            status=status,
            p_correct=p_correct,
            selected_id=selected,
            attempts=attempts,
            calls=calls,
            usage=usage or Usage(),
            rounds=rounds,
            seconds=seconds,
        )
        if passed is None:
            return Row(facts, answered)
        grade = Grade(
            task_id=facts.id,
            sample=sample,
            passed=passed,
            base=base,
            status=verdict or ("accepted" if passed else "wrong_answer"),
            candidates=dict(candidates or {}),
        )
        return Row(facts, answered, grade)

    return make


@pytest.fixture
def results() -> Callable[..., Results]:
    """The results of a run that holds these rows: `results(row("a", True), …)`."""

    def make(*rows: Row, solver: str = "hierarchy") -> Results:
        items = {each.item.id: each.item for each in rows}
        info = SetInfo(name="demo", sha256="ab" * 32, source="path demo.jsonl", items=tuple(items))
        return Results(Path("run"), Manifest(set=info, solver=solver), items, rows)

    return make
