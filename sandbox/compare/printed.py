"""How printed output is compared with the expected text.

| function | what counts |
|---|---|
| `same_output` | the default: tokens, decimal ones within 1e-6; whole lines where the expected text is indented |
| `same_lines` | everything but white space at line ends and empty lines at the end |
| `same_tokens` | what stands between white space, exactly |
| `same_numbers` | the same, numbers within a tolerance |

All of them take time linear in the length of both texts.
"""

import re
from collections.abc import Callable

from sandbox.compare.tolerance import Tolerance

PRINTED = Tolerance(1e-6, 1e-6, symmetric=True)
"""Absolute or relative, whichever is kinder: the rule of testlib's `rcmp6` checker."""
_DECIMAL = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+", re.ASCII)
_NUMBER = re.compile(rf"{_DECIMAL.pattern}|[-+]?\d+", re.ASCII)


def same_output(expected: str, actual: str) -> bool:
    """Whether a program printed what was expected, as contest judges see it.

    White space at line ends and empty lines at the end never count. Where the expected text is not indented (indented
    text may be a drawing), only the tokens count; a decimal token may be off by 1e-6, absolute or relative.
    """
    left, right = _lines(expected.splitlines()), _lines(actual.splitlines())
    if left == right:
        return True
    if any(line[:1].isspace() for line in left):
        return False
    return _same_tokens(expected, actual, lambda wanted, got: _is_decimal(wanted) and _close(wanted, got, PRINTED))


def same_lines(expected: str, actual: str) -> bool:
    """Whether the texts are the same line by line, but for white space at line ends and empty lines at the end."""
    return _lines(expected.split("\n")) == _lines(actual.split("\n"))


def same_tokens(expected: str, actual: str) -> bool:
    """Whether the texts hold the same tokens in the same order; how they are spread over lines does not count."""
    return expected.split() == actual.split()


def same_numbers(expected: str, actual: str, tolerance: Tolerance = PRINTED) -> bool:
    """Whether the texts hold the same tokens, numbers within the tolerance.

    Two integers must be equal: the tolerance is for numbers of which one at least is written with a point or an
    exponent. (C++ prints 3.0 as `3`.)
    """

    def near(wanted: str, got: str) -> bool:
        return (_is_decimal(wanted) or _is_decimal(got)) and _close(wanted, got, tolerance)

    return _same_tokens(expected, actual, near)


def _same_tokens(expected: str, actual: str, near: Callable[[str, str], bool]) -> bool:
    wanted, printed = expected.split(), actual.split()
    return len(wanted) == len(printed) and all(
        ours == theirs or near(ours, theirs) for ours, theirs in zip(wanted, printed, strict=True)
    )


def _lines(lines: list[str]) -> list[str]:
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _is_decimal(token: str) -> bool:
    return _DECIMAL.fullmatch(token) is not None


def _close(expected: str, actual: str, tolerance: Tolerance) -> bool:
    if not _NUMBER.fullmatch(expected) or not _NUMBER.fullmatch(actual):
        return False
    return tolerance.close(float(expected), float(actual))
