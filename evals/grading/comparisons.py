"""How EvalPlus 0.3.1 compares what a call returned with what the reference returned (`evalplus/eval/__init__.py`,
`unsafe_execute`, and `_special_oracle.py`), rule for rule, so that the verdicts are the same.

Equality is Python's own (`True == 1`, and a list is no tuple). Where floats are expected, the row's tolerance counts,
and where it has none 1e-6, from the first input on at which the reference returned floats. Some tasks of MBPP+ accept
more than the reference's own answer. One rule is mended: the oracle of HumanEval/32 in EvalPlus never marks an input as
passed, so that it refuses every program; here what counts is what it computes, the polynomial's value at the result.

Both sides are plain data (`sandbox.values`): no method of a candidate's is ever called, and what a candidate returned
cannot make a comparison slow.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from hierarchy.errors import MissingComponent
from sandbox.compare.text import shorten, show

RTOL = 1e-7
"""Beside any tolerance: the default of `numpy.testing.assert_allclose`."""
FLOAT_ATOL = 1e-6
"""For expected floats of a row without a tolerance."""
FIND_ZERO = "find_zero"
MBPP = "mbpp "
"""Begins the rule of every task of MBPP+; the entry point then says whether it is a special one."""

NOT_NONE = ("check_str", "text_match_three", "text_starta_endb")
"""Tasks that return a match object: it only counts whether there is one."""
ANY_ORDER = (
    "similar_elements",
    "find_char_long",
    "common_in_nested_lists",
    "extract_singly",
    "larg_nnum",
    "intersection_array",
    "find_dissimilar",
    "Diff",
)
"""Tasks whose results are compared as sets."""

Arguments = Sequence[Any]


class Comparison:
    """The rule of one task."""

    def __init__(self, rule: str, entry_point: str, atol: float) -> None:
        self._atol = atol
        self._matches: Callable[[Arguments, Any, Any], bool] = _equal
        if rule == FIND_ZERO:
            self._matches = lambda args, _, found: abs(_polynomial(args[0], found)) <= atol
        elif rule.startswith(MBPP):
            self._matches = _special(entry_point, atol)
        self._is_final = rule == FIND_ZERO
        self.is_equality = self._matches is _equal
        """Results are right when they are equal, or close."""
        self.only_presence = rule.startswith(MBPP) and entry_point in NOT_NONE
        self.in_any_order = rule.startswith(MBPP) and entry_point in ANY_ORDER

    def failing(self, calls: Sequence[Arguments], expected: Sequence[object], found: Mapping[int, object]) -> list[int]:
        """Which of the calls returned something wrong, of those with a result in `found`. Their order counts: see the
        module. Raises `MissingComponent` where a tolerance counts and numpy is not installed."""
        atol, wrong = self._atol, []
        for index, (args, wanted) in enumerate(zip(calls, expected, strict=True)):
            atol = FLOAT_ATOL if not atol and _is_floats(wanted) else atol
            if index in found and not self._accepts(args, wanted, found[index], atol):
                wrong.append(index)
        return wrong

    def describe(self, expected: object, limit: int) -> str:
        """What would have been right, for a person."""
        if self._is_final:
            return f"a zero of the polynomial, within {self._atol:g}"
        if self.only_presence:
            return "a match" if expected else "None"
        return shorten(f"{show(expected, limit)}{' in any order' if self.in_any_order else ''}", limit)

    def _accepts(self, args: Arguments, expected: Any, found: Any, atol: float) -> bool:
        # In EvalPlus, too, an answer at which its oracle raises is a wrong one.
        try:
            right = self._matches(args, expected, found)
            return right or (not self._is_final and atol > 0 and _close(expected, found, atol))
        except (TypeError, ValueError, ArithmeticError, RecursionError):
            return False


def _equal(_: Arguments, expected: Any, found: Any) -> bool:
    return bool(found == expected)


def _special(entry_point: str, atol: float) -> Callable[[Arguments, Any, Any], bool]:
    if entry_point in ANY_ORDER:
        return lambda _, expected, found: _same_items(expected, found)
    if entry_point in NOT_NONE:
        return lambda _, expected, found: (found if isinstance(found, bool) else found is not None) == expected
    rules: dict[str, Callable[[Arguments, Any, Any], bool]] = {
        "are_equivalent": lambda args, expected, found: True,
        "sum_div": lambda args, expected, found: bool(found == expected or found == 0),
        "surface_Area": lambda args, expected, found: bool(
            found == expected or abs(found - _surface_area(*args)) <= atol
        ),
        "digit_distance_nums": lambda args, expected, found: bool(found == expected or found == _digit_distance(*args)),
    }
    return rules.get(entry_point, _equal)


def _same_items(expected: Iterable[Any], found: Iterable[Any]) -> bool:
    """`set(found) == set(expected)`, in time that a hostile `found` cannot make quadratic: only what was expected is
    put into a table."""
    wanted, seen = set(expected), set()
    for item in found:
        if item not in wanted:
            return False
        seen.add(item)
    return len(seen) == len(wanted)


def _is_floats(value: object) -> bool:
    if isinstance(value, list | tuple) and value:
        return all(isinstance(item, float) for item in value)
    return isinstance(value, float)


def _close(expected: Any, found: Any, atol: float) -> bool:
    if type(found) is not type(expected):
        return False
    if isinstance(expected, list | tuple) and len(found) != len(expected):
        return False
    try:
        import numpy as np
    except ImportError:
        raise MissingComponent("grading with tolerances needs numpy; run: pip install 'hi-moe[evals]'") from None
    with np.errstate(all="ignore"):
        return bool(np.allclose(found, expected, rtol=RTOL, atol=atol))


def _polynomial(coefficients: Sequence[float], x: float) -> float:
    return sum(factor * math.pow(x, power) for power, factor in enumerate(coefficients))


def _surface_area(base_edge: float, height: float) -> int:
    """Mbpp/581, where `height` is taken for that of the pyramid and not of its sides."""
    slant_height = math.sqrt((base_edge / 2) ** 2 + height**2)
    return round(base_edge**2 + 4 * (base_edge * slant_height) / 2)


def _digit_distance(first: int, second: int) -> int:
    """Mbpp/558, where the shorter number is filled up with zeros."""
    length = max(len(str(first)), len(str(second)))
    pairs = zip(str(first).zfill(length), str(second).zfill(length), strict=True)
    return sum(abs(int(one) - int(other)) for one, other in pairs)
