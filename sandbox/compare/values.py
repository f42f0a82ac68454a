"""How two results are compared: values exactly as Python's `==` would, with two deliberate differences.

1. `True` is no number: a function that returns 1 where True is expected is wrong, because `bool` is what was asked.
   (Python says `1 == True`; that is an accident of inheritance.)
2. A float may be off by rounding noise, but only where a float is *expected*; NaN equals NaN.

Everything else is Python's rule on purpose. `4 == 4.0` holds, since statements write `4` for a function that divides;
a list is no tuple; a set equals a frozenset. Both sides are plain built-in values (`sandbox.values`), so that no
method written by a candidate is ever called here.
"""

import math
from collections import deque

from sandbox.compare.text import canonical
from sandbox.values import Opaque

REL_TOL = 1e-6
ABS_TOL = 1e-9


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
