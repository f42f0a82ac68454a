"""Whole runs around the ring: scripted answers, real sandbox, real ledger, real checkpoints."""

import json
from collections.abc import Callable

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from ring import CRASH, RIGHT, WRONG, ZERO, play, rungs
from scenario import policy, problem

from hierarchy.chat import ChatRequest, Completion, Token
from hierarchy.context import Ring
from hierarchy.events import CandidateJudged, SamplesCancelled, Surprised
from hierarchy.graph import RingGraph, build, plain_serializer
from hierarchy.problem import FunctionTest, Problem
from serving.scripted import ScriptedEngine

RingOver = Callable[..., Ring]


@pytest.fixture
def graph() -> RingGraph:
    return build(InMemorySaver(serde=plain_serializer()))


async def test_a_right_first_answer_is_verified_in_one_round(graph: RingGraph, ring_over: RingOver) -> None:
    engine = ScriptedEngine([RIGHT])
    ring = ring_over(engine)
    outcome, events = await play(graph, ring, problem())
    assert (outcome.status, outcome.rounds, outcome.usage.calls) == ("verified", 1, 1)
    assert outcome.code == "def add(a, b):\n    return a + b\n"
    assert rungs(events) == ["direct", "stop"]
    assert engine.requests[0].samples[0].temperature == 0.0
    record = ring.ledger.run(ring.run_id)
    assert (record.state, record.outcome) == ("finished", outcome)
    assert [call.tier for call in ring.ledger.calls(ring.run_id)] == ["fleet"]
    assert ring.ledger.routes(ring.run_id)[0].route.shares == (("python", 1),)


async def test_siblings_of_a_verified_sample_are_cancelled(graph: RingGraph, ring_over: RingOver) -> None:
    def reply(request: ChatRequest, index: int) -> str:
        return WRONG if len(request.samples) == 1 else RIGHT

    def delay(request: ChatRequest, index: int) -> float:
        return 0.0 if index == 0 else 60.0

    engine = ScriptedEngine(reply, delay=delay)
    outcome, events = await play(graph, ring_over(engine), problem())
    assert (outcome.status, rungs(events)) == ("verified", ["direct", "sample", "stop"])
    cancelled = sum(event.samples for event in events if isinstance(event, SamplesCancelled))
    judged = sum(isinstance(event, CandidateJudged) for event in events)
    assert cancelled == len(engine.cancelled)
    assert judged + cancelled == 1 + 8
    assert cancelled >= 6


async def test_samples_differ_in_seed_and_are_the_same_again(graph: RingGraph, ring_over: RingOver) -> None:
    engine = ScriptedEngine(lambda request, index: ZERO)
    await play(graph, ring_over(engine, policy=policy(repairs=0, plan=False)), problem())
    seeds = [sample.seed for request in engine.requests for sample in request.samples]
    assert len(set(seeds)) == len(seeds) == 9


async def test_a_repair_sees_the_shortest_failing_input_and_the_real_output(
    graph: RingGraph, ring_over: RingOver
) -> None:
    def reply(request: ChatRequest, index: int) -> str:
        return RIGHT if "add(1, 2)" in request.messages[-1].content + request.messages[-2].content else WRONG

    engine = ScriptedEngine(reply)
    outcome, events = await play(graph, ring_over(engine), problem())
    assert (outcome.status, rungs(events)) == ("verified", ["direct", "sample", "repair", "stop"])
    told = "\n".join(message.content for message in engine.requests[-1].messages)
    assert "add(1, 2)" in told
    assert "-1" in told
    repaired = next(attempt for attempt in outcome.attempts if attempt.id == outcome.selected_id)
    assert repaired.parent_id in {attempt.id for attempt in outcome.attempts if attempt.round < 2}
    assert repaired.candidate.specialist == "debugging"


async def test_a_stuck_run_is_planned_in_waves_and_the_surprise_is_flagged(
    graph: RingGraph, ring_over: RingOver
) -> None:
    plan = json.dumps(
        {
            "steps": [
                {"id": "left", "goal": "write the left helper", "depends_on": []},
                {"id": "right", "goal": "write the right helper", "depends_on": []},
                {"id": "join", "goal": "put them together", "depends_on": []},
            ],
            "checks": ["assert add(5, 5) == 10"],
        }
    )

    def reply(request: ChatRequest, index: int) -> str:
        if request.samples[0].constraint:
            return plan
        text = "\n".join(message.content for message in request.messages)
        if "left helper" in text and "right helper" in text:
            return RIGHT
        if "left helper" in text or "right helper" in text:
            return "```python\ndef helper(x):\n    return x\n```"
        return WRONG

    engine = ScriptedEngine(reply)
    ring = ring_over(engine)
    outcome, events = await play(graph, ring, problem())
    assert rungs(events) == ["direct", "sample", "repair", "plan", "plan", "stop"]
    assert outcome.status == "verified"
    steps = {attempt.step for attempt in outcome.attempts if attempt.action == "plan"}
    assert steps == {"left", "right", None}
    assert [event.text for event in events if isinstance(event, Surprised)] == list(outcome.surprises)
    assert outcome.surprises
    flagged = {record.directive.round: record.surprise for record in ring.ledger.rounds(ring.run_id) if record.surprise}
    assert flagged == dict(zip((0, 4), outcome.surprises, strict=True))


