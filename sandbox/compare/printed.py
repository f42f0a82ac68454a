"""How printed output is compared with the expected text."""

import math
import re

_STDOUT_TOL = 1e-6
"""Absolute or relative, whichever is kinder: the rule of testlib's `rcmp6` checker."""
_DECIMAL = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+")
_NUMBER = re.compile(rf"{_DECIMAL.pattern}|[-+]?\d+")


def same_output(expected: str, actual: str) -> bool:
    """Whether a program printed what was expected, as contest judges see it.

    White space at line ends and empty lines at the end never count. Where the expected text is not indented (indented
    text may be a drawing), only the tokens count; a decimal token may be off by 1e-6, absolute or relative.
    """
    left, right = _lines(expected), _lines(actual)
    if left == right:
        return True
    if any(line[:1].isspace() for line in left):
        return False
    wanted, printed = expected.split(), actual.split()
    return len(wanted) == len(printed) and all(map(_same_token, wanted, printed))


def _lines(text: str) -> list[str]:
    lines = [line.rstrip() for line in text.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _same_token(expected: str, actual: str) -> bool:
    if expected == actual:
        return True
    if not _DECIMAL.fullmatch(expected) or not _NUMBER.fullmatch(actual):
        return False
    return math.isclose(float(expected), float(actual), rel_tol=_STDOUT_TOL, abs_tol=_STDOUT_TOL)
