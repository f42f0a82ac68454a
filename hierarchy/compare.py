"""How two results are compared: values exactly as Python's `==` would, with two deliberate differences.

1. `True` is no number: a function that returns 1 where True is expected is wrong, because `bool` is what was asked.
   (Python says `1 == True`; that is an accident of inheritance.)
2. A float may be off by rounding noise, but only where a float is *expected*; NaN equals NaN.

Everything else is Python's rule on purpose. `4 == 4.0` holds, since statements write `4` for a function that divides;
a list is no tuple; a set equals a frozenset. Both sides are plain built-in values (`sandbox.values`), so that no
method written by a candidate is ever called here.
"""

import math
import re
from collections import deque

from sandbox.values import MAX_DEPTH, Opaque

REL_TOL = 1e-6
ABS_TOL = 1e-9

_STDOUT_TOL = 1e-6
"""Absolute or relative, whichever is kinder: the rule of testlib's `rcmp6` checker."""
_DECIMAL = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?\d+[eE][-+]?\d+")
_NUMBER = re.compile(rf"{_DECIMAL.pattern}|[-+]?\d+")


def same(expected: object, actual: object, *, rel_tol: float = REL_TOL, abs_tol: float = ABS_TOL) -> bool:
    """Whether `actual` is what was expected; see the rules at the top of this file.

    Works through nested values with a list of its own instead of recursion, so depth is no limit. The cost is linear,
    but for sets of floats that differ by noise: quadratic in the size of the *expected* set, which is ours.
    """
    pending = [(expected, actual)]
    while pending:
        left, right = pending.pop()
        if isinstance(left, (list, tuple, deque)):
            if not isinstance(right, type(left)) or len(left) != len(right):
                return False
            pending.extend(zip(left, right, strict=True))
        elif isinstance(left, dict):
            if not isinstance(right, dict) or len(left) != len(right):
                return False
            values = {canonical(key): value for key, value in right.items()}
            for key, value in left.items():
                name = canonical(key)
                if name not in values:
                    return False
                pending.append((value, values[name]))
        elif isinstance(left, (set, frozenset)):
            if not isinstance(right, (set, frozenset)) or not _same_sets(left, right, rel_tol, abs_tol):
                return False
        elif not _same_scalar(left, right, rel_tol, abs_tol):
            return False
    return True


def _same_sets(
    expected: set[object] | frozenset[object], actual: set[object] | frozenset[object], rel_tol: float, abs_tol: float
) -> bool:
    if len(expected) != len(actual):
        return False
    left = {canonical(item): item for item in expected}
    right = {canonical(item): item for item in actual}
    unmatched = [item for name, item in right.items() if name not in left]
    for name, item in left.items():
        if name in right:
            continue
        for position, other in enumerate(unmatched):
            if same(item, other, rel_tol=rel_tol, abs_tol=abs_tol):
                del unmatched[position]
                break
        else:
            return False
    return not unmatched


def _same_scalar(expected: object, actual: object, rel_tol: float, abs_tol: float) -> bool:
    if isinstance(expected, Opaque) or isinstance(actual, Opaque):
        return False
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(expected, complex) and isinstance(actual, (int, float, complex)):
        try:
            other = complex(actual)
        except OverflowError:
            return False
        return _close(expected.real, other.real, rel_tol, abs_tol) and _close(
            expected.imag, other.imag, rel_tol, abs_tol
        )
    if isinstance(expected, float) and isinstance(actual, (int, float)):
        return _close(expected, actual, rel_tol, abs_tol)
    if isinstance(expected, (int, float, complex)) and isinstance(actual, (int, float, complex)):
        return expected == actual
    return type(expected) is type(actual) and expected == actual


def _close(expected: float, actual: float, rel_tol: float, abs_tol: float) -> bool:
    try:
        number = float(actual)
    except OverflowError:  # an int beyond the range of floats
        return False
    if math.isnan(expected):
        return math.isnan(number)
    return math.isclose(expected, number, rel_tol=rel_tol, abs_tol=abs_tol)


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


def canonical(value: object, digits: int | None = None) -> str:
    """A text that is equal for equal values: the order of sets and dicts, `1` or `1.0`, and the like do not matter.

    `digits` rounds floats to that many significant digits, so that rounding noise does not tell two behaviours apart;
    an `Opaque` is then known by its type. Without it nothing is rounded and an `Opaque` is equal to nothing but itself.
    Nesting beyond `MAX_DEPTH` is cut off.
    """
    return _canonical(value, digits, 0)


def _canonical(value: object, digits: int | None, depth: int) -> str:
    if depth > MAX_DEPTH:
        return "deep"
    # Plain loops instead of comprehensions: one stack frame a level, so that 200 levels fit under any caller.
    parts: list[str] = []
    if isinstance(value, (list, tuple, deque)):
        for item in value:
            parts.append(_canonical(item, digits, depth + 1))  # noqa: PERF401
        return f"{type(value).__name__}[{','.join(parts)}]"
    if isinstance(value, (set, frozenset)):
        for item in value:
            parts.append(_canonical(item, digits, depth + 1))  # noqa: PERF401
        return f"set[{','.join(sorted(parts))}]"
    if isinstance(value, dict):
        for key, item in value.items():
            name = _canonical(key, digits, depth + 1)
            parts.append(f"{name}:{_canonical(item, digits, depth + 1)}")
        return f"dict[{','.join(sorted(parts))}]"
    return _canonical_scalar(value, digits)


def _canonical_scalar(value: object, digits: int | None) -> str:
    if isinstance(value, complex):
        if value.imag == 0:
            return _canonical_scalar(value.real, digits)
        return f"complex({_canonical_scalar(value.real, digits)},{_canonical_scalar(value.imag, digits)})"
    if isinstance(value, float) and math.isfinite(value):
        rounded = float(f"{value:.{digits}g}") if digits and not value.is_integer() else value
        return hex(int(rounded)) if rounded.is_integer() else repr(rounded)
    if isinstance(value, int) and not isinstance(value, bool):
        return hex(value)  # decimal digits of a huge int are quadratic and refused by Python
    if isinstance(value, Opaque) and digits is None:
        return f"opaque@{id(value)}"
    return repr(value)


def show(value: object, limit: int = 200) -> str:
    """The value as Python source for a message, at most `limit` characters, the same in every process."""
    return shorten(_show(value, 0), limit)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters of `text`, its end replaced by an ellipsis where it is longer.

    Lone surrogates, which no file or terminal takes, are written as escapes.
    """
    text = text[: limit + 1].encode("utf-8", "backslashreplace").decode("utf-8") + text[limit + 1 :]
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


_MAX_SHOWN_BITS = 2_000


def _show(value: object, depth: int) -> str:
    if depth > MAX_DEPTH:
        return "…"
    parts: list[str] = []
    if isinstance(value, dict):
        for key, item in value.items():
            shown = _show(key, depth + 1)
            parts.append(f"{shown}: {_show(item, depth + 1)}")
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, (list, tuple, set, frozenset, deque)):
        for item in value:
            parts.append(_show(item, depth + 1))  # noqa: PERF401
        return _brackets(value, parts)
    if isinstance(value, int) and value.bit_length() > _MAX_SHOWN_BITS:
        return f"<int of {value.bit_length()} bits>"
    return repr(value)


def _brackets(value: object, parts: list[str]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(parts)}]"
    if isinstance(value, tuple):
        return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
    if isinstance(value, deque):
        return f"deque([{', '.join(parts)}])"
    body = f"{{{', '.join(sorted(parts))}}}" if parts else ""
    return body if parts and isinstance(value, set) else f"{type(value).__name__}({body})"
