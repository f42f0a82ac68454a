import math
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.compare.text import canonical, show
from sandbox.compare.tolerance import Tolerance
from sandbox.compare.values import same, same_as_one_of, same_exactly, same_in_any_order
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
        (0.3, 0.1 + 0.2 + 0j),
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
        (1.0, 1 + 1e-12j),
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


COARSE = Tolerance(rtol=0.0, atol=0.1)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1.0, 1.05),
        (4.1, 4),
        ([1.0, {"a": (2.0,)}], [1.05, {"a": (1.95,)}]),
        ({1.0, 5.0}, {1.05, 4.95}),
        (1 + 1j, 1.05 + 0.95j),
        (4, 4.0),
    ],
)
def test_same_within_a_tolerance(expected: object, actual: object) -> None:
    assert same(expected, actual, COARSE)


@pytest.mark.parametrize(
    ("expected", "actual"), [(1.0, 1.2), (4, 4.05), (4, 5), (True, 1.0), (1.0, "1.0"), ({1.0: 1}, {1.05: 1})]
)
def test_not_the_same_within_a_tolerance(expected: object, actual: object) -> None:
    assert not same(expected, actual, COARSE)


@given(values)
def test_every_value_is_exactly_its_copy_from_typed_json(value: object) -> None:
    assert same_exactly(value, decode(encode(value)))


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (4, 4.0),
        (1, True),
        (0.3, 0.1 + 0.2),
        (0.0, -0.0),
        ([1], (1,)),
        ([1], deque([1])),
        ({1}, frozenset({1})),
        ({1}, {1.0}),
        ({1}, {True}),
        ({1: 2}, {1.0: 2}),
        ({1: 2}, {True: 2}),
        ({1: 2}, {1: 2.0}),
        ({1: 2}, {1: 2, 3: 4}),
        ([1], [1, 1]),
        (1 + 0j, 1),
        (0j, -0j),
        ("a", b"a"),
        ({(1, 2.0)}, {(1, 2)}),
        (None, False),
    ],
)
def test_not_exactly_the_same(expected: object, actual: object) -> None:
    assert not same_exactly(expected, actual)
    assert not same_exactly([expected], [actual])


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (math.nan, -math.nan),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({math.nan, 1}, {1, math.nan}),
        (deque([1]), deque([1])),
        pytest.param(10**5000, 10**5000, id="huge int"),
    ],
)
def test_exactly_the_same(expected: object, actual: object) -> None:
    assert same_exactly(expected, actual)


def test_an_opaque_object_equals_nothing_in_any_mode() -> None:
    mine, other = Opaque("m.T"), Opaque("m.T")
    assert not same_exactly(mine, other)
    assert not same_in_any_order([mine], [other])
    assert not same_as_one_of([mine], other)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ([1, [2, 3]], [[2, 3], 1]),
        ((0.3, {"a": [1]}), ({"a": [1]}, 0.1 + 0.2)),
        (deque([1, 2]), deque([2, 1])),
        ([], []),
        ({"a": [1, 2]}, {"a": [1, 2]}),
        (7, 7.0),
    ],
)
def test_same_in_any_order(expected: object, actual: object) -> None:
    assert same_in_any_order(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ([1, 2], (2, 1)),
        ([1, 2], {1, 2}),
        ([[1, 2]], [[2, 1]]),
        ([1], [True]),
        ([1, 1], [1]),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        (deque([1]), [1]),
    ],
)
def test_not_the_same_in_any_order(expected: object, actual: object) -> None:
    assert not same_in_any_order(expected, actual)


def test_one_of_several_answers() -> None:
    assert same_as_one_of([[0, 1], [1, 0]], [1, 0])
    assert same_as_one_of((0.5, None), 0.5 + 1e-12)
    assert same_as_one_of([1.0, 5.0], 4.95, COARSE)
    assert not same_as_one_of([1, 2], [1, 2])
    assert not same_as_one_of([], None)


@pytest.mark.parametrize("levels", [29, 60])
def test_noise_in_sets_counts_down_to_thirty_levels(levels: int) -> None:
    left: frozenset[object] = frozenset({0.3})
    right: frozenset[object] = frozenset({0.1 + 0.2})
    twin: frozenset[object] = frozenset({0.3})
    for _ in range(levels):
        left, right, twin = frozenset({left}), frozenset({right}), frozenset({twin})
    assert same(left, right) is (levels < 30)
    assert same(left, twin)
