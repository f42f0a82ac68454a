import math

import pytest

from sandbox.compare.items import Item


def read(value: object) -> Item:
    return Item.read("name", value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1.0, "a"], [2, "a"]),
        ({"a": 0.5, 1: (2,)}, {1: (3.5,), "a": 4}),
        ({0.5, "a"}, {"a", 1.5}),
        (1 + 2j, 0.5),
    ],
)
def test_what_may_match_has_one_shape(one: object, other: object) -> None:
    assert read(one).shape == read(other).shape


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([1.0], (1.0,)),
        ([1.0], [1.0, 2.0]),
        ([True], [1]),
        (["1"], [1]),
        ([math.inf], [1.0]),
        ([math.nan], [math.inf]),
        ({"a": 1.0}, {"b": 1.0}),
        ({"a"}, {"b"}),
        ({0.5}, {0.5, 1.5}),
        (["# #"], [1, 2]),
    ],
)
def test_what_cannot_match_has_another_shape(one: object, other: object) -> None:
    assert read(one).shape != read(other).shape


@pytest.mark.parametrize(
    ("value", "numbers", "is_regular", "has_floats", "size"),
    [
        ([1, (2.5, "a"), {"k": 3}], (1, 2.5, 3), True, True, 7),
        ([1, "a"], (1,), True, False, 3),
        ({1, 2}, (), False, False, 3),
        ({"a"}, (), True, False, 2),
        ([{0.5}], (), False, True, 3),
        (1 + 2j, (1.0,), False, True, 1),
        (math.nan, (), True, True, 1),
        (complex(1, math.inf), (), False, True, 1),
        (True, (), True, False, 1),
    ],
)
def test_what_an_item_says(
    value: object, numbers: tuple[float, ...], is_regular: bool, has_floats: bool, size: int
) -> None:
    item = read(value)
    assert (item.numbers, item.is_regular, item.has_floats, item.size) == (numbers, is_regular, has_floats, size)
