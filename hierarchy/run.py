"""One run from its beginning, or from its last checkpoint, to its outcome, as a stream of events."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import cast

from langchain_core.runnables import RunnableConfig

from hierarchy.context import Ring
from hierarchy.errors import InfrastructureError
from hierarchy.events import Event, RunFinished, RunStarted
from hierarchy.graph import RECURSION_LIMIT, RingGraph
from hierarchy.outcome import Outcome
from hierarchy.problem import Problem
from hierarchy.state import State


class WallClock:
    """Seconds since now, on top of those that earlier processes spent on the run."""

    def __init__(self, spent: float = 0.0) -> None:
        self._start = time.monotonic() - spent

    def elapsed(self) -> float:
        """Seconds."""
        return time.monotonic() - self._start


async def begin(graph: RingGraph, ring: Ring, problem: Problem, seed: int) -> AsyncGenerator[Event, None]:
    """Work on a problem whose run is recorded in the ledger and has no checkpoint yet; ends with `RunFinished`.

    Leaving early marks the run as interrupted: `resume` goes on with it. So does an error, which is then raised.
    """
    async with aclosing(_go_on(graph, ring, problem, seed, resumed=False)) as events:
        async for event in events:
            yield event


async def resume(graph: RingGraph, ring: Ring, problem: Problem, seed: int) -> AsyncGenerator[Event, None]:
    """Go on with a run that was stopped: finished attempts are taken from the ledger, not made again."""
    async with aclosing(_go_on(graph, ring, problem, seed, resumed=True)) as events:
        async for event in events:
            yield event


async def _go_on(
    graph: RingGraph, ring: Ring, problem: Problem, seed: int, *, resumed: bool
) -> AsyncGenerator[Event, None]:
    finished = False
    try:
        yield RunStarted(run_id=ring.run_id, problem=problem, resumed=resumed)
        saved = cast(State, (await graph.aget_state(_config(ring))).values) if resumed else None
        # No checkpoint: it was killed before the first one.
        start = None if saved else _first_state(ring, problem, seed)
        spent = ring.ledger.run(ring.run_id).seconds if resumed else 0.0
        ring = replace(ring, stopwatch=WallClock(max(spent, (saved or {}).get("elapsed", 0.0))))
        stream = graph.astream(start, _config(ring), context=ring, stream_mode="custom", durability="sync")
        async with aclosing(cast(AsyncGenerator[Event, None], stream)) as events:
            async for event in events:
                yield event
        outcome = await _outcome(graph, ring)
        ring.ledger.finish_run(ring.run_id, outcome)
        finished = True
    finally:
        if not finished:
            ring.ledger.interrupt_run(ring.run_id, ring.stopwatch.elapsed())
    await _forget(graph, ring)
    yield RunFinished(outcome=outcome)


def _first_state(ring: Ring, problem: Problem, seed: int) -> State:
    return {"run_id": ring.run_id, "problem": problem.model_dump(mode="json"), "seed": seed, "elapsed": 0.0}


async def _outcome(graph: RingGraph, ring: Ring) -> Outcome:
    values = (await graph.aget_state(_config(ring))).values
    if not values.get("outcome"):
        raise InfrastructureError(
            f"run {ring.run_id!r} ended without an outcome; go on with: hi-moe solve --resume {ring.run_id}"
        )
    return Outcome.model_validate(values["outcome"])


async def _forget(graph: RingGraph, ring: Ring) -> None:
    """Drop the checkpoints of a finished run: the ledger has all of it."""
    if graph.checkpointer and not isinstance(graph.checkpointer, bool):
        await graph.checkpointer.adelete_thread(ring.run_id)


def _config(ring: Ring) -> RunnableConfig:
    return {"configurable": {"thread_id": ring.run_id}, "recursion_limit": RECURSION_LIMIT}
