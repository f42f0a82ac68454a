"""Custom checkers: a program written for one problem that says whether an output is right.

It defines `check(input, output)` or `check(input, output, expected)` and returns a bool, or a bool and a message. It is
code from a problem file, so it runs in the sandbox too, in a process of its own: the program that it judges is not
there, and only data comes to it. Whatever it does but answer is a fault of the problem, never of the program.
"""

import ast
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sandbox.compare.source import Unparsable, parse
from sandbox.compare.text import shorten, show
from sandbox.types import Call, CaseResult, Execution, Input
from sandbox.values import Opaque, ValueCodecError, encode

NAME = "check"
_MAX_MESSAGE = 200

Runner = Callable[[str, Sequence[Input]], Awaitable[Execution]]
"""Runs a program's source on inputs: `lambda source, inputs: sandbox.run(Program(source), inputs)`."""


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
    """`failed`: the checker raised, was stopped by a limit or returned something else."""
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

    An output that is no data (an object of a class of its own, a value nested too deeply) is wrong without asking.
    Raises `CheckerError` where the source is no checker.
    """
    count = parameters(source)
    opinions = [_without_asking(question) for question in questions]
    waiting = [index for index, opinion in enumerate(opinions) if opinion is None]
    seconds = 0.0
    if waiting:
        asked = [questions[index] for index in waiting]
        calls = [Call(NAME, (one.input, one.output, one.expected)[:count]) for one in asked]
        execution = await run(source, calls)
        seconds = execution.wall_seconds
        for position, index in enumerate(waiting):
            opinions[index] = (
                _opinion(execution.results[position])
                if execution.status == "ok"
                else Opinion("failed", shorten(execution.detail, _MAX_MESSAGE))
            )
    return [opinion or Opinion("failed") for opinion in opinions], seconds


def _without_asking(question: Question) -> Opinion | None:
    strange = _first_opaque([question.output])
    if strange is not None:
        return Opinion("wrong", f"an object of type {shorten(strange.type_name, _MAX_MESSAGE)} is no plain data")
    try:
        encode([question.output])
    except ValueCodecError as error:
        return Opinion("wrong", f"the value is {error}")
    try:
        encode([question.input, question.expected])
    except ValueCodecError as error:
        return Opinion("failed", f"the test cannot be handed over: {error}")
    return None


def _first_opaque(values: Iterable[object]) -> Opaque | None:
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if isinstance(value, Opaque):
            return value
        if isinstance(value, dict):
            waiting += (*value.keys(), *value.values())
        elif isinstance(value, (list, tuple, set, frozenset, deque)):
            waiting += value
    return None


def _opinion(case: CaseResult) -> Opinion:
    if case.status != "ok":
        text = f"{case.error_type}: {case.error_message}" if case.error_type else case.error_message
        return Opinion("failed", shorten(f"{case.status}: {text}" if text else case.status, _MAX_MESSAGE))
    value = case.value
    if isinstance(value, bool):
        return Opinion("right" if value else "wrong")
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[0], bool) and isinstance(value[1], str):
        return Opinion("right" if value[0] else "wrong", shorten(value[1], _MAX_MESSAGE))
    return Opinion("failed", f"it returned {show(value, _MAX_MESSAGE)}, which is neither a bool nor a bool and a text")
