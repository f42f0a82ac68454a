"""Custom checkers: a program written for one problem that says whether an output is right.

It defines `check(input, output)` or `check(input, output, expected)` and returns a bool, or a bool and a message. It is
code from a problem file, so it runs in the sandbox too, in a process of its own: the program that it judges is not
there, and only data comes to it.

An output at which it raises, hits a limit, dies or answers something else is wrong: the program chose that output, and
must not escape its verdict by it. Only a checker that cannot be asked at all is a fault of the problem.
"""

import ast
import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.compare.asking import Runner, ask
from sandbox.compare.source import Unparsable, parse
from sandbox.compare.text import shorten, show
from sandbox.compare.weight import Unfit, refuse_opaque, weigh
from sandbox.types import Call, CaseResult, CaseStatus

NAME = "check"
_MAX_MESSAGE = 200
_ENDS: dict[CaseStatus, str] = {
    "exception": "raised",
    "time_limit": "was stopped:",
    "memory_limit": "was stopped:",
    "output_limit": "was stopped:",
    "crashed": "died:",
    "not_run": "was not asked:",
}


class CheckerError(ValueError):
    """The source is no checker; the message says why."""


@dataclass(frozen=True)
class Question:
    """One output to be judged."""

    input: object
    """The tuple of a call's arguments, or the standard input as text."""
    output: object
    """What the call returned, or the standard output as text."""
    expected: object = None
    """For a checker that takes it."""


@dataclass(frozen=True)
class Opinion:
    """What the checker says of one output."""

    status: Literal["right", "wrong", "failed"]
    """`failed`: the checker does not load, or could not be run, whatever the output is."""
    message: str = ""


def parameters(source: str) -> Literal[2, 3]:
    """How many arguments `check` takes; with three, the last is the expected output. Raises `CheckerError`."""
    try:
        body = parse(source)
    except Unparsable as error:
        raise CheckerError(f"the checker is no valid Python: {error}") from error
    found = [node for node in body if isinstance(node, ast.FunctionDef) and node.name == NAME]
    if not found:
        raise CheckerError(f"the checker defines no function {NAME!r}; write def check(input, output)")
    arguments = found[-1].args
    count = len(arguments.posonlyargs) + len(arguments.args)
    if arguments.vararg or arguments.kwonlyargs or count not in (2, 3):
        shown = shorten(ast.unparse(arguments), 80)
        raise CheckerError(f"{NAME!r} takes ({shown}); it must take (input, output) or (input, output, expected)")
    return 2 if count == 2 else 3


async def consult(source: str, questions: Sequence[Question], run: Runner) -> tuple[list[Opinion], float]:
    """The checker's opinions, in order, and the wall seconds of the process that held it.

    An output that is no data (an object of a class of its own, a value nested too deeply or far too large) is wrong
    without asking.
    Raises `CheckerError` where the source is no checker.
    """
    count = parameters(source)
    opinions: list[Opinion] = []
    calls: dict[int, Call] = {}
    weights: list[int] = []
    for index, question in enumerate(questions):
        try:
            weights.append(_weight(question, count))
            calls[index] = Call(NAME, (question.input, question.output, question.expected)[:count])
            opinions.append(Opinion("failed"))
        except _Settled as settled:
            opinions.append(settled.opinion)
        # An output may have a million parts: whatever else this process does goes on between two of them.
        await asyncio.sleep(0)
    if not calls:
        return opinions, 0.0
    answers = await ask(source, list(calls.values()), weights, run)
    failure = Opinion("failed", shorten(answers.failure, _MAX_MESSAGE))
    for position, index in enumerate(calls):
        opinions[index] = failure if answers.failure else _opinion(answers.cases[position])
    return opinions, answers.seconds


class _Settled(Exception):
    """There is an opinion without asking."""

    def __init__(self, opinion: Opinion) -> None:
        self.opinion = opinion


def _weight(question: Question, count: int) -> int:
    """What the checker's process has to take. Raises `_Settled`."""
    try:
        weight = weigh(question.output)
        refuse_opaque(question.output)
    except Unfit as error:
        raise _Settled(Opinion("wrong", f"the value is {error}")) from None
    try:
        # However large: nobody hostile chose it.
        return weight + weigh((question.input, question.expected)[: count - 1], math.inf)
    except Unfit as error:
        raise _Settled(Opinion("failed", f"the test cannot be handed over: {error}")) from None


def _opinion(case: CaseResult) -> Opinion:
    value = case.value
    if case.status != "ok":
        text = f"{case.error_type}: {case.error_message}" if case.error_type else case.error_message
        return Opinion("wrong", shorten(f"the checker {_ENDS[case.status]} {text or case.status}", _MAX_MESSAGE))
    if isinstance(value, bool):
        return Opinion("right" if value else "wrong")
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], bool) and isinstance(value[1], str):
        return Opinion("right" if value[0] else "wrong", shorten(value[1], _MAX_MESSAGE))
    shown = show(value, _MAX_MESSAGE)
    return Opinion("wrong", f"the checker returned {shown}, which is neither a bool nor a bool and a text")
