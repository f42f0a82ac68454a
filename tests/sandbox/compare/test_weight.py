from collections import Counter, deque

import pytest

from sandbox.compare.weight import MAX_WEIGHT, Unfit, refuse_opaque, weigh, weigh_together
from sandbox.values import MAX_DEPTH, Opaque, ValueCodecError, encode


def nested(levels: int) -> object:
    value: object = 0
    for level in range(levels):
        value = [value] if level % 2 else {0: value}
    return value


@pytest.mark.parametrize(
    ("value", "weight"),
    [
        (1, 64),
        (None, 64),
        ([], 64),
        ([1, 2.0], 192),
        ((True, {"a": []}), 64 * 5 + 1),
        ("x" * 100, 164),
        (b"x" * 10, 74),
        (1 << 8000, 1064),
        ({1, 2}, 192),
        (frozenset({(1,)}), 192),
        (deque([[]]), 128),
        (Counter({1: 2}), 192),
    ],
    ids=lambda value: type(value).__name__,
)
def test_every_part_and_its_text_weigh(value: object, weight: int) -> None:
    assert weigh(value) == weight


def test_the_heaviest_value_within_the_default_output_is_fit() -> None:
    assert weigh([[] for _ in range((1 << 20) // 3)]) < MAX_WEIGHT / 2


@pytest.mark.parametrize(
    "value",
    [[0] * (MAX_WEIGHT // 64), "x" * MAX_WEIGHT, 1 << (MAX_WEIGHT * 8)],
    ids=["many values", "a long text", "a huge int"],
)
def test_what_is_too_heavy_is_refused_and_only_there(value: object) -> None:
    with pytest.raises(Unfit, match="too large to be checked: it takes more than 64 MiB"):
        weigh(value)
    assert weigh(value, MAX_WEIGHT + 64) == MAX_WEIGHT + 64


def test_values_that_are_handed_over_together_share_the_bound() -> None:
    half = "x" * (MAX_WEIGHT // 2 - 64)
    assert weigh_together([half, half]) == MAX_WEIGHT
    with pytest.raises(Unfit, match="64 MiB"):
        weigh_together([half, half, None])


@pytest.mark.parametrize(("levels", "fit"), [(MAX_DEPTH - 1, True), (MAX_DEPTH, False)])
def test_depth_is_refused_where_an_argument_cannot_be_encoded(levels: int, fit: bool) -> None:
    if fit:
        encode([nested(levels)])
        assert weigh(nested(levels)) > 64 * levels
        return
    with pytest.raises(ValueCodecError):
        encode([nested(levels)])
    with pytest.raises(Unfit, match="nested deeper than 200 levels"):
        weigh(nested(levels))


@pytest.mark.parametrize("value", [Opaque("m.T"), [Opaque("m.T")], {Opaque("m.T"): 1}, {1: (2, {3: Opaque("m.T")})}])
def test_objects_are_found_at_any_depth(value: object) -> None:
    with pytest.raises(Unfit, match=r"no plain data: it holds an object of type m\.T"):
        refuse_opaque(value)


def test_plain_data_holds_no_object() -> None:
    refuse_opaque([1, {"a": (2, {3})}, deque([b""])])
