"""Runs that are interrupted or fail, and how they go on: real sandbox, real ledger, real checkpoints."""

import contextlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from ring import RIGHT, ZERO, play, rungs
from scenario import policy, problem

from hierarchy import run
from hierarchy.chat import ChatRequest
from hierarchy.context import Ring
from hierarchy.errors import EngineFailed, InfrastructureError, PromptTooLong
from hierarchy.events import CandidateJudged, RunFinished
from hierarchy.graph import RingGraph, build, plain_serializer
from hierarchy.ledger.records import RunRecord
from hierarchy.usage import Budget
from sandbox.oneshot import OneShot
from sandbox.sandbox import Sandbox
from sandbox.tiers import Opened
from serving.scripted import ScriptedEngine

RingOver = Callable[..., Ring]


@pytest.fixture
def graph() -> RingGraph:
    return build(InMemorySaver(serde=plain_serializer()))


async def test_a_prompt_longer_than_the_context_is_an_error_and_the_run_is_kept(
    graph: RingGraph, ring_over: RingOver
) -> None:
    ring = ring_over(ScriptedEngine([], context_tokens=10))
    with pytest.raises(PromptTooLong, match=r"tokens, more than the context of 10 tokens of 'scripted'"):
        await play(graph, ring, problem())
    assert ring.ledger.run(ring.run_id).state == "interrupted"


async def test_a_broken_engine_is_one_error(graph: RingGraph, ring_over: RingOver) -> None:
    ring = ring_over(ScriptedEngine([EngineFailed("the engine broke")]))
    with pytest.raises(EngineFailed, match="the engine broke"):
        await play(graph, ring, problem())


async def test_an_interrupted_run_goes_on_without_repeating_what_was_finished(
    graph: RingGraph, ring_over: RingOver
) -> None:
    def delay(request: ChatRequest, index: int) -> float:
        return 0.0 if len(request.samples) == 1 or index == 0 else 60.0

    slow = ScriptedEngine(lambda request, index: ZERO, delay=delay)
    ring = ring_over(slow, policy=policy(samples=4, repairs=0, plan=False))
    ring.ledger.begin_run(RunRecord(run_id=ring.run_id, problem=problem()))
    async with contextlib.aclosing(run.begin(graph, ring, problem(), seed=1)) as events:
        judged = 0
        async for event in events:
            judged += isinstance(event, CandidateJudged)
            if judged == 2:
                break
    assert ring.ledger.run(ring.run_id).state == "interrupted"
    assert len(ring.ledger.attempts(ring.run_id)) >= 2
    kept = {attempt.id for attempt in ring.ledger.attempts(ring.run_id)}

    quick = ScriptedEngine(lambda request, index: RIGHT)
    again = ring_over(quick, policy=policy(samples=4, repairs=0, plan=False))
    resumed = [event async for event in run.resume(graph, again, problem(), seed=1)]
    replayed = {event.attempt.id for event in resumed if isinstance(event, CandidateJudged) and event.replayed}
    last = resumed[-1]
    assert isinstance(last, RunFinished)
    assert last.outcome.status == "verified"
    assert replayed
    assert replayed <= kept
    assert sum(len(request.samples) for request in quick.requests) == 4 - len(replayed)
    assert rungs(resumed) == ["stop"]


async def test_a_run_killed_before_its_first_checkpoint_starts_over(graph: RingGraph, ring_over: RingOver) -> None:
    ring = ring_over(ScriptedEngine([RIGHT]))
    ring.ledger.begin_run(RunRecord(run_id=ring.run_id, problem=problem()))
    events = [event async for event in run.resume(graph, ring, problem(), seed=1)]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].outcome.status == "verified"


async def test_a_sandbox_that_fails_on_everything_is_our_error_and_the_run_can_go_on(
    graph: RingGraph, ring_over: RingOver, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = ring_over(ScriptedEngine([RIGHT]))
    last = (await sandbox.opened()).last
    assert last is not None
    without_bwrap = replace(last.launcher, view=None, bwrap="/nonexistent/bwrap")

    async def broken() -> Opened:
        return Opened([OneShot(without_bwrap)])

    with monkeypatch.context() as patched:
        patched.setattr(sandbox, "opened", broken)
        with pytest.raises(InfrastructureError, match=r"the sandbox failed on every answer: .*hi-moe doctor"):
            await play(graph, ring, problem())
    assert ring.ledger.run(ring.run_id).state == "interrupted"
    assert ring.ledger.attempts(ring.run_id) == ()
    mended = ring_over(ScriptedEngine([RIGHT]))
    events = [event async for event in run.resume(graph, mended, problem(), seed=1)]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].outcome.status == "verified"
    assert events[-1].outcome.usage.calls == 2


async def test_leaving_at_the_first_event_interrupts_the_run(graph: RingGraph, ring_over: RingOver) -> None:
    ring = ring_over(ScriptedEngine([RIGHT]))
    ring.ledger.begin_run(RunRecord(run_id=ring.run_id, problem=problem()))
    async with contextlib.aclosing(run.begin(graph, ring, problem(), seed=1)) as events:
        await anext(events)
    assert ring.ledger.run(ring.run_id).state == "interrupted"


async def test_the_time_before_an_interruption_counts_after_it(graph: RingGraph, ring_over: RingOver) -> None:
    ring = ring_over(ScriptedEngine([RIGHT]))
    ring.ledger.begin_run(RunRecord(run_id=ring.run_id, problem=problem()))
    ring.ledger.interrupt_run(ring.run_id, 100.0)
    again = ring_over(ScriptedEngine([RIGHT], delay=3600), policy=policy(budget=Budget(wall_seconds=50)))
    again.ledger.begin_run(RunRecord(run_id=ring.run_id, problem=problem()))
    events = [event async for event in run.resume(graph, again, problem(), seed=1)]
    assert isinstance(events[-1], RunFinished)
    assert events[-1].outcome.seconds >= 100
    assert events[-1].outcome.reason == "the budget of 50 wall seconds is spent"
