"""One call: what is asked, what is answered, what it cost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from one_model import OneModel
from scenario import problem

from evals.solvers.asking import Asker
from evals.solvers.direct import Direct
from hierarchy.errors import EngineFailed, PromptTooLong, SettingsError
from hierarchy.judge import Judge
from hierarchy.specialist import Specialist
from sandbox.sandbox import Sandbox
from serving.llama_cpp.engine import LlamaCppEngine
from serving.scripted import Reply, ScriptedEngine

RIGHT = "def add(a, b):\n    return a + b\n```"
WRONG = "def add(a, b):\n    return a - b\n```"


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox() as box:
        yield Judge(box)


def direct(judge: Judge, *replies: Reply, temperature: float = 0.0) -> tuple[Direct, ScriptedEngine]:
    engine = ScriptedEngine(replies)
    return Direct(Asker(OneModel(engine), judge, 512), temperature), engine


async def test_a_right_answer_is_verified(judge: Judge) -> None:
    solver, engine = direct(judge, RIGHT)
    outcome, calls = await solver.solve(problem(), seed=3)
    assert outcome.status == "verified"
    assert outcome.code is not None
    assert "a + b" in outcome.code
    assert outcome.usage.completion_tokens == 7  # words before the closing fence
    assert [call.tier for call in calls] == ["fleet"]
    assert engine.requests[0].samples[0].seed == 3


async def test_it_is_greedy_and_bounded(judge: Judge) -> None:
    solver, engine = direct(judge, RIGHT)
    await solver.solve(problem(), seed=0)
    sampling = engine.requests[0].samples[0]
    assert (sampling.temperature, sampling.top_p, sampling.max_tokens) == (0.0, 1.0, 512)


async def test_a_temperature_is_used(judge: Judge) -> None:
    solver, engine = direct(judge, RIGHT, temperature=0.6)
    await solver.solve(problem(), seed=0)
    assert engine.requests[0].samples[0].temperature == 0.6


async def test_a_wrong_answer_is_given_all_the_same(judge: Judge) -> None:
    solver, _ = direct(judge, WRONG)
    outcome = (await solver.solve(problem(), seed=0)).outcome
    assert (outcome.status, outcome.p_correct) == ("unverified", 0.02)
    assert outcome.code is not None


async def test_no_program_is_an_abstention(judge: Judge) -> None:
    solver, _ = direct(judge, "I cannot say.\n```\n")
    outcome = (await solver.solve(problem(), seed=0)).outcome
    assert outcome.status == "abstained"


async def test_a_final_answer_is_read(judge: Judge) -> None:
    solver, _ = direct(judge, "Two and two make \\boxed{4}.")
    outcome = (await solver.solve(problem("math"), seed=0)).outcome
    assert outcome.answer == "4"


async def test_a_broken_engine_is_raised_and_not_an_answer(judge: Judge) -> None:
    solver, _ = direct(judge, EngineFailed("it broke"))
    with pytest.raises(EngineFailed):
        await solver.solve(problem(), seed=0)


async def test_a_prompt_beyond_the_context_is_raised(judge: Judge) -> None:
    solver = Direct(Asker(OneModel(ScriptedEngine([RIGHT], context_tokens=5)), judge, 512))
    with pytest.raises(PromptTooLong):
        await solver.solve(problem(), seed=0)


async def test_a_specialist_is_asked_with_its_own_prompt(judge: Judge) -> None:
    coder = Specialist(name="coder", description="x", prompts={"function": "solve_algorithms"}, max_tokens=100)
    engine = ScriptedEngine([RIGHT])
    outcome, calls = await Direct(Asker(OneModel(engine), judge, 512, coder)).solve(problem(), seed=0)
    assert calls[0].prompt == "solve_algorithms"
    assert engine.requests[0].samples[0].max_tokens == 100
    assert outcome.attempts[0].candidate.specialist == "coder"


async def test_a_specialist_for_other_tasks_is_an_error(judge: Judge) -> None:
    coder = Specialist(name="coder", description="x", prompts={"function": "solve_function"})
    with pytest.raises(SettingsError, match="'coder' serves function, not the task 'math'"):
        await Direct(Asker(OneModel(ScriptedEngine([])), judge, 512, coder)).solve(problem("math"), seed=0)


async def test_a_real_model_is_asked(judge: Judge, engine: LlamaCppEngine, tmp_path: Path) -> None:
    outcome, calls = await Direct(Asker(OneModel(engine), judge, 64)).solve(problem(), seed=0)
    assert outcome.usage.prompt_tokens > 10
    assert 0 < outcome.usage.completion_tokens <= 64
    assert calls[0].usage.model_seconds > 0
