"""Values as text: one that is equal for equal values, and one for people."""

import math
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from sandbox.values import MAX_DEPTH, Opaque

_MAX_SHOWN_BITS = 2_000


def canonical(value: object, digits: int | None = None) -> str:
    """A text that is equal for equal values: the order of sets and dicts, `1` or `1.0`, and the like do not matter.

    `digits` rounds floats to that many significant digits, so that rounding noise does not tell two behaviours apart;
    an `Opaque` is then known by its type. Without it nothing is rounded, and an `Opaque` is equal to nothing but
    itself, as is what is nested deeper than `MAX_DEPTH`.
    """
    return _text(value, _Style(lambda scalar: _canonical_scalar(scalar, digits), False, digits is None), 0)


def exact(value: object) -> str:
    """A text that is equal for equal values of the same types.

    `1`, `1.0` and `True` differ, as do `0.0` and `-0.0`, a set and a frozenset. The order of sets and dicts does not
    matter. An `Opaque` is equal to nothing but itself, as is what is nested deeper than `MAX_DEPTH`.
    """
    return _text(value, _Style(_exact_scalar, True, True), 0)


class _Style(NamedTuple):
    scalar: Callable[[object], str]
    names_sets: bool
    """A set is told from a frozenset."""
    tells_deep: bool
    """What is nested too deeply is known by its identity."""


def _text(value: object, style: _Style, depth: int) -> str:
    if depth > MAX_DEPTH:
        return f"deep@{id(value)}" if style.tells_deep else "deep"
    # Plain loops instead of comprehensions: one stack frame a level, so that 200 levels fit under any caller.
    parts: list[str] = []
    if isinstance(value, (list, tuple, deque)):
        for item in value:
            parts.append(_text(item, style, depth + 1))  # noqa: PERF401
        return f"{type(value).__name__}[{','.join(parts)}]"
    if isinstance(value, (set, frozenset)):
        for item in value:
            parts.append(_text(item, style, depth + 1))  # noqa: PERF401
        return f"{type(value).__name__ if style.names_sets else 'set'}[{','.join(sorted(parts))}]"
    if isinstance(value, dict):
        for key, item in value.items():
            name = _text(key, style, depth + 1)
            parts.append(f"{name}:{_text(item, style, depth + 1)}")
        return f"dict[{','.join(sorted(parts))}]"
    return style.scalar(value)


def _canonical_scalar(value: object, digits: int | None) -> str:
    if isinstance(value, complex):
        if value.imag == 0:
            return _canonical_scalar(value.real, digits)
        return f"complex({_canonical_scalar(value.real, digits)},{_canonical_scalar(value.imag, digits)})"
    if isinstance(value, float) and math.isfinite(value):
        rounded = float(f"{value:.{digits}g}") if digits and not value.is_integer() else value
        return hex(int(rounded)) if rounded.is_integer() else repr(rounded)
    return _exact_scalar(value) if digits is None or not isinstance(value, Opaque) else repr(value)


def _exact_scalar(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return hex(value)  # decimal digits of a huge int are quadratic and refused by Python
    if isinstance(value, float):
        return value.hex()  # never that of an int: it has a point, or is inf or nan
    if isinstance(value, complex):
        return f"complex({value.real.hex()},{value.imag.hex()})"
    return f"opaque@{id(value)}" if isinstance(value, Opaque) else repr(value)


def show(value: object, limit: int = 200) -> str:
    """The value as Python source for a message, at most `limit` characters, the same in every process."""
    return shorten(_show(value, limit, 0), limit)


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters of `text`, its end replaced by an ellipsis where it is longer.

    Lone surrogates, which no file or terminal takes, are written as escapes.
    """
    text = text[: limit + 1].encode("utf-8", "backslashreplace").decode("utf-8") + text[limit + 1 :]
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _show(value: object, limit: int, depth: int) -> str:
    """The text, whole or at least its first `limit` characters and one more: a million items need not be written."""
    if depth > MAX_DEPTH:
        return "…"
    parts: list[str] = []
    length = 0
    if isinstance(value, dict):
        for key, item in value.items():
            shown = _show(key, limit, depth + 1)
            parts.append(f"{shown}: {_show(item, limit, depth + 1)}")
            length += len(parts[-1]) + 2
            if length > limit:
                break
        return f"{{{', '.join(parts)}}}"
    if isinstance(value, (list, tuple, set, frozenset, deque)):
        for item in value:
            parts.append(_show(item, limit, depth + 1))
            length += len(parts[-1]) + 2
            # A set is sorted first, so that it is the same in every process.
            if length > limit and not isinstance(value, (set, frozenset)):
                break
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
