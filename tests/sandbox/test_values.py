import collections
import math
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.values import MAX_DEPTH, Opaque, ValueCodecError, decode, encode

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text()
    | st.binary()
    | st.just("$tuple")
)
HASHABLE = st.recursive(SCALARS, lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3), max_leaves=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner)
        | st.sets(HASHABLE, max_size=4)
        | st.dictionaries(HASHABLE, inner, max_size=4)
        | st.dictionaries(st.text(max_size=3) | st.just("$set"), inner, max_size=4)
        | st.lists(inner, max_size=4).map(collections.deque)
    ),
    max_leaves=12,
)


def types_of(value: Any) -> Any:
    """The value's shape in exact types, which `==` alone does not see (1 == True == 1.0)."""
    if isinstance(value, dict):
        return dict, sorted((repr(types_of(k)), repr(types_of(v))) for k, v in value.items())
    if isinstance(value, list | tuple | collections.deque):
        return type(value), [types_of(item) for item in value]
    if isinstance(value, set | frozenset):
        return type(value), sorted(repr(types_of(item)) for item in value)
    return type(value)


@given(VALUES)
def test_round_trip_keeps_value_and_exact_types(value: object) -> None:
    back = decode(encode(value))
    assert back == value
    assert types_of(back) == types_of(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_infinities_survive(value: float) -> None:
    assert decode(encode([value])) == [value]


def test_nan_survives() -> None:
    back = decode(encode(math.nan))
    assert isinstance(back, float)
    assert math.isnan(back)


def test_negative_zero_survives() -> None:
    assert math.copysign(1, decode(encode(-0.0))) == -1  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [10**5000, -(10**5000), 1 << 4096, -(1 << 4096)], ids=["+", "-", "+edge", "-edge"])
def test_integers_beyond_the_decimal_limit_survive(value: int) -> None:
    assert sys.get_int_max_str_digits() == 4300
    assert decode(encode({"n": value})) == {"n": value}


@pytest.mark.parametrize("kind", [collections.OrderedDict, collections.Counter])
def test_relatives_of_dict_come_back_as_dict(kind: type) -> None:
    back = decode(encode(kind({"a": 1, 2: 3})))
    assert type(back) is dict
    assert back == {"a": 1, 2: 3}


@pytest.mark.parametrize("value", [range(3), object(), len, int, {}.keys(), iter(()), bytearray(b"x")])
def test_other_types_become_opaque_and_equal_nothing(value: object) -> None:
    back = decode(encode(value))
    assert isinstance(back, Opaque)
    assert back != decode(encode(value))
    assert type(value).__qualname__ in repr(back)


def test_metaclass_that_equals_every_type_is_opaque() -> None:
    class Meta(type):
        def __eq__(cls, other: object) -> bool:
            return True

        def __hash__(cls) -> int:
            return hash(int)

    class Yes(metaclass=Meta):
        pass

    assert isinstance(decode(encode(Yes())), Opaque)


def test_nesting_is_bounded_both_ways() -> None:
    deep: list[object] = []
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(ValueCodecError, match="nested deeper"):
        encode(deep)
    with pytest.raises(ValueCodecError, match="nested deeper"):
        decode(deep)


@pytest.mark.parametrize(
    "data",
    [
        {"$unknown": []},
        {"$unknown": "x"},
        {"$tuple": "ab"},
        {"$set": [[1]]},
        {"$set": 3},
        {"$float": "1e999"},
        {"$float": []},
        {"$int": "xyz"},
        {"$bytes": "*"},
        {"$bytes": None},
        {"$complex": [1]},
        {"$complex": ["a", "b"]},
        {"$complex": [10**400, 0]},
        {"$dict": [1]},
        {"$dict": [[1, 2, 3]]},
        {"$dict": [[[1], 2]]},
        {"$opaque": 1},
    ],
)
def test_malformed_data_is_refused(data: object) -> None:
    with pytest.raises(ValueCodecError):
        decode(data)


@pytest.mark.parametrize("wrap", [lambda keys: {"$set": keys}, lambda keys: {"$dict": [[key, 0] for key in keys]}])
def test_keys_chosen_to_collide_are_refused(wrap: Any) -> None:
    colliding = [number * sys.hash_info.modulus for number in range(5000)]
    with pytest.raises(ValueCodecError, match="share their hash"):
        decode(wrap(colliding))
    assert decode({"$set": list(range(5000))}) == set(range(5000))
