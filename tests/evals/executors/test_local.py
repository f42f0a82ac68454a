"""Cells in this process: how many at a time, what is retried, what stops a run."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing

import pytest

from evals.cells import Cell, Finished
from evals.executors.health import DOWN_AFTER
from evals.executors.local import Local
from evals.item import AnswerCheck, Item
from evals.sample import CellError, Sample
from evals.solvers.base import Solved
from hierarchy.errors import BudgetTooSmall, EngineFailed, InfrastructureError, MissingComponent, PromptTooLong
from hierarchy.outcome import Outcome
from hierarchy.problem import Problem

Answer = Callable[[Problem, int], str]


def cells(count: int) -> list[Cell]:
    def item(number: int) -> Item:
        return Item(Problem(id=f"p{number}", statement="?", task="math"), AnswerCheck("4"))

    return [Cell(item(number), 0, 0, f"key {number}") for number in range(count)]


class Told:
    """Answers as a function says; counts how many are asked at the same time."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[str] = []
        self.now = 0
        self.most = 0

    async def solve(self, problem: Problem, *, seed: int) -> Solved:
        self.asked.append(problem.id)
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0.01)
            answer = self._answer(problem, self.asked.count(problem.id))
        finally:
            self.now -= 1
        return solved(problem, answer)


def solved(problem: Problem, answer: str) -> Solved:
    return Solved(
        Outcome(
            run_id="r", problem_id=problem.id, status="agreed", p_correct=0.5, text=answer, answer=answer, reason="told"
        )
    )


async def work(solver: Told, count: int, concurrency: int = 2) -> list[Finished]:
    local = Local(solver, concurrency, retries=2, pause_seconds=0.001)
    return [finished async for finished in local.work(cells(count))]


async def test_every_cell_is_finished_once() -> None:
    finished = await work(Told(lambda problem, tries: "4"), 7)
    assert sorted(cell.item.id for cell, _ in finished) == [f"p{number}" for number in range(7)]
    assert all(isinstance(result, Sample) and result.solution == "4" for _, result in finished)


@pytest.mark.parametrize("concurrency", [1, 3])
async def test_no_more_than_the_concurrency_at_a_time(concurrency: int) -> None:
    solver = Told(lambda problem, tries: "4")
    await work(solver, 7, concurrency)
    assert solver.most == concurrency


async def test_a_failure_of_ours_is_tried_again() -> None:
    def fails_once(problem: Problem, tries: int) -> str:
        if tries == 1:
            raise EngineFailed("it broke")
        return "4"

    finished = await work(Told(fails_once), 2)
    assert all(isinstance(result, Sample) for _, result in finished)


async def test_a_failure_of_ours_that_stays_is_no_sample() -> None:
    def fails(problem: Problem, tries: int) -> str:
        if problem.id == "p1":
            raise EngineFailed("it\nbroke")
        return "4"

    errors = [result for _, result in await work(Told(fails), 3) if isinstance(result, CellError)]
    assert [(error.task_id, error.error, error.attempt, error.key) for error in errors] == [
        ("p1", "it broke", 3, "key 1")
    ]


async def test_a_problem_that_cannot_be_taken_is_unsolved() -> None:
    def too_long(problem: Problem, tries: int) -> str:
        raise PromptTooLong(5000, 4096, "small")

    solver = Told(too_long)
    [(_, result)] = await work(solver, 1)
    assert isinstance(result, Sample)
    assert (result.status, result.solution, len(solver.asked)) == ("abstained", "", 1)
    assert "5000 tokens" in result.reason


async def test_a_budget_below_the_prompt_is_one_unsolved_problem() -> None:
    def too_small(problem: Problem, tries: int) -> str:
        if problem.id == "p0":
            raise BudgetTooSmall("the prompt alone has 900 tokens")
        return "4"

    results = {cell.item.id: result for cell, result in await work(Told(too_small), 2)}
    assert [isinstance(result, Sample) and result.solution for result in results.values()].count("4") == 1
    assert isinstance(results["p0"], Sample)


async def test_a_solver_that_is_down_stops_the_run() -> None:
    def down(problem: Problem, tries: int) -> str:
        raise EngineFailed("connection refused")

    solver = Told(down)
    with pytest.raises(InfrastructureError, match=r"5 samples in a row.*connection refused.*--resume"):
        [None async for _ in Local(solver, 1, retries=0).work(cells(50))]
    assert len(solver.asked) == DOWN_AFTER


async def test_what_no_retry_mends_is_raised_at_once() -> None:
    def missing(problem: Problem, tries: int) -> str:
        raise MissingComponent("no weights")

    solver = Told(missing)
    with pytest.raises(MissingComponent):
        await work(solver, 5, concurrency=1)
    assert len(solver.asked) == 1


async def test_what_is_finished_beside_an_error_is_not_lost() -> None:
    together = asyncio.Barrier(3)

    class AtOnce(Told):
        async def solve(self, problem: Problem, *, seed: int) -> Solved:
            await together.wait()
            if problem.id == "p0":
                raise MissingComponent("no weights")
            return solved(problem, "4")

    found: list[str] = []

    async def collect() -> None:
        async for cell, _ in Local(AtOnce(lambda problem, tries: "4"), 3).work(cells(3)):
            found.append(cell.item.id)

    with pytest.raises(MissingComponent):
        await collect()
    assert sorted(found) == ["p1", "p2"]


async def test_leaving_early_stops_what_is_under_way() -> None:
    solver = Told(lambda problem, tries: "4")
    async with aclosing(Local(solver, 4).work(cells(20))) as results:
        async for _ in results:
            break
    assert solver.now == 0
    asked = len(solver.asked)
    await asyncio.sleep(0.05)
    assert len(solver.asked) == asked
