"""Cells in this process: a number of them at a time, over one solver whose engine decodes them as one batch."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from evals.cells import Cell, Finished, sample_of, unsolvable
from evals.executors.health import Health
from evals.sample import CellError, Sample
from evals.solvers.base import Solver
from hierarchy.errors import BudgetTooSmall, InfrastructureError, ProblemError, PromptTooLong

RETRIES = 2
"""Further tries of a cell that our own machinery failed."""
_PAUSE_SECONDS = 1.0
"""Before the first retry; doubled for each further one."""


@dataclass(frozen=True)
class Local:
    """`concurrency` cells at a time."""

    solver: Solver
    concurrency: int = 4
    retries: int = RETRIES
    pause_seconds: float = _PAUSE_SECONDS

    @property
    def name(self) -> str:
        """For the manifest."""
        return "local"

    async def work(self, cells: Sequence[Cell]) -> AsyncGenerator[Finished, None]:
        """Each cell as soon as it is finished."""
        waiting = iter(cells)
        running: set[asyncio.Task[Finished]] = set()
        health = Health()
        try:
            while True:
                for cell in waiting:
                    running.add(asyncio.create_task(attempt(cell, self.solver, self.retries, self.pause_seconds)))
                    if len(running) >= self.concurrency:
                        break
                if not running:
                    return
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:  # all that is finished, before an error of one of them stops the run
                    if task.exception() is None:
                        yield task.result()
                for task in done:
                    health.note(task.result().result)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


async def attempt(cell: Cell, solver: Solver, retries: int, pause_seconds: float) -> Finished:
    """One cell, tried again while our own machinery fails. Raises what no retry mends: `MissingComponent`,
    `SettingsError`, a bug."""
    for number in range(1, retries + 2):
        try:
            return Finished(cell, await _solve(cell, solver))
        except InfrastructureError as error:
            reason = " ".join(str(error).split())
        if number <= retries:
            await asyncio.sleep(pause_seconds * 2 ** (number - 1))
    return Finished(
        cell, CellError(task_id=cell.item.id, sample=cell.sample, key=cell.key, error=reason, attempt=retries + 1)
    )


async def _solve(cell: Cell, solver: Solver) -> Sample:
    try:
        return sample_of(cell, await solver.solve(cell.item.problem, seed=cell.seed))
    except (PromptTooLong, BudgetTooSmall, ProblemError) as error:
        return unsolvable(cell, " ".join(str(error).split()))
