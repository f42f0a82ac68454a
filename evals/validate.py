"""Whether a set can be trusted: its check accepts every reference, and refuses every wrong solution that it gives."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal

from evals.grading.grader import Grader
from evals.item import Item, TestsCheck
from evals.sample import Sample
from hierarchy.base import Frozen
from hierarchy.errors import InfrastructureError
from hierarchy.judge import Judge

Kind = Literal["reference", "wrong"]


class Trial(Frozen):
    """A reference or a wrong solution of one item, and what the checks said of it."""

    id: str
    """Of the item."""
    kind: Kind
    number: int
    """1 and up, among those of its kind."""
    accepted: bool | None
    """By the hidden check, without the public tests where those count too; None where our own machinery failed."""
    public: bool | None
    """Whether it passes the public tests; None where there are none, or our own machinery failed."""
    detail: str = ""
    """What the check said, one line."""
    seconds: float = 0.0
    """Seconds in the sandbox or the answer checker."""

    @property
    def fault(self) -> str | None:
        """What is wrong with the set, one line; None where nothing is."""
        if self.accepted is None:
            return f"not checked: {self.detail}"
        if self.kind == "wrong":
            return "accepted by the check" if self.accepted else None
        if not self.accepted:
            return f"refused by the check: {self.detail}"
        return f"fails the public tests: {self.detail}" if self.public is False else None


class Totals(Frozen):
    """The sums of a validation."""

    items: int
    references: int
    """Items that have one."""
    wrong: int
    """Wrong solutions."""
    wrong_passing_public: int
    """Those that pass every public test: what only the hidden tests can refuse."""
    faults: int
    seconds: float
    """In the sandbox and the answer checker."""


def totals(items: Sequence[Item], trials: Sequence[Trial]) -> Totals:
    """Sum up."""
    wrong = [trial for trial in trials if trial.kind == "wrong"]
    return Totals(
        items=len(items),
        references=len(trials) - len(wrong),
        wrong=len(wrong),
        wrong_passing_public=sum(trial.public is True for trial in wrong),
        faults=sum(trial.fault is not None for trial in trials),
        seconds=sum(trial.seconds for trial in trials),
    )


def count(items: Sequence[Item]) -> int:
    """How many trials `validate` will make."""
    return sum((item.reference is not None) + len(item.wrong) for item in items)


async def validate(
    items: Sequence[Item],
    grader: Grader,
    judge: Judge,
    at_once: int,
    show: Callable[[Trial], None] = lambda trial: None,
) -> list[Trial]:
    """Try everything, `at_once` at a time; `show` hears of each as it ends. The result has the order of the items.

    `grader` applies the hidden checks, `judge` the public tests. Raises `MissingComponent`.
    """
    gate = asyncio.Semaphore(at_once)

    async def one(item: Item, hidden: Item, kind: Kind, number: int, solution: str) -> Trial:
        async with gate:
            trial = await _trial(item, hidden, kind, number, solution, grader, judge)
        show(trial)
        return trial

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(one(item, hidden, kind, number, solution))
                for item, hidden in [(item, _hidden(item)) for item in items]
                for kind, number, solution in _solutions(item)
            ]
    except BaseExceptionGroup as error:
        raise error.exceptions[0] from None
    return [task.result() for task in tasks]


def _solutions(item: Item) -> list[tuple[Kind, int, str]]:
    found: list[tuple[Kind, int, str]] = [] if item.reference is None else [("reference", 1, item.reference)]
    return found + [("wrong", number, wrong) for number, wrong in enumerate(item.wrong, 1)]


async def _trial(
    item: Item, hidden: Item, kind: Kind, number: int, solution: str, grader: Grader, judge: Judge
) -> Trial:
    sample = Sample(task_id=item.id, solution=solution)
    try:
        grade = await grader.grade(hidden, sample)
        public, said, seconds = await _public(item, solution, judge)
    except InfrastructureError as error:
        return Trial(id=item.id, kind=kind, number=number, accepted=None, public=None, detail=_line(str(error)))
    detail = said if grade.passed and public is False else grade.detail or grade.status.replace("_", " ")
    if grade.failure is not None and not grade.passed:
        detail += f": {grade.failure.input} gave {grade.failure.actual}, not {grade.failure.expected}"
    return Trial(
        id=item.id,
        kind=kind,
        number=number,
        accepted=grade.passed,
        public=public,
        detail=_line(detail),
        seconds=grade.seconds + seconds,
    )


def _hidden(item: Item) -> Item:
    """The item with its hidden tests alone: they must refuse what is wrong, also where a public test would do so."""
    if not isinstance(item.check, TestsCheck):
        return item
    tests = tuple(test for test in item.check.tests if test not in item.problem.public_tests)
    return replace(item, check=TestsCheck(tests)) if tests else item


async def _public(item: Item, solution: str, judge: Judge) -> tuple[bool | None, str, float]:
    """Whether all public tests pass, what they say where not, and the seconds. Raises `InfrastructureError`."""
    if not item.problem.public_tests:
        return None, "", 0.0
    verdict = await judge.judge(item.problem, solution)
    if verdict.status == "infrastructure":
        raise InfrastructureError(f"the public tests of {item.id!r} could not be run: {verdict.detail}")
    failure = verdict.failure
    said = f"{failure.input} gave {failure.actual}, not {failure.expected}" if failure else verdict.detail
    return verdict.status == "accepted", said, verdict.sandbox_seconds


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 300 else line[:299] + "…"
