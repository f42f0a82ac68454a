"""Narrow questions: which are asked, how answers are read, what they decide. The engine is scripted."""

import pytest

from hierarchy.problem import Problem
from hierarchy.protocols import ChatModel
from hierarchy.selection.adjudicate import Question, adjudicate, is_narrow, shown
from hierarchy.usage import Usage
from prompts.loader import Prompt
from sandbox.types import Call
from serving.scripted import ScriptedEngine

PROBLEM = Problem(id="p", statement="Return the sum of xs, 0 when empty.", task="function", entry_point="f")
EMPTY = Question(Call("f", ([],)), (0, None))
PAIR = Question(Call("f", ([1, 2],)), (3, [3]))


async def tally(engine: ScriptedEngine, *questions: Question) -> tuple[tuple[int, ...], list[int]]:
    calls: list[int] = []

    def on_call(model: ChatModel, prompt: Prompt, usage: Usage, samples: int) -> None:
        assert prompt.name == "adjudicate"
        assert usage.calls == 1
        calls.append(samples)

    result = await adjudicate(engine, PROBLEM, questions, on_call)
    assert result.usage.calls == len(calls)
    return result.votes, calls


async def test_each_answer_is_a_vote_for_the_output_it_equals() -> None:
    engine = ScriptedEngine(["0", "3"])
    assert await tally(engine, EMPTY, PAIR) == ((2, 0), [1, 1])


async def test_the_call_is_asked_as_it_would_be_typed() -> None:
    engine = ScriptedEngine(["None"])
    assert await tally(engine, EMPTY) == ((0, 1), [1])
    (request,) = engine.requests
    assert any("f([])" in message.content for message in request.messages)
    assert any(PROBLEM.statement in message.content for message in request.messages)


@pytest.mark.parametrize("answer", ["7", "", "I think it is 0", "f([])", "(" * 500, "[[3]", "True"])
async def test_an_answer_that_is_nobodys_output_decides_nothing(answer: str) -> None:
    votes, _ = await tally(ScriptedEngine([answer]), EMPTY)
    assert votes == (0, 0)


async def test_a_statement_longer_than_the_context_ends_the_questions() -> None:
    engine = ScriptedEngine(["0"], context_tokens=5)
    assert await tally(engine, EMPTY, PAIR) == ((0, 0), [])


async def test_nothing_asked_nothing_counted() -> None:
    assert await tally(ScriptedEngine([])) == ((), [])


def test_long_calls_and_outputs_are_no_narrow_questions() -> None:
    assert is_narrow(Call("f", ([1, 2],)), (3, None))
    assert not is_narrow(Call("f", (list(range(200)),)), (3, None))
    assert not is_narrow(Call("f", ([1],)), ("x" * 200, None))


def test_keyword_arguments_and_methods_are_shown() -> None:
    assert shown(Call("f", (1,), {"reverse": True})) == "f(1, reverse=True)"
    assert shown(Call("Solution.run", ("a",))) == "Solution().run('a')"
