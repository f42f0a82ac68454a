"""Narrow questions to the model: what does this one call return?

Asked only about inputs on which the leading behaviours differ, so that every answer tells one from another. An answer
that is neither's output decides nothing.
"""

import ast
from collections.abc import Callable, Sequence
from typing import NamedTuple

from hierarchy.asking import messages_of, only_completion
from hierarchy.chat import ChatRequest, Sampling
from hierarchy.errors import PromptTooLong
from hierarchy.judging.texts import call_text
from hierarchy.problem import FunctionTest, Problem
from hierarchy.protocols import ChatModel
from hierarchy.usage import Usage
from prompts.loader import Prompt, load
from sandbox.compare.text import show
from sandbox.compare.values import same
from sandbox.types import Call

OnCall = Callable[[ChatModel, Prompt, Usage, int], None]
"""Told of every model call: the prompt, what it cost, how many samples were drawn."""

_MAX_TOKENS = 96
_MAX_SHOWN = 300
"""Characters; a call or an output longer than this is no narrow question."""


class Question(NamedTuple):
    """One call and the outputs that the leading programs give for it, the favourite's first."""

    call: Call
    outputs: tuple[object, ...]


class Tally(NamedTuple):
    """What the answers said."""

    votes: tuple[int, ...]
    """Answers that match each output, in the order of the outputs."""
    usage: Usage


async def adjudicate(model: ChatModel, problem: Problem, questions: Sequence[Question], on_call: OnCall) -> Tally:
    """Ask every question once, greedily, and count whose outputs the answers match."""
    votes = [0] * max((len(question.outputs) for question in questions), default=0)
    usage = Usage()
    prompt = load("adjudicate")
    for question in questions:
        turns = prompt.render(statement=problem.statement, call=shown(question.call))
        request = ChatRequest(
            messages=messages_of(turns),
            samples=(Sampling(max_tokens=_MAX_TOKENS, stop=("\n",)),),
        )
        try:
            generation = model.generate(request)
        except PromptTooLong:
            break
        try:
            completion = await only_completion(generation)
        finally:
            usage += generation.usage
            on_call(model, prompt, generation.usage, 1)
        for position in _matching(completion.text if completion else "", question.outputs):
            votes[position] += 1
    return Tally(tuple(votes), usage)


def is_narrow(call: Call, outputs: Sequence[object]) -> bool:
    """Whether the call and its outputs are short enough to be asked about."""
    return len(shown(call)) <= _MAX_SHOWN and all(len(show(output)) <= _MAX_SHOWN // 2 for output in outputs)


def shown(call: Call) -> str:
    """The call as it would be typed."""
    test = FunctionTest(entry_point=call.entry_point, args=call.args, kwargs=dict(call.kwargs), expected=None)
    return call_text(test, _MAX_SHOWN + 1)


def _matching(text: str, outputs: Sequence[object]) -> list[int]:
    """The outputs that the answer equals: one at most, since the outputs differ."""
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return []
    return [position for position, output in enumerate(outputs) if same(output, value)][:1]
