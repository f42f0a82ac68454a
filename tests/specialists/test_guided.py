"""How the guided dispatcher asks, what it makes of the answer, and what it does when there is none to use."""

import json
import math

import pytest

from hierarchy.chat import ChatRequest, Completion, JsonConstraint, Token
from hierarchy.errors import EngineFailed, MissingComponent
from hierarchy.plan import Ranking
from hierarchy.problem import Problem, Task
from hierarchy.protocols import ChatModel
from prompts.loader import load
from serving.scripted import Reply, ScriptedEngine, ScriptedGeneration
from specialists.guided import HEAD, TAIL, GuidedRouter, shorten
from specialists.registry import Registry


class Models:
    """One scripted engine under any name."""

    def __init__(self, engine: ChatModel) -> None:
        self._engine = engine
        self.asked: list[str | None] = []

    async def get(self, name: str | None = None) -> ChatModel:
        self.asked.append(name)
        return self._engine


def problem(statement: str = "Prove it.", task: Task = "text") -> Problem:
    return Problem(id="p", statement=statement, task=task)


def answer(name: str, **alternatives: float) -> Completion:
    """An answer whose name was chosen among alternatives with these probabilities."""
    text = f'{{"specialist":"{name}","confidence":0.1}}'
    top = tuple((each, math.log(p)) for each, p in alternatives.items())
    tokens = (
        Token(text='{"specialist":"', logprob=0.0),
        Token(text=name, logprob=math.log(alternatives[name]), top=top),
        Token(text='","confidence":0.1}', logprob=0.0),
    )
    return Completion(index=0, text=text, finish_reason="stop", tokens=tokens, completion_tokens=3)


async def ranked(reply: Reply, context_tokens: int = 4096) -> Ranking:
    engine = ScriptedEngine([reply], context_tokens=context_tokens)
    return await GuidedRouter(Registry.load(), Models(engine)).rank(problem(), problem().statement)


async def test_the_confidence_is_computed_not_the_one_the_model_wrote() -> None:
    ranking = await ranked(answer("math", math=0.6, general=0.2))
    assert dict(ranking.scores) == pytest.approx({"math": 0.75, "general": 0.25})
    assert ranking.best == "math"
    assert (ranking.router, ranking.model) == ("guided", "scripted")
    assert ranking.reason == 'scripted chose {"specialist":"math","confidence":0.75}'
    assert (ranking.usage.calls, ranking.usage.completion_tokens) == (1, 3)


async def test_the_ranking_says_which_prompt_was_asked() -> None:
    ranking = await ranked(answer("general", math=0.2, general=0.6))
    prompt = load("dispatch_few_shot")
    assert (ranking.prompt, ranking.prompt_version) == ("dispatch_few_shot", str(prompt.version))
    assert ranking.prompt_sha256 == prompt.sha256


@pytest.mark.parametrize("prompt", ["few_shot", "minimal"])
async def test_what_the_model_is_asked(prompt: str) -> None:
    engine = ScriptedEngine([answer("python", python=0.9)])
    models = Models(engine)
    asked = problem("Sort the words by length.", "function")
    router = GuidedRouter(Registry.load(), models, "router-7b", "minimal" if prompt == "minimal" else "few_shot")
    assert (await router.rank(asked, asked.statement)).prompt == f"dispatch_{prompt}"
    assert models.asked == ["router-7b"]
    (request,) = engine.requests
    (sampling,) = request.samples
    assert (sampling.temperature, sampling.max_tokens, sampling.top_logprobs) == (0.0, 30, 50)
    assert isinstance(sampling.constraint, JsonConstraint)
    able = json.loads(sampling.constraint.schema_text)["properties"]["specialist"]["enum"]
    assert able == ["algorithms", "data_structures", "debugging", "python", "refactoring"]
    text = "\n".join(message.content for message in request.messages)
    assert asked.statement in text
    for name in Registry.load().names():
        assert (f"{name}: {Registry.load().get(name).description}" in text) == (name in able)
    assert "Guernica" not in text


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (
            Completion(index=0, text='{"specialist":"ma', finish_reason="length", completion_tokens=30),
            "cut off after 30",
        ),
        ("I think math.", "no JSON: 'I think math.'"),
        ('{"specialist":"python","confidence":1.0}', "no specialist of this task"),
        (
            Completion(index=0, text='{"specialist":"math","confidence":1.0}', finish_reason="stop"),
            "the tokens choose none of the options",
        ),
    ],
)
async def test_an_answer_that_cannot_be_used_leaves_it_to_the_keywords(reply: Reply, said: str) -> None:
    ranking = await ranked(reply)
    assert (ranking.router, ranking.best) == ("keyword", "math")
    assert ranking.reason.startswith("keywords: prove")
    assert f"(the guided dispatcher gave no answer: {said}" in ranking.reason
    assert ranking.usage.calls == 1
    assert (ranking.model, ranking.prompt) == ("scripted", "dispatch_few_shot")


async def test_a_prompt_too_long_leaves_it_to_the_keywords_at_no_cost() -> None:
    ranking = await ranked("never asked", context_tokens=20)
    assert (ranking.router, ranking.usage.calls, ranking.model) == ("keyword", 0, "")
    assert "context of 20 tokens" in ranking.reason


async def test_a_cancelled_call_leaves_it_to_the_keywords() -> None:
    class Silent(ScriptedEngine):
        def generate(self, request: ChatRequest) -> ScriptedGeneration:
            generation = ScriptedGeneration(request, [], 0, lambda index: None)
            generation._done.put_nowait(None)
            return generation

    ranking = await GuidedRouter(Registry.load(), Models(Silent([]))).rank(problem(), "Prove it.")
    assert ranking.router == "keyword"
    assert "the call was cancelled" in ranking.reason


async def test_a_broken_engine_and_missing_weights_are_errors() -> None:
    with pytest.raises(EngineFailed, match="power cut"):
        await ranked(EngineFailed("power cut"))

    class Nothing:
        async def get(self, name: str | None = None) -> ChatModel:
            raise MissingComponent("no weights")

    with pytest.raises(MissingComponent, match="no weights"):
        await GuidedRouter(Registry.load(), Nothing()).rank(problem(), "x")


async def test_where_one_alone_serves_the_task_nobody_is_asked() -> None:
    models = Models(ScriptedEngine([]))
    registry = Registry([Registry.load().get("math")])
    ranking = await GuidedRouter(registry, models).rank(problem(), "x")
    assert (ranking.scores, ranking.reason) == ((("math", 1.0),), "alone serves 'text'")
    assert models.asked == []


def test_a_long_problem_is_shortened_to_its_ends() -> None:
    text = "a" * HEAD + "b" * 5000 + "c" * TAIL
    short = shorten(text)
    assert short == "a" * HEAD + "\n[...]\n" + "c" * TAIL
    assert shorten("x" * (HEAD + TAIL)) == "x" * (HEAD + TAIL)
