from collections import deque

import pytest

from sandbox.compare.text import canonical, exact, shorten, show
from sandbox.values import Opaque


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


@pytest.mark.parametrize("limit", range(1, 40))
@pytest.mark.parametrize(
    "value", [[1, 22, [333, (4,)], 5], {"a": [1, 2], (3, 4): {5}}, deque([1, 2]), (10, 20), (1,), {3, 1, 2}, [[[]]]]
)
def test_a_cut_text_is_the_beginning_of_the_whole(value: object, limit: int) -> None:
    whole = show(value, 1000)
    assert show(value, limit) == (whole if len(whole) <= limit else f"{whole[: limit - 1]}…")


def test_shown_text_is_bounded_and_can_be_written_anywhere() -> None:
    assert len(show(list(range(1000)), 50)) == 50
    assert show("abc", 4) == "'ab…"
    assert shorten("a\ud800b", 20) == "a\\ud800b"


def test_exact_text_tells_types_apart() -> None:
    alike: list[object] = [
        1,
        1.0,
        True,
        1 + 0j,
        "1",
        b"1",
        [1],
        (1,),
        {1},
        frozenset({1}),
        deque([1]),
        {1: 1},
        {1.0: 1},
    ]
    assert len({exact(value) for value in alike}) == len(alike)
    assert exact(0.0) != exact(-0.0)
    assert exact({"b": 1, "a": {2, 3}}) == exact({"a": {3, 2}, "b": 1})
