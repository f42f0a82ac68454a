"""How much a value weighs: what a program returned may be too much to hand to whoever has to check it."""

from collections import deque
from collections.abc import Sequence

from sandbox.compare.text import shorten
from sandbox.values import MAX_DEPTH, Opaque

MAX_WEIGHT = 64 << 20
"""A value that weighs more is not checked. One within the default `Limits.output_bytes` weighs at most half of it."""
_VALUE = 64
"""Bytes that the interpreter takes for an empty list and the reference to it."""
_MAX_NAME = 200


class Unfit(ValueError):
    """No check can be asked about this value; the message says what it is."""


def weigh(value: object, most: float = MAX_WEIGHT) -> int:
    """About how many bytes of memory the value takes where it is handed to.

    Raises `Unfit` for one that weighs more than `most`, and for one that is nested too deeply to be an argument.
    """
    weight, level = 0, [value]
    for _ in range(MAX_DEPTH):
        weight += _VALUE * len(level)
        below: list[object] = []
        for item in level:
            if isinstance(item, (list, tuple, set, frozenset, deque)):
                below += item
            elif isinstance(item, dict):
                below += item
                below += item.values()
            elif isinstance(item, (str, bytes)):
                weight += len(item)
            elif isinstance(item, int):
                weight += item.bit_length() >> 3
        if weight > most:
            raise Unfit(f"too large to be checked: it takes more than {MAX_WEIGHT >> 20} MiB")
        if not below:
            return weight
        level = below
    raise Unfit(f"nested deeper than {MAX_DEPTH} levels")


def weigh_together(values: Sequence[object]) -> int:
    """The weight of all of them. Raises `Unfit` as `weigh` does, when that is more than `MAX_WEIGHT`."""
    total = 0
    for value in values:
        total += weigh(value, MAX_WEIGHT - total)
    return total


def refuse_opaque(value: object) -> None:
    """Raises `Unfit` for a value that holds an object of a class which is not sent. The value has been weighed."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Opaque):
            raise Unfit(f"no plain data: it holds an object of type {shorten(item.type_name, _MAX_NAME)}")
        if isinstance(item, dict):
            waiting += item
            waiting += item.values()
        elif isinstance(item, (list, tuple, set, frozenset, deque)):
            waiting += item
