"""EvalPlus's rules, one by one. Expectations are those of its `unsafe_execute`, read and tried."""

import math

import pytest

from evals.grading.comparisons import Comparison
from sandbox.values import Opaque


def right(
    rule: str, entry_point: str, expected: object, found: object, args: tuple[object, ...] = (), atol: float = 0.0
) -> bool:
    return not Comparison(rule, entry_point, atol).failing([args], [expected], {0: found})


@pytest.mark.parametrize(
    ("expected", "found", "same"),
    [
        (1, True, True),
        (1, 1.0, True),
        ([1, 2], (1, 2), False),
        ("a", "a", True),
        ({1, 2}, frozenset({2, 1}), True),
        (1.0, 1.0 + 1e-7, True),
        (1.0, 1.0 + 1e-5, False),
        ([1.0, 2.0], [1.0, 2.0 + 1e-7], True),
        ([1.0, 2.0], (1.0, 2.0), False),
        ([1.0, 2.0], [1.0], False),
        (1.0, "1.0", False),
        (math.inf, math.inf, True),
        (math.nan, math.nan, False),
        ([], [], True),
        ([1, 1.5], [1, 1.5 + 1e-9], False),
        (None, Opaque("re.Match"), False),
    ],
)
def test_values(expected: object, found: object, same: bool) -> None:
    assert right("value", "f", expected, found) is same


def test_a_row_with_a_tolerance_is_close_in_whatever_numpy_can_compare() -> None:
    assert right("value", "f", [[1.0], [2]], [[1.00001], [2]], atol=1e-4)
    assert not right("value", "f", {"a": 1.0}, {"a": 1.00001}, atol=1e-4)
    assert not right("value", "f", [[1.0], [2.0, 3.0]], [[1.00001], [2.0, 3.0]], atol=1e-4)


def test_once_floats_are_expected_a_tolerance_stays() -> None:
    compare = Comparison("value", "f", 0.0)
    wanted: list[object] = [[0.5], [1, 2.5]]
    assert compare.failing([(), ()], wanted, {0: [0.5], 1: [1, 2.5 + 1e-9]}) == []
    assert compare.failing([(), ()], wanted[::-1], {0: [1, 2.5 + 1e-9], 1: [0.5]}) == [0]


def test_only_what_was_found_is_compared() -> None:
    assert Comparison("value", "f", 0.0).failing([(), (), ()], [1, 2, 3], {0: 1, 2: 4}) == [2]


@pytest.mark.parametrize(
    ("x", "is_zero"), [(-0.5, True), (-0.50001, True), (-0.6, False), ("a", False), (1e200, False)]
)
def test_a_zero_of_a_polynomial_is_near_enough(x: object, is_zero: bool) -> None:
    assert right("find_zero", "find_zero", None, x, ([1, 2, 0, 0],), atol=1e-4) is is_zero


@pytest.mark.parametrize(
    ("entry_point", "args", "expected", "found", "accepted"),
    [
        ("are_equivalent", (1, 2), True, "anything", True),
        ("sum_div", (8,), 7, 0, True),
        ("sum_div", (8,), 7, 7, True),
        ("sum_div", (8,), 7, 8, False),
        ("surface_Area", (3, 4), 99, 35, True),
        ("surface_Area", (3, 4), 99, 34, False),
        ("surface_Area", (3, 4), 33, "33", False),
        ("digit_distance_nums", (1, 23), 6, 6, True),
        ("digit_distance_nums", (1, 23), 6, 4, True),
        ("digit_distance_nums", (1, 23), 6, 5, False),
        ("digit_distance_nums", (-1, 23), 6, 4, False),
        ("Diff", (), [1, 2], [2, 1, 1], True),
        ("Diff", (), [1, 2], {1, 2}, True),
        ("Diff", (), [1, 2], [1], False),
        ("Diff", (), [1, 2], [1, 2, 3], False),
        ("Diff", (), [1, 2], [[1], 2], False),
        ("Diff", (), [1, 2], None, False),
        ("check_str", ("a",), True, Opaque("re.Match"), True),
        ("check_str", ("a",), True, None, False),
        ("check_str", ("a",), False, None, True),
        ("check_str", ("a",), False, False, True),
        ("check_str", ("a",), True, False, False),
        ("check_str", ("a",), True, "Valid", True),
        ("plain", (), [1], [1], True),
        ("plain", (), [1], [2], False),
    ],
)
def test_special_tasks_of_mbpp(
    entry_point: str, args: tuple[object, ...], expected: object, found: object, accepted: bool
) -> None:
    assert right("mbpp 1", entry_point, expected, found, args, atol=1e-4) is accepted


def test_a_set_is_compared_in_time_that_the_program_cannot_choose() -> None:
    same_hash = [n * (2**61 - 1) for n in range(1, 200_001)]
    assert not right("mbpp 1", "Diff", [1, 2], same_hash)


@pytest.mark.parametrize(
    ("rule", "entry_point", "expected", "words"),
    [
        ("value", "f", [1], "[1]"),
        ("mbpp 1", "Diff", [1], "[1] in any order"),
        ("mbpp 1", "check_str", True, "a match"),
        ("mbpp 1", "check_str", False, "None"),
        ("find_zero", "find_zero", 1, "a zero of the polynomial, within 0.0001"),
    ],
)
def test_what_would_have_been_right_is_said(rule: str, entry_point: str, expected: object, words: str) -> None:
    assert Comparison(rule, entry_point, 1e-4).describe(expected, 100) == words
