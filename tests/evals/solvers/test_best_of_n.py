"""Best-of-n: which candidate is answered with, when sampling stops, and what a budget allows."""

from collections.abc import AsyncIterator

import pytest
from one_model import OneModel
from scenario import problem

from evals.solvers.asking import Asker
from evals.solvers.best_of_n import BestOfN
from hierarchy.chat import ChatRequest
from hierarchy.errors import UsageError
from hierarchy.judge import Judge
from sandbox.sandbox import Sandbox
from serving.scripted import ScriptedEngine

RIGHT = "def add(a, b):\n    return a + b\n```"
HALF = "def add(a, b):\n    return a * b\n```"
WRONG = "def add(a, b):\n    return a - 9\n```"
WORDS = len(WRONG.split())


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox() as box:
        yield Judge(box)


def scripted(*texts: str) -> ScriptedEngine:
    """Replies in turn; later ones take longer, so that they finish in order."""
    replies = list(texts)

    def reply(request: ChatRequest, index: int) -> str:
        return replies.pop(0)

    return ScriptedEngine(reply, delay=lambda request, index: 0.02 * index)


async def test_a_greedy_answer_that_passes_ends_it(judge: Judge) -> None:
    engine = scripted(RIGHT)
    outcome = (await BestOfN(Asker(OneModel(engine), judge, 512), n=4).solve(problem(), seed=0)).outcome
    assert (outcome.status, len(engine.requests)) == ("verified", 1)
    assert engine.requests[0].samples[0].temperature == 0.0


async def test_the_first_that_passes_is_the_answer(judge: Judge) -> None:
    engine = scripted(WRONG, WRONG, RIGHT, WRONG, WRONG)
    outcome, calls = await BestOfN(Asker(OneModel(engine), judge, 512), n=5).solve(problem(), seed=0)
    assert outcome.status == "verified"
    assert outcome.code is not None
    assert "a + b" in outcome.code
    assert [call.samples for call in calls] == [1, 4]
    assert len({sampling.seed for sampling in engine.requests[1].samples}) == 4


async def test_where_none_passes_the_nearest_is_the_answer(judge: Judge) -> None:
    outcome = (
        await BestOfN(Asker(OneModel(scripted(WRONG, HALF, WRONG)), judge, 512), n=3).solve(problem(), seed=0)
    ).outcome
    assert outcome.status == "unverified"
    assert outcome.code is not None
    assert "a * b" in outcome.code


async def test_where_none_holds_a_program_it_abstains(judge: Judge) -> None:
    engine = scripted("I cannot say.\n```\n", "Nor can I.\n```\n")
    outcome = (await BestOfN(Asker(OneModel(engine), judge, 512), n=2).solve(problem(), seed=0)).outcome
    assert (outcome.status, outcome.code) == ("abstained", None)


async def test_answers_of_mathematics_are_voted_on(judge: Judge) -> None:
    engine = scripted("\\boxed{5}", "\\boxed{4}", "\\boxed{4.0}", "\\boxed{7}")
    outcome = (await BestOfN(Asker(OneModel(engine), judge, 512), n=4).solve(problem("math"), seed=0)).outcome
    assert outcome.answer in ("4", "4.0")
    assert outcome.reason == "2 of 4 samples agree"


async def test_a_budget_ends_it(judge: Judge) -> None:
    engine = ScriptedEngine(lambda request, index: WRONG)
    prompt = 60
    solver = BestOfN(Asker(OneModel(engine), judge, 512), budgets={"add": 2 * prompt + 200})
    outcome = (await solver.solve(problem(), seed=0)).outcome
    assert outcome.usage.tokens <= 2 * prompt + 200 + WORDS
    assert len(outcome.attempts) > 1


async def test_a_budget_for_one_call_gives_one_call(judge: Judge) -> None:
    engine = ScriptedEngine(lambda request, index: WRONG)
    outcome = (await BestOfN(Asker(OneModel(engine), judge, 512), budgets={"add": 10}).solve(problem(), seed=0)).outcome
    assert len(outcome.attempts) == 1


async def test_more_budget_never_gives_fewer_samples(judge: Judge) -> None:
    counts = []
    for budget in (50, 200, 400, 800):
        engine = ScriptedEngine(lambda request, index: WRONG)
        solver = BestOfN(Asker(OneModel(engine), judge, 512), budgets={"add": budget})
        counts.append(len((await solver.solve(problem(), seed=0)).outcome.attempts))
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


async def test_a_problem_without_a_budget_is_an_error(judge: Judge) -> None:
    solver = BestOfN(Asker(OneModel(ScriptedEngine([])), judge, 512), budgets={"other": 10})
    with pytest.raises(UsageError, match="no finished sample of 'add'"):
        await solver.solve(problem(), seed=0)
