"""Long results: the verdicts are those of whole values, and what was returned stays in the sandbox."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from evals.grading.code import InputsGrader
from evals.grading.digests import Digest, received
from evals.grading.references import References
from evals.item import InputsCheck
from hierarchy.judge import Judge
from sandbox.sandbox import Sandbox

LONG = "def f(n):\n    return list(range(n))\n"
CHECK = InputsCheck("f", LONG, base=((3,), (5000,), (400_000,)))


@pytest.fixture
async def known(tmp_path: Path) -> AsyncIterator[tuple[InputsGrader, References]]:
    async with Sandbox() as box:
        references = References(Judge(box), tmp_path)
        yield InputsGrader(Judge(box), references), references


async def test_only_long_values_become_digests(known: tuple[InputsGrader, References]) -> None:
    _, references = known
    short, long, longer = (await references.expected("t", CHECK, CHECK.base)).values
    assert short == [0, 1, 2]
    assert isinstance(long, Digest)
    assert isinstance(longer, Digest)
    assert long != longer


async def test_plain_values_are_whole(known: tuple[InputsGrader, References]) -> None:
    _, references = known
    assert (await references.plain("t", CHECK, CHECK.base)).values[1] == list(range(5000))


@pytest.mark.parametrize(
    ("code", "right"),
    [
        (LONG, True),
        ("def f(n):\n    return [float(i) for i in range(n)]\n", True),
        ("def f(n):\n    return tuple(range(n))\n", False),
        ("def f(n):\n    return list(range(n))[:4999] + [0]\n", False),
        ("def f(n):\n    return list(range(n)) if n < 400000 else 1 / 0\n", False),
        ("class Sub(list): pass\ndef f(n):\n    return Sub(range(n))\n", False),
        ("import collections\ndef f(n):\n    return collections.deque(range(n))\n", False),
        ("def f(n):\n    return '0' * 64\n", False),
        ("import marshal\nmarshal.dumps = lambda *_: b'x' * 5000\ndef f(n):\n    return list(range(n))\n", True),
        ("def g(n): pass", False),
    ],
)
async def test_verdicts_are_those_of_whole_values(
    known: tuple[InputsGrader, References], code: str, right: bool
) -> None:
    grader, _ = known
    assert (await grader.grade("t", CHECK, code)).passed is right


async def test_equal_inside_is_equal(known: tuple[InputsGrader, References]) -> None:
    grader, _ = known
    check = InputsCheck("f", "def f(n):\n    return [[i] for i in range(n)]\n", base=((3000,),))
    assert (await grader.grade("t", check, "def f(n):\n    return [[float(i)] for i in range(n)]\n")).passed


async def test_what_needs_a_tolerance_or_is_not_equal_to_itself_stays_whole(
    known: tuple[InputsGrader, References],
) -> None:
    grader, references = known
    floats = InputsCheck("f", "def f(n):\n    return [i / 3 for i in range(n)]\n", base=((2000,),))
    (value,) = (await references.expected("t", floats, floats.base)).values
    assert isinstance(value, list)
    assert (await grader.grade("t", floats, "def f(n):\n    return [i * (1 / 3) for i in range(n)]\n")).passed
    other = InputsCheck("f", "def f(n):\n    return ['a', [float('nan')], *range(n)]\n", base=((3000,),))
    (value,) = (await references.expected("t", other, other.base)).values
    assert isinstance(value, list)


def test_what_is_no_digest_is_one_of_nothing() -> None:
    assert received([3]) == 3
    assert received("ab") == Digest("ab")
    assert received([1, 2]) == received(None) == Digest("")
