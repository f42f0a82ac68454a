"""The ring as a LangGraph state machine: Monitor → Architect → Dispatcher → Fleet → Monitor, one exit.

The nodes get a typed view of the state and give plain JSON back, so that a checkpoint holds data only. Each node may
run again after a crash: what it did is in the ledger under unique keys, and is not done twice.
"""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from hierarchy.architect import architect
from hierarchy.context import Emit, Ring
from hierarchy.dispatcher import dispatcher
from hierarchy.events import Tier, TierEntered
from hierarchy.fleet import fleet
from hierarchy.monitor import monitor
from hierarchy.state import Json, RingState, State, view

Work = Callable[[RingState, Ring, Emit], Awaitable[Json]]
RingGraph = CompiledStateGraph[State, Ring, State, State]

TIERS: dict[Tier, Work] = {
    "monitor": monitor,
    "architect": architect,
    "dispatcher": dispatcher,
    "fleet": fleet,
}
RECURSION_LIMIT = 4 * 1000
"""Super-steps: four tiers for more rounds than any budget allows; the budget ends a run, not this."""


def build(checkpointer: BaseCheckpointSaver[Any]) -> RingGraph:
    """The compiled ring. Its context is a `Ring`, its custom stream the events."""
    graph = StateGraph(State, context_schema=Ring)
    for tier, work in TIERS.items():
        graph.add_node(tier, _Node(tier, work))
    graph.add_edge(START, "monitor")
    graph.add_conditional_edges("monitor", _is_over, {True: END, False: "architect"})
    graph.add_edge("architect", "dispatcher")
    graph.add_edge("dispatcher", "fleet")
    graph.add_edge("fleet", "monitor")
    return graph.compile(checkpointer=checkpointer)


def plain_serializer() -> JsonPlusSerializer:
    """A checkpoint serializer that revives no class: the state is plain JSON, and a checkpoint file is input."""
    return JsonPlusSerializer(allowed_msgpack_modules=None)


class _Node:
    """One tier as LangGraph calls it."""

    def __init__(self, tier: Tier, work: Work) -> None:
        self._tier = tier
        self._work = work

    async def __call__(self, state: State, *, runtime: Runtime[Ring]) -> State:
        ring = runtime.context
        seen = view(state)
        runtime.stream_writer(TierEntered(tier=self._tier, round=seen.round))
        update = await self._work(seen, ring, runtime.stream_writer)
        return cast(State, {**update, "elapsed": ring.stopwatch.elapsed()})


def _is_over(state: State) -> bool:
    return state["directives"][-1]["action"] == "stop"
