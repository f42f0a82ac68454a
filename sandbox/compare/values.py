"""How two results are compared: values exactly as Python's `==` would, with two deliberate differences.

1. `True` is no number: a function that returns 1 where True is expected is wrong, because `bool` is what was asked.
   (Python says `1 == True`; that is an accident of inheritance.)
2. A float may be off by rounding noise, but only where a float is *expected*; NaN equals NaN.

Everything else is Python's rule on purpose. `4 == 4.0` holds, since statements write `4` for a function that divides,
and `4 == 4+0j`; a list is no tuple; a set equals a frozenset. Both sides are plain built-in values (`sandbox.values`),
so that no method written by a candidate is ever called here. An `Opaque` equals nothing, in every mode.

The other modes change one thing each: `same_exactly` asks for the same types everywhere, a `Tolerance` says how far
floats may be off, `same_in_any_order` ignores the order of a list, `same_as_one_of` takes any of several answers.
"""

from collections import Counter, deque
from collections.abc import Iterable

from sandbox.compare.matching import matched
from sandbox.compare.text import canonical, exact
from sandbox.compare.tolerance import NOISE, Tolerance
from sandbox.values import Opaque

_MAX_NESTED_SETS = 30
"""Sets within sets beyond this are compared without regard for noise: each level takes nine stack frames."""


def same(expected: object, actual: object, tolerance: Tolerance = NOISE) -> bool:
    """Whether `actual` is what was expected; see the rules at the top of this file.

    Works through nested values with a list of its own instead of recursion, so depth is no limit. The cost is linear,
    but for floats in sets, where it is bounded (`sandbox.compare.matching`).
    """
    return _same(expected, actual, tolerance, 0)


def same_in_any_order(expected: object, actual: object, tolerance: Tolerance = NOISE) -> bool:
    """Whether two lists, or two tuples, have the same items as often as each other, in whatever order.

    Only the outermost order is free; inside the items, and for anything that is no list or tuple, it is `same`.
    """
    if not isinstance(expected, (list, tuple, deque)):
        return same(expected, actual, tolerance)
    if not isinstance(actual, type(expected)):
        return False
    return matched(expected, actual, lambda left, right: same(left, right, tolerance), tolerance)


def same_as_one_of(expected: Iterable[object], actual: object, tolerance: Tolerance = NOISE) -> bool:
    """Whether `actual` is the `same` as one of the acceptable answers."""
    return any(same(answer, actual, tolerance) for answer in expected)


def same_exactly(expected: object, actual: object) -> bool:
    """Whether both are equal and of the same types, at every level: 4 is not 4.0, and a set is no frozenset.

    Floats must be equal bit by bit, so 0.0 is not -0.0; NaN equals NaN. The order of dicts does not count, and a
    `Counter` is a dict by the time it comes here.
    """
    pending = [(expected, actual)]
    while pending:
        left, right = pending.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, (list, tuple, deque)) and isinstance(right, (list, tuple, deque)):
            if len(left) != len(right):
                return False
            pending.extend(zip(left, right, strict=True))
        elif isinstance(left, dict) and isinstance(right, dict):
            ours, theirs = ({exact(key): value for key, value in side.items()} for side in (left, right))
            if ours.keys() != theirs.keys():
                return False
            pending.extend((value, theirs[name]) for name, value in ours.items())
        elif isinstance(left, (set, frozenset)) and isinstance(right, (set, frozenset)):
            if Counter(map(exact, left)) != Counter(map(exact, right)):
                return False
        elif exact(left) != exact(right):
            return False
    return True


def _same(expected: object, actual: object, tolerance: Tolerance, sets: int) -> bool:
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
            if not isinstance(right, (set, frozenset)) or not _same_sets(left, right, tolerance, sets + 1):
                return False
        elif not _same_scalar(left, right, tolerance):
            return False
    return True


def _same_sets(
    expected: set[object] | frozenset[object], actual: set[object] | frozenset[object], tolerance: Tolerance, sets: int
) -> bool:
    if sets > _MAX_NESTED_SETS:
        return canonical(expected) == canonical(actual)
    return matched(expected, actual, lambda left, right: _same(left, right, tolerance, sets), tolerance)


def _same_scalar(expected: object, actual: object, tolerance: Tolerance) -> bool:
    if isinstance(expected, Opaque) or isinstance(actual, Opaque):
        return False
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(actual, complex) and actual.imag == 0:
        actual = actual.real
    if isinstance(expected, complex) and isinstance(actual, (int, float, complex)):
        try:
            other = complex(actual)
        except OverflowError:
            return False
        return tolerance.close(expected.real, other.real) and tolerance.close(expected.imag, other.imag)
    if isinstance(expected, float) and isinstance(actual, (int, float)):
        return tolerance.close(expected, actual)
    if isinstance(expected, (int, float, complex)) and isinstance(actual, (int, float, complex)):
        return expected == actual
    return type(expected) is type(actual) and expected == actual
