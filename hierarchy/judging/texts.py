"""Tests and results as short texts, for messages, repair prompts and the ledger."""

from hierarchy.comparison import AnyOrderMode, CheckerMode, OneOfMode
from hierarchy.problem import AssertionTest, FunctionTest, StdioTest, TestCase
from sandbox.compare.text import shorten, show

LIMIT = 400
"""Characters of each text of a failure."""


def call_text(test: FunctionTest, limit: int = LIMIT) -> str:
    """The call as it would be typed: `two_sum([2, 7], 9)`; for a method `Solution().two_sum([2, 7], 9)`."""
    arguments = [show(argument, limit) for argument in test.args]
    arguments += [f"{name}={show(value, limit)}" for name, value in test.kwargs.items()]
    head, dot, method = test.entry_point.partition(".")
    return shorten(
        f"{head}(){dot}{method}({', '.join(arguments)})" if dot else f"{head}({', '.join(arguments)})", limit
    )


def input_text(test: TestCase, limit: int = LIMIT) -> str:
    """What the candidate was given."""
    if isinstance(test, FunctionTest):
        return call_text(test, limit)
    return shorten(test.stdin if isinstance(test, StdioTest) else test.code, limit)


def expected_text(test: TestCase, limit: int = LIMIT) -> str:
    """What should have come out."""
    if isinstance(test, AssertionTest):
        return "the assertion to hold"
    if isinstance(test.compare, CheckerMode):
        return "an output that the problem's checker accepts"
    if isinstance(test, StdioTest):
        return shorten(test.stdout, limit)
    if isinstance(test.compare, OneOfMode) and isinstance(test.expected, (list, tuple)):
        return shorten(f"one of: {', '.join(show(answer, limit) for answer in test.expected)}", limit)
    in_any_order = isinstance(test.compare, AnyOrderMode) and isinstance(test.expected, (list, tuple))
    return shorten(f"{show(test.expected, limit)}{' in any order' if in_any_order else ''}", limit)


def size(test: TestCase) -> int:
    """The length of the whole input text: the smallest failing test is the one worth showing."""
    whole = 1 << 62
    return len(test.code) if isinstance(test, AssertionTest) else len(input_text(test, whole))
