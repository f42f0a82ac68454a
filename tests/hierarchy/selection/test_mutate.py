import random

import pytest

from hierarchy.selection.mutate import Domain, boundaries, fresh, mutated, same
from hierarchy.selection.shapes import INT, STR, Shape, shape_of

VALUES: list[object] = [
    5,
    -3,
    2.5,
    True,
    "hello world",
    "",
    [3, 1, 2],
    [],
    [["a"], []],
    (1, "a"),
    (),
    {1, 2},
    frozenset({"a"}),
    {"a": 1, "b": 2},
    {},
    {(1, 2): [3]},
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_an_edge_case_keeps_the_type_and_is_never_the_value_itself(value: object) -> None:
    made = boundaries(value, shape_of(value), Domain())
    assert all(type(item) is type(value) for item in made)
    assert not any(same(item, value) for item in made)


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_mutation_keeps_the_type_and_leaves_the_original_alone(value: object) -> None:
    rng = random.Random(1)
    before = repr(value)
    made = [mutated(value, shape_of(value), Domain(ingredients=(7, "red", 0.5)), rng) for _ in range(200)]
    assert all(type(item) is type(value) for item in made)
    assert repr(value) == before


def test_the_classic_edge_cases_of_a_list_are_there() -> None:
    made = boundaries([3, 1, 2], Shape("list", (INT,)), Domain())
    for wanted in ([], [3], [2, 1, 3], [3, 1, 2, 3], [3, 3, 3], [1, 2, 3]):
        assert wanted in made


def test_an_empty_list_grows_elements_of_the_known_shape() -> None:
    made = boundaries([], Shape("list", (STR,)), Domain())
    assert any(isinstance(item, list) and item and isinstance(item[0], str) for item in made)


def test_the_domain_bounds_what_is_made() -> None:
    domain = Domain(negatives=False, empty=False, largest=10)
    rng = random.Random(2)
    shape = Shape("list", (INT,))
    value: object = [3, 4]
    seen: list[object] = [*boundaries(value, shape, domain)]
    for _ in range(300):
        value = mutated(value, shape, domain, rng)
        seen.append(value)
    for item in seen:
        assert isinstance(item, list)
        assert item
        assert all(0 <= number <= 100 for number in item)
        assert len(item) <= 64
    assert "" not in boundaries("abc", STR, domain)
    assert {} not in boundaries({"a": 1}, Shape("dict", (STR, INT)), domain)


@pytest.mark.parametrize(
    "shape",
    [
        Shape("none"),
        Shape("bool"),
        INT,
        Shape("float"),
        STR,
        Shape("list"),
        Shape("set", (INT,)),
        Shape("set", (Shape("list"),)),
        Shape("tuple", (INT, STR)),
        Shape("dict"),
        Shape("dict", (Shape("list"), INT)),
    ],
    ids=repr,
)
def test_a_fresh_value_has_its_shape(shape: Shape) -> None:
    rng = random.Random(3)
    for _ in range(20):
        assert shape_of(fresh(shape, Domain(ingredients=(4, "x")), rng)).kind == shape.kind


def test_mixed_types_are_sorted_somehow_rather_than_not_at_all() -> None:
    assert boundaries([1, "a", None], Shape("list"), Domain())


def test_values_of_no_known_type_have_no_edge_cases() -> None:
    assert boundaries(None, Shape("none"), Domain()) == []
    assert mutated(None, Shape("none"), Domain(), random.Random(0)) is None


def test_equality_tells_one_from_true() -> None:
    assert not same(1, True)
    assert not same([1], [1.0])
    assert same([1], [1])
