"""Budgets of tokens, calls and seconds bound a whole run."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from ring import RIGHT, ZERO, play
from scenario import policy, problem

from hierarchy.context import Ring
from hierarchy.errors import UsageError
from hierarchy.graph import RingGraph, build, plain_serializer
from hierarchy.problem import Problem
from hierarchy.usage import Budget
from serving.scripted import ScriptedEngine

RingOver = Callable[..., Ring]


@pytest.fixture
def graph() -> RingGraph:
    return build(InMemorySaver(serde=plain_serializer()))


async def test_the_token_budget_bounds_what_is_sampled(graph: RingGraph, ring_over: RingOver) -> None:
    engine = ScriptedEngine(lambda request, index: "word " * 5000)
    ring = ring_over(engine, policy=policy(budget=Budget(tokens=600)))
    outcome, _ = await play(graph, ring, problem())
    assert outcome.usage.tokens <= 600
    assert outcome.reason == "the budget of 600 tokens is spent"
    assert outcome.status == "abstained"


async def test_the_wall_budget_stops_a_slow_engine(graph: RingGraph, ring_over: RingOver) -> None:
    engine = ScriptedEngine(lambda request, index: RIGHT, delay=3600.0)
    outcome, _ = await play(graph, ring_over(engine, policy=policy(budget=Budget(wall_seconds=0.3))), problem())
    assert engine.cancelled == [(0, 0)]
    assert outcome.status == "abstained"
    assert outcome.reason == "the budget of 0.3 wall seconds is spent"


async def test_the_budget_of_calls_bounds_how_many_specialists_are_asked(graph: RingGraph, ring_over: RingOver) -> None:
    engine = ScriptedEngine(lambda request, index: ZERO)
    outcome, _ = await play(graph, ring_over(engine, policy=policy(budget=Budget(calls=2))), problem())
    assert len(engine.requests) == outcome.usage.calls == 2
    assert outcome.reason == "the budget of 2 calls is spent"


async def test_time_that_runs_out_while_a_model_opens_starts_no_sampling(graph: RingGraph, ring_over: RingOver) -> None:
    engine = ScriptedEngine(lambda request, index: RIGHT)

    class Slow:
        async def get(self, name: str | None = None) -> ScriptedEngine:
            await asyncio.sleep(0.5)
            return engine

    ring = replace(ring_over(engine, policy=policy(budget=Budget(wall_seconds=0.2))), models=Slow())
    outcome, _ = await play(graph, ring, problem())
    assert (outcome.status, engine.requests) == ("abstained", [])


async def test_a_budget_smaller_than_the_prompt_is_named(graph: RingGraph, ring_over: RingOver) -> None:
    ring = ring_over(ScriptedEngine([RIGHT]), policy=policy(budget=Budget(tokens=5)))
    with pytest.raises(UsageError, match=r"the prompt alone has \d+ tokens, and budget.tokens is 5; raise it"):
        await play(graph, ring, problem())


async def test_open_text_is_not_criticised_once_the_budget_is_spent(graph: RingGraph, ring_over: RingOver) -> None:
    engine = ScriptedEngine(lambda request, index: "Because of Rayleigh.")
    ring = ring_over(engine, policy=policy(budget=Budget(calls=1)))
    outcome, _ = await play(graph, ring, Problem(id="sky", statement="Why is the sky blue?", task="text"))
    assert len(engine.requests) == outcome.usage.calls == 1
    assert (outcome.status, outcome.reason) == ("unverified", "the budget of 1 calls is spent")


async def test_a_verified_answer_is_the_reason_even_when_it_took_the_whole_budget(
    graph: RingGraph, ring_over: RingOver
) -> None:
    ring = ring_over(ScriptedEngine([RIGHT]), policy=policy(budget=Budget(calls=1)))
    outcome, _ = await play(graph, ring, problem())
    assert (outcome.status, outcome.reason) == ("verified", "passes all 2 public tests")
