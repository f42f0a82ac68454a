"""Plays whole runs around the ring with scripted answers to `add(a, b)`."""

from hierarchy import run
from hierarchy.context import Ring
from hierarchy.events import DirectiveIssued, Event, RunFinished
from hierarchy.graph import RingGraph
from hierarchy.ledger.records import RunRecord
from hierarchy.outcome import Outcome
from hierarchy.problem import Problem

RIGHT = "```python\ndef add(a, b):\n    return a + b\n```"
WRONG = "```python\ndef add(a, b):\n    return a - b\n```"
ZERO = "```python\ndef add(a, b):\n    return 0\n```"
CRASH = "```python\ndef add(a, b):\n    return a / 0\n```"


async def play(graph: RingGraph, ring: Ring, asked: Problem) -> tuple[Outcome, list[Event]]:
    ring.ledger.begin_run(RunRecord(run_id=ring.run_id, problem=asked))
    events = [event async for event in run.begin(graph, ring, asked, seed=1)]
    last = events[-1]
    assert isinstance(last, RunFinished)
    return last.outcome, events


def rungs(events: list[Event]) -> list[str]:
    return [event.directive.action for event in events if isinstance(event, DirectiveIssued)]
