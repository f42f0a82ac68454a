import math
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.compare import canonical, same, same_output, shorten, show
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


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("1 2\n", "1 2"),
        ("1 2\n3\n", "1 2  \n3\n\n\n"),
        ("YES\r\n", "YES\n"),
        ("1 2 3", "1\n2\n3\n"),
        ("0.333333", "0.3333333333333"),
        ("2.50", "2.5"),
        ("3.0", "3"),
        ("1e3", "1000"),
        ("1234567.5", "1234567.9"),
        ("", "\n"),
        ("  *\n ***", "  *  \n ***\n"),
    ],
)
def test_same_output(expected: str, actual: str) -> None:
    assert same_output(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("1 2", "1 2 3"),
        ("3", "3.0"),
        ("YES", "Yes"),
        ("0.5", "0.50001"),
        ("0.5", "nan"),
        ("0.5", "0_0.5"),
        ("1", ""),
        ("  *\n ***", "*\n***"),
    ],
)
def test_not_the_same_output(expected: str, actual: str) -> None:
    assert not same_output(expected, actual)


def test_canonical_text_hides_rounding_noise_and_nothing_else() -> None:
    assert canonical([0.1 + 0.2], 9) == canonical([0.3], 9)
    assert canonical([0.1 + 0.2]) != canonical([0.3])
    assert canonical(2.9999999999999996, 9) == canonical(3, 9) == canonical(3 + 0j, 9)
    assert canonical(1) != canonical(True)
    assert canonical([1]) != canonical((1,))
    assert canonical("1") != canonical(1)
    assert canonical(1 + 2j) != canonical(1)
    assert canonical(Opaque("m.T"), 9) == canonical(Opaque("m.T"), 9)
    assert canonical(10**5000) != canonical(10**5000 + 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, (2,), (3, 4), "a"], "[1, (2,), (3, 4), 'a']"),
        ({"b": {3, 1, 2}}, "{'b': {1, 2, 3}}"),
        (set(), "set()"),
        (frozenset({1}), "frozenset({1})"),
        (deque([1]), "deque([1])"),
        pytest.param(10**5000, "<int of 16610 bits>", id="huge int"),
        ("\ud800", "'\\ud800'"),
        (Opaque("m.T"), "<object of type m.T>"),
    ],
)
def test_show(value: object, text: str) -> None:
    assert show(value) == text


def test_shown_text_is_bounded_and_can_be_written_anywhere() -> None:
    assert len(show(list(range(1000)), 50)) == 50
    assert show("abc", 4) == "'ab…"
    assert shorten("a\ud800b", 20) == "a\\ud800b"
