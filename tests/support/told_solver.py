"""A solver for workers in other processes: what it does stands in the statement. For tests of executors only."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from evals.executors.remote import Description
from evals.solvers.base import Solved, Solver
from hierarchy.errors import EngineFailed, MissingComponent, PromptTooLong
from hierarchy.outcome import Outcome
from hierarchy.problem import Problem

FACTORY = "told_solver:open_told"


class Told:
    """Answers with the id of its process."""

    async def solve(self, problem: Problem, *, seed: int) -> Solved:
        match problem.statement:
            case "fail":
                raise EngineFailed("the engine broke")
            case "too long":
                raise PromptTooLong(5000, 4096, "small")
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "bug":
                raise RuntimeError("a bug")
        await asyncio.sleep(0.1)
        return Solved(
            Outcome(
                run_id="r",
                problem_id=problem.id,
                status="agreed",
                p_correct=0.5,
                text="",
                answer=str(os.getpid()),
                reason="told",
            )
        )


@asynccontextmanager
async def open_told(config: str) -> AsyncIterator[tuple[Solver, Description]]:
    told = json.loads(config)
    if "missing" in told:
        raise MissingComponent(told["missing"])
    if "openings" in told:
        with open(told["openings"], "a+") as file:
            file.write("opened\n")
            file.seek(0)
            if len(file.readlines()) > told["most"]:
                raise MissingComponent("no more room here")
    models = {"told": str(os.getpid()) if "differs" in told else ""}
    yield Told(), Description(models=models, prompts={}, isolation="none", hi_moe="test")
