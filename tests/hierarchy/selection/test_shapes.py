import ast

import pytest

from hierarchy.selection.shapes import (
    ANY,
    INT,
    STR,
    Parameter,
    Shape,
    guessed,
    joined,
    parameters,
    shape_of,
    shape_of_hint,
)

INTS = Shape("list", (INT,))


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        (True, Shape("bool")),
        (None, Shape("none")),
        (3, INT),
        ([1, 2], INTS),
        ([1, 2.5], Shape("list", (Shape("float"),))),
        ([], Shape("list")),
        ([[], [1]], Shape("list", (INTS,))),
        ((1, "a"), Shape("tuple", (INT, STR))),
        ({"a": 1}, Shape("dict", (STR, INT))),
        ({}, Shape("dict")),
        ({1, 2}, Shape("set", (INT,))),
        ([1, "a"], Shape("list", (ANY,))),
        ([None, 4], INTS),
        ([(1,), (1, 2)], Shape("list", (Shape("tuple"),))),
        (b"x", ANY),
    ],
)
def test_the_shape_of_a_value_is_the_narrowest_that_fits(value: object, shape: Shape) -> None:
    assert shape_of(value) == shape


def test_nesting_beyond_any_real_problem_is_cut_off() -> None:
    value: object = 1
    for _ in range(50):
        value = [value]
    assert "any" in repr(shape_of(value))


def test_nothing_joined_is_unknown() -> None:
    assert joined([]) == ANY


@pytest.mark.parametrize(
    ("hint", "shape"),
    [
        ("int", INT),
        ("List[int]", INTS),
        ("list[int] | None", INTS),
        ("Optional[str]", STR),
        ("None | int", INT),
        ("typing.List[List[int]]", Shape("list", (INTS,))),
        ("Dict[str, int]", Shape("dict", (STR, INT))),
        ("Dict[str]", Shape("dict")),
        ("Tuple[int, ...]", Shape("tuple", (INT, INT, INT))),
        ("Tuple[int, str]", Shape("tuple", (INT, STR))),
        ("'List[int]'", INTS),
        ("'List['", ANY),
        ("None", Shape("none")),
        ("TreeNode", ANY),
        ("Callable[[int], int]", ANY),
        ("3", ANY),
    ],
)
def test_type_hints_are_read(hint: str, shape: Shape) -> None:
    assert shape_of_hint(ast.parse(hint, mode="eval").body) == shape


def test_a_missing_hint_is_unknown() -> None:
    assert shape_of_hint(None) == ANY


def test_parameters_leave_out_self_and_variadic_ones() -> None:
    found = parameters("def solve(self, nums: List[int], k, *rest, **more) -> int")
    assert found == (Parameter("nums", INTS), Parameter("k", ANY))


@pytest.mark.parametrize("text", ["def solve(", "solve(nums)", "class A"])
def test_what_is_no_signature_has_no_parameters(text: str) -> None:
    assert parameters(text) == ()


@pytest.mark.parametrize(
    ("parameter", "statement", "shape"),
    [
        (Parameter("nums", INTS), "", INTS),
        (Parameter("nums", Shape("list")), "", INTS),
        (Parameter("pair", Shape("tuple")), "", Shape("tuple", (INT, INT, INT))),
        (Parameter("d", Shape("dict")), "", Shape("dict", (STR, INT))),
        (Parameter("grid", Shape("list", (Shape("list"),))), "", Shape("list", (INTS,))),
        (Parameter("words", ANY), "", Shape("list", (STR,))),
        (Parameter("class_name", ANY), "", STR),
        (Parameter("n", ANY), "a list somewhere", INT),
        (Parameter("s", ANY), "", STR),
        (Parameter("q", ANY), "given a string q, reverse it", STR),
        (Parameter("q", ANY), "the list of strings `q` is sorted", Shape("list", (STR,))),
        (Parameter("zzz", ANY), "sort the array", INTS),
        (Parameter("zzz", ANY), "nothing is said", INT),
    ],
)
def test_a_shape_is_guessed_from_hint_then_words_then_name(parameter: Parameter, statement: str, shape: Shape) -> None:
    assert guessed(parameter, statement) == shape
