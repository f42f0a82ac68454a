"""What a program is given for a list of tests: the calls and assertions of one run, the inputs on stdin of another."""

from collections.abc import Sequence
from typing import NamedTuple

from hierarchy.judging.asserted import Prepared, prepare
from hierarchy.problem import AssertionTest, FunctionTest, StdioTest, TestCase
from sandbox.types import Call, Input, Stdin


class Called(NamedTuple):
    """The calls and assertions of some tests, for one load of a program."""

    inputs: list[Input]
    prepared: dict[int, Prepared]
    """Assertions, by the index of their test."""
    spans: dict[int, slice]
    """Which of the inputs are those of a test, by its index."""


def called(tests: Sequence[TestCase], entry_point: str | None) -> Called:
    """For all tests but those on stdin."""
    found = Called([], {}, {})
    for index, test in enumerate(tests):
        start = len(found.inputs)
        if isinstance(test, FunctionTest):
            found.inputs.append(Call(test.entry_point, test.args, test.kwargs))
        elif isinstance(test, AssertionTest):
            found.prepared[index] = prepare(test, entry_point)
            found.inputs.extend(found.prepared[index].inputs)
        else:
            continue
        found.spans[index] = slice(start, len(found.inputs))
    return found


def printed(tests: Sequence[TestCase]) -> dict[int, Stdin]:
    """For the tests on stdin, by their index."""
    return {index: Stdin(test.stdin) for index, test in enumerate(tests) if isinstance(test, StdioTest)}
