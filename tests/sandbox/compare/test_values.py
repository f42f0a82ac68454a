import math
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.compare.text import canonical, show
from sandbox.compare.values import same
from sandbox.values import Opaque, decode, encode

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers()
hashable = st.recursive(scalars, lambda inner: st.tuples(inner, inner) | st.frozensets(inner), max_leaves=8)
values = st.recursive(
    scalars | st.sets(hashable, max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner) | st.dictionaries(hashable, inner, max_size=3),
    max_leaves=12,
)


@given(values)
def test_every_value_is_the_same_as_its_copy_from_typed_json(value: object) -> None:
    copy = decode(encode(value))
    assert same(value, copy)
    assert canonical(value) == canonical(copy)
    assert canonical(value, 9) == canonical(copy, 9)
    assert show(value) == show(copy)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (4, 4.0),
        (4.0, 4),
        (0.3, 0.1 + 0.2),
        (0.0, 1e-12),
        ([1.0, (2, "a")], [1, (2.0, "a")]),
        (math.nan, math.nan),
        ([math.inf], [math.inf]),
        ({1, 2}, {2, 1}),
        ({1, 2}, frozenset({1, 2})),
        ({0.3, "x"}, {"x", 0.1 + 0.2}),
        ({(0.3, 1)}, {(0.1 + 0.2, 1)}),
        ({math.nan}, {math.nan}),
        ({1: "a", (2,): [3]}, {(2,): [3], 1.0: "a"}),
        ({frozenset({1}): 2}, {frozenset({1}): 2}),
        (1 + 2j, 1 + 2.0000000001j),
        (2 + 0j, 2),
        (2, 2 + 0j),
        (deque([1]), deque([1])),
        (b"a", b"a"),
        (10**400, 10**400),
    ],
)
def test_same(expected: object, actual: object) -> None:
    assert same(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (True, 1),
        (1, True),
        (0, False),
        ([True], [1]),
        ({True}, {1}),
        ({1: "a"}, {True: "a"}),
        (False, 0.0),
        (4, 4.0000000001),
        (0.3, 0.3001),
        (1.0, math.nan),
        (math.inf, -math.inf),
        (1.0, 10**400),
        (1j, 10**400),
        (1.0, "1.0"),
        ([1, 2], (1, 2)),
        ([1, 2], [1, 2, 3]),
        ([1, 2], deque([1, 2])),
        ([1], None),
        ("a", b"a"),
        ("1", 1),
        (None, False),
        ({1, 2}, [1, 2]),
        ({1, 2}, {1}),
        ({0.1, 0.2}, {0.1, 0.3}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, [("a", 1)]),
        ({}, set()),
        (1 + 2j, "1+2j"),
    ],
)
def test_not_the_same(expected: object, actual: object) -> None:
    assert not same(expected, actual)


def test_an_opaque_object_is_equal_to_nothing() -> None:
    others: list[object] = [3, "x", None, [], Opaque("m.T")]
    for expected in others:
        assert not same(expected, Opaque("m.T"))
    assert not same({Opaque("m.T")}, {Opaque("m.T")})


def test_a_method_of_a_compared_object_is_never_called() -> None:
    class Yes(int):
        def __eq__(self, other: object) -> bool:
            raise AssertionError("called")

        __hash__ = int.__hash__

    assert not same(3, [Yes(3)])
    assert not same("3", Yes(3))


@pytest.mark.parametrize("depth", [200, 20_000])
def test_depth_is_no_limit(depth: int) -> None:
    left: object = 1
    right: object = 1
    for _ in range(depth):
        left, right = [left], [right]
    assert same(left, right)
    assert not same(left, [right])
    assert show(left)
    assert canonical(left)


def test_deep_sets_are_compared() -> None:
    left: frozenset[object] = frozenset({0.3})
    right: frozenset[object] = frozenset({0.1 + 0.2})
    for _ in range(20):
        left, right = frozenset({left}), frozenset({right})
    assert same(left, right)
