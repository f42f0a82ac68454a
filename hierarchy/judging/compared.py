"""Comparing one output with what its test expects, in the test's mode. Pure, and in this process."""

from hierarchy.comparison import (
    AnyOrderMode,
    ExactMode,
    FloatsMode,
    LinesMode,
    OneOfMode,
    PrintedComparison,
    TokensMode,
    ToleranceMode,
    ValueComparison,
)
from hierarchy.judging.results import ACCEPTED, Result
from hierarchy.judging.texts import LIMIT
from hierarchy.problem import FunctionTest, StdioTest
from sandbox.compare.printed import same_lines, same_numbers, same_output, same_tokens
from sandbox.compare.text import shorten, show
from sandbox.compare.tolerance import Tolerance
from sandbox.compare.values import same, same_as_one_of, same_exactly, same_in_any_order


def compare_returned(test: FunctionTest, value: object) -> Result:
    """The result of a call that returned `value`; a checker is asked elsewhere."""
    return ACCEPTED if _is_returned(test.compare, test.expected, value) else wrong(show(value, LIMIT))


def compare_printed(test: StdioTest, text: str) -> Result:
    """The result of a program that printed `text`; a checker is asked elsewhere."""
    return ACCEPTED if _is_printed(test.compare, test.stdout, text) else wrong(shown_output(text))


def wrong(actual: str) -> Result:
    """A wrong answer, as text."""
    return Result("wrong_answer", shorten(actual, LIMIT))


def shown_output(text: str) -> str:
    """Printed text for a person."""
    return shorten(text.rstrip(), LIMIT) or "nothing was printed"


def _is_returned(mode: ValueComparison, expected: object, actual: object) -> bool:
    match mode:
        case ExactMode():
            return same_exactly(expected, actual)
        case ToleranceMode():
            return same(expected, actual, Tolerance(mode.rtol, mode.atol))
        case AnyOrderMode():
            return same_in_any_order(expected, actual, Tolerance(mode.rtol, mode.atol))
        case OneOfMode() if isinstance(expected, (list, tuple)):
            return same_as_one_of(expected, actual, Tolerance(mode.rtol, mode.atol))
    return same(expected, actual)


def _is_printed(mode: PrintedComparison, expected: str, actual: str) -> bool:
    match mode:
        case LinesMode():
            return same_lines(expected, actual)
        case TokensMode():
            return same_tokens(expected, actual)
        case FloatsMode():
            return same_numbers(expected, actual, Tolerance(mode.rtol, mode.atol))
    return same_output(expected, actual)
