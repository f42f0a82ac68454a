"""Checkers asked by somebody who has only the sandbox."""

from collections.abc import Sequence

import pytest

from sandbox.compare.checker import CheckerError, Opinion, Question, consult, parameters
from sandbox.sandbox import Sandbox
from sandbox.types import Execution, Input, Program
from sandbox.values import Opaque

SQUARE = "def check(input, output):\n    return abs(output * output - input) < 1e-6, f'{output} squared'"


async def ask(box: Sandbox, source: str, *questions: Question) -> list[Opinion]:
    async def run(program: str, inputs: Sequence[Input]) -> Execution:
        return await box.run(Program(program), inputs)

    opinions, seconds = await consult(source, questions, run)
    assert seconds >= 0
    return opinions


async def test_opinions_come_in_order(box: Sandbox) -> None:
    opinions = await ask(box, SQUARE, Question(4, 2), Question(4, 3), Question(4, -2.0), Question(4, "x"))
    assert [opinion.status for opinion in opinions] == ["right", "wrong", "right", "wrong"]
    assert opinions[1].message == "3 squared"
    assert opinions[3].message.startswith("the checker raised TypeError: can't multiply sequence")


async def test_what_was_expected_is_for_checkers_that_take_it(box: Sandbox) -> None:
    source = "def check(input, output, expected): return input + output == expected"
    opinions = await ask(box, source, Question(1, 2, 3), Question(1, 2, 4))
    assert [opinion.status for opinion in opinions] == ["right", "wrong"]


async def test_data_arrives_as_it_is(box: Sandbox) -> None:
    hard = [{(1, 2): {3}}, frozenset({b"\0"}), "\ud800", 10**5000, -0.0, float("inf")]
    source = "def check(input, output): return list(map(type, output)) == list(map(type, input)) and input == output"
    assert await ask(box, source, Question(hard, hard)) == [Opinion("right")]


async def test_nothing_to_ask_is_nothing_to_run(box: Sandbox) -> None:
    assert await ask(box, SQUARE) == []
    opaque = Question(1, {"k": (Opaque("m.T"),)})
    assert await ask(box, SQUARE, opaque) == [
        Opinion("wrong", "the value is no plain data: it holds an object of type m.T")
    ]


async def test_a_long_message_is_cut(box: Sandbox) -> None:
    (opinion,) = await ask(box, "def check(input, output): return False, 'x' * 1000", Question(1, 1))
    assert opinion == Opinion("wrong", "x" * 199 + "…")


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("def check(a, b): pass", 2),
        ("import math\ndef other(): pass\ndef check(a, b, c=None, /): pass", 3),
        ("def check(): pass\ndef check(a, b): pass", 2),
        ("def check(a, b, **more): pass", 2),
    ],
)
def test_how_many_arguments_a_checker_takes(source: str, count: int) -> None:
    assert parameters(source) == count


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "the checker defines no function 'check'; write def check(input, output)"),
        ("check = len", "defines no function 'check'"),
        ("class A:\n    def check(self, a): pass", "defines no function 'check'"),
        ("async def check(a, b): pass", "defines no function 'check'"),
        ("def check(a): pass", "'check' takes (a); it must take (input, output) or (input, output, expected)"),
        ("def check(a, b, c, d): pass", "'check' takes (a, b, c, d)"),
        ("def check(*a): pass", "'check' takes (*a)"),
        ("def check(a, b, *, c): pass", "'check' takes (a, b, *, c)"),
        ("def check(", "the checker is no valid Python: '(' was never closed"),
        ("x = '\0'", "the checker is no valid Python"),
        ("x = 1\n" * 10_000, "the checker is no valid Python: more than 20000 characters"),
        ("x = '\ud800'", "the checker is no valid Python"),
        ("(" * 5000, "the checker is no valid Python"),
    ],
)
def test_what_is_no_checker_is_refused(source: str, words: str) -> None:
    with pytest.raises(CheckerError) as caught:
        parameters(source)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_no_checker_is_asked_nothing(box: Sandbox) -> None:
    with pytest.raises(CheckerError, match="defines no function"):
        await ask(box, "x = 1", Question(1, 1))