async def test_the_last_rung_is_the_bigger_engine(graph: RingGraph, ring_over: RingOver) -> None:
    bigger = ScriptedEngine(lambda request, index: RIGHT, name="bigger")
    small = ScriptedEngine(lambda request, index: WRONG)
    ring = ring_over(small, bigger=bigger, policy=policy(repairs=0, plan=False, can_escalate=True))
    outcome, events = await play(graph, ring, problem())
    assert (outcome.status, rungs(events)) == ("verified", ["direct", "sample", "escalate", "stop"])
    assert {attempt.candidate.model for attempt in outcome.attempts if attempt.action == "escalate"} == {"bigger"}


async def test_a_run_that_nothing_solves_ends_with_its_best_and_says_so(graph: RingGraph, ring_over: RingOver) -> None:
    engine = ScriptedEngine(lambda request, index: "not json" if request.samples[0].constraint else ZERO)
    outcome, _ = await play(graph, ring_over(engine), problem())
    assert outcome.status == "unverified"
    assert outcome.p_correct == 0.02
    selected = next(attempt for attempt in outcome.attempts if attempt.id == outcome.selected_id)
    assert selected.verdict.tests_passed == 1


async def test_without_tests_what_most_candidates_do_is_agreed(graph: RingGraph, ring_over: RingOver) -> None:
    def reply(request: ChatRequest, index: int) -> str:
        return WRONG if len(request.samples) == 1 else ZERO if index == 0 else RIGHT

    ring = ring_over(ScriptedEngine(reply), policy=policy(confidence=0.5))
    outcome, events = await play(graph, ring, problem(tests=False))
    assert outcome.status == "agreed"
    assert outcome.code == "def add(a, b):\n    return a + b\n"
    assert rungs(events)[:2] == ["direct", "sample"]


async def test_math_answers_agree_by_value(graph: RingGraph, ring_over: RingOver) -> None:
    answers = ["\\boxed{5}", "\\boxed{1/2}", "\\boxed{0.5}", "\\boxed{\\frac{1}{2}}", "\\boxed{7}"]

    def reply(request: ChatRequest, index: int) -> str:
        return answers[0] if len(request.samples) == 1 else answers[1 + index % 4]

    ring = ring_over(ScriptedEngine(reply), policy=policy(confidence=0.1))
    asked = Problem(id="half", statement="What is a half of one?", task="math")
    outcome, _ = await play(graph, ring, asked)
    assert outcome.status == "agreed"
    assert outcome.answer in ("1/2", "0.5", "\\frac{1}{2}")


async def test_open_text_gets_one_answer_and_one_critique(graph: RingGraph, ring_over: RingOver) -> None:
    doubt = Completion(
        index=0,
        text='{"correct":"yes"}',
        finish_reason="stop",
        tokens=(
            Token(text='{"correct":"', logprob=0.0),
            Token(text="yes", logprob=-0.5, top=(("yes", -0.5), ("no", -0.5))),
            Token(text='"}', logprob=0.0),
        ),
    )
    engine = ScriptedEngine(lambda request, index: doubt if request.samples[0].constraint else "Because of Rayleigh.")
    asked = Problem(id="sky", statement="Why is the sky blue?", task="text")
    outcome, events = await play(graph, ring_over(engine), asked)
    assert (outcome.status, outcome.text, outcome.p_correct) == ("unverified", "Because of Rayleigh.", 0.5)
    assert rungs(events) == ["direct", "stop"]


async def test_a_weakly_tested_pass_goes_on_to_samples_when_confidence_is_asked_for(
    graph: RingGraph, ring_over: RingOver
) -> None:
    one_test = problem().model_copy(
        update={"public_tests": (FunctionTest(entry_point="add", args=(0, 0), expected=0),)}
    )

    def reply(request: ChatRequest, index: int) -> str:
        return ZERO if len(request.samples) == 1 else RIGHT

    ring = ring_over(ScriptedEngine(reply), policy=policy(confidence=0.9))
    outcome, events = await play(graph, ring, one_test)
    assert rungs(events) == ["direct", "sample", "stop"]
    assert (outcome.status, outcome.code) == ("verified", "def add(a, b):\n    return a + b\n")


async def test_crashing_candidates_are_repaired_with_their_error(graph: RingGraph, ring_over: RingOver) -> None:
    def reply(request: ChatRequest, index: int) -> str:
        told = "\n".join(message.content for message in request.messages)
        return RIGHT if "ZeroDivisionError" in told else CRASH

    outcome, events = await play(graph, ring_over(ScriptedEngine(reply)), problem())
    assert (outcome.status, rungs(events)) == ("verified", ["direct", "sample", "repair", "stop"])


async def test_remarks_without_a_program_are_no_answer(graph: RingGraph, ring_over: RingOver) -> None:
    engine = ScriptedEngine(lambda request, index: "# I would add a and b.\n")
    ring = ring_over(engine, policy=policy(repairs=0, plan=False))
    outcome, _ = await play(graph, ring, problem(tests=False))
    assert (outcome.status, outcome.code) == ("abstained", None)
