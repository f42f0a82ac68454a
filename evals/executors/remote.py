"""A solver in another process or on another machine: what goes over the wire is JSON, checked on both sides.

The worker's side (`RemoteWorker`) is what Ray runs as an actor; it knows nothing of Ray. The caller's side (`Remote`)
is a `Solver`.
"""

import asyncio
import importlib
import json
import os
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Literal, TypeVar

from evals.solvers.base import Solved, Solver
from hierarchy.base import Frozen
from hierarchy.errors import (
    BudgetTooSmall,
    HiMoeError,
    InfrastructureError,
    MissingComponent,
    ProblemError,
    PromptTooLong,
    UsageError,
)
from hierarchy.ledger.records import ModelCall
from hierarchy.outcome import Outcome
from hierarchy.problem import Problem

Kind = Literal["infrastructure", "missing", "problem", "usage"]


class Description(Frozen):
    """What a worker solves with; all workers of a run must agree on all but the last two."""

    models: dict[str, str]
    prompts: dict[str, str]
    isolation: str
    hi_moe: str
    node: str = ""
    pid: int = 0

    def differs_from(self, other: "Description") -> list[str]:
        """The names of what is not the same on another machine."""
        names = ("models", "prompts", "isolation", "hi_moe")
        return [name for name in names if getattr(self, name) != getattr(other, name)]


class Reply(Frozen):
    """The answer to one problem: an outcome with its calls, or why there is none."""

    outcome: Outcome | None = None
    calls: tuple[ModelCall, ...] = ()
    failed: Kind | None = None
    reason: str = ""


_Told = TypeVar("_Told", bound=Frozen)
Opened = AbstractAsyncContextManager[tuple[Solver, Description]]


class RemoteWorker:
    """Opens a solver in its own process and asks it.

    `factory` is `MODULE:FUNCTION`; the function takes `config`, a JSON text, and gives an async context manager of a
    solver and its description.
    """

    def __init__(self, factory: str, config: str) -> None:
        module, _, name = factory.partition(":")
        self._open: Callable[[str], Opened] = getattr(importlib.import_module(module), name)
        self._config = config
        self._stack = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._opened: tuple[Solver, Description] | None = None

    async def describe(self, node: str) -> str:
        """Open the solver and say what it is: JSON of a `Description`, or of a `Reply` that says why it failed."""
        try:
            _, description = await self._ready()
        except HiMoeError as error:
            return _failure(error).model_dump_json()
        return description.model_copy(update={"node": node, "pid": os.getpid()}).model_dump_json()

    async def solve(self, problem: str, seed: int) -> str:
        """Solve a problem, given as JSON: JSON of a `Reply`."""
        try:
            solver, _ = await self._ready()
            outcome, calls = await solver.solve(Problem.model_validate_json(problem), seed=seed)
        except HiMoeError as error:
            return _failure(error).model_dump_json()
        return Reply(outcome=outcome, calls=calls).model_dump_json()

    async def aclose(self) -> None:
        """Close the solver."""
        async with self._opening:
            await self._stack.aclose()
            self._opened = None

    async def _ready(self) -> tuple[Solver, Description]:
        async with self._opening:
            if self._opened is None:
                self._opened = await self._stack.enter_async_context(self._open(self._config))
            return self._opened


def _failure(error: HiMoeError) -> Reply:
    kind: Kind = "infrastructure"
    if isinstance(error, PromptTooLong | BudgetTooSmall | ProblemError):
        kind = "problem"
    elif isinstance(error, MissingComponent):
        kind = "missing"
    elif isinstance(error, UsageError):
        kind = "usage"
    return Reply(failed=kind, reason=" ".join(str(error).split()))


_ERRORS: dict[Kind, type[HiMoeError]] = {
    "infrastructure": InfrastructureError,
    "missing": MissingComponent,
    "problem": ProblemError,
    "usage": UsageError,
}


class Remote:
    """A solver that is somewhere else. `ask` sends (problem as JSON, seed) and gives the worker's text."""

    def __init__(self, ask: Callable[[str, int], Awaitable[object]], where: str) -> None:
        self._ask = ask
        self._where = where

    async def solve(self, problem: Problem, *, seed: int) -> Solved:
        """Ask the worker. Raises what its solver raised, and what `ask` raises when the worker is gone."""
        reply = _read(Reply, await self._ask(problem.model_dump_json(), seed), self._where)
        if reply.outcome is None:
            raise _ERRORS[reply.failed or "infrastructure"](f"{reply.reason or 'no answer'} (on {self._where})")
        return Solved(reply.outcome, reply.calls)


def description_of(text: object, where: str) -> Description:
    """What a worker said about itself. Raises what opening its solver raised."""
    data = _read_json(text, where)
    if isinstance(data, dict) and "failed" in data:
        reply = _read(Reply, text, where)
        raise _ERRORS[reply.failed or "infrastructure"](f"{reply.reason} (on {where})")
    return _read(Description, text, where)


def _read_json(text: object, where: str) -> object:
    try:
        data: object = json.loads(str(text))
    except ValueError as error:
        raise InfrastructureError(f"the worker on {where} answered with something else than JSON: {error}") from None
    return data


def _read(kind: type[_Told], text: object, where: str) -> _Told:
    try:
        return kind.model_validate_json(str(text))
    except ValueError as error:
        reason = " ".join(str(error).split())[:200]
        raise InfrastructureError(f"the worker on {where} answered with something unexpected: {reason}") from None
