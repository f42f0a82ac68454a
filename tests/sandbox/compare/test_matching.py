"""Perfect matchings: against trying every permutation, and where the size forbids any search."""

import itertools
import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.compare.matching import matched
from sandbox.compare.tolerance import NOISE, Tolerance
from sandbox.compare.values import same, same_in_any_order

COARSE = Tolerance(rtol=0.0, atol=1.0)

numbers = st.sampled_from([0, 1, 2, 3, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, math.nan, math.inf, 1 + 1j, 2 + 0j, True])
items = st.recursive(
    numbers | st.sampled_from(["a", None]),
    lambda inner: st.tuples(inner, inner) | st.lists(inner, max_size=2) | st.dictionaries(st.just("k"), inner),
    max_leaves=4,
) | st.sets(numbers, max_size=3)


def by_trying(expected: Sequence[object], actual: Sequence[object], tolerance: Tolerance) -> bool:
    return len(expected) == len(actual) and any(
        all(same(left, right, tolerance) for left, right in zip(expected, order, strict=True))
        for order in itertools.permutations(actual)
    )


@settings(max_examples=300)
@given(st.lists(items, max_size=5), st.lists(items, max_size=5), st.sampled_from([COARSE, NOISE]))
def test_what_is_found_is_what_trying_every_permutation_finds(
    expected: list[object], actual: list[object], tolerance: Tolerance
) -> None:
    assert same_in_any_order(expected, actual, tolerance) == by_trying(expected, actual, tolerance)


@settings(max_examples=300)
@given(
    st.integers(1, 3).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 8).map(lambda half: half / 2), min_size=width, max_size=width), max_size=6
        )
    ),
    st.randoms(),
)
def test_vectors_that_overlap_are_matched(vectors: list[list[float]], random: object) -> None:
    assert hasattr(random, "choice")
    moved = [[number + random.choice([-1.0, -0.5, 0.0, 0.5, 1.5]) for number in vector] for vector in vectors]
    assert same_in_any_order(vectors, moved, COARSE) == by_trying(vectors, moved, COARSE)


def test_a_close_item_is_not_simply_taken() -> None:
    assert same_in_any_order([2.0, 3.0], [1.0, 2.0], COARSE)
    assert same_in_any_order([[2.0, 0.0], [3.0, 0.0]], [[2.0, 0.0], [1.0, 0.0]], COARSE)
    assert same_in_any_order([{2.0}, {3.0}], [{2.0}, {1.0}], COARSE)
    assert same({(0.0, 2.0), (0.0, 3.0)}, {(0.0, 2.0), (0.0, 1.0)}, COARSE)
    assert not same_in_any_order([2.0, 3.0], [1.0, 1.0], COARSE)


def test_items_are_counted() -> None:
    assert same_in_any_order([1, 1, 2], [2, 1, 1])
    assert not same_in_any_order([1, 1, 2], [2, 2, 1])
    assert not same_in_any_order([[0.5], [0.5], [1.5]], [[0.5], [1.5], [1.5]])


def test_an_int_wants_its_own_number_and_a_float_takes_what_is_left() -> None:
    assert same_in_any_order([0.9999999999, 1], [1, 1.0000000001])
    assert same_in_any_order([1, 1.0], [1.0, 1])
    assert not same_in_any_order([1, 2.0], [1.0000000001, 2.0])


def test_types_that_accept_more_take_what_the_others_leave() -> None:
    assert same_in_any_order([-1, 2.5, 2 + 0j], [-1, 2 + 0j, 2.0], COARSE)
    assert same_in_any_order([(4.0, 0.5), (4, 0.5)], [(4, 0.5), (4.5, 0.5)], COARSE)
    assert not same_in_any_order([(4, 0.5), (4, 0.5)], [(4, 0.5), (4.5, 0.5)], COARSE)


def test_items_deeper_than_any_result_are_compared_exactly_there() -> None:
    deep: object = 0.5
    for _ in range(300):
        deep = [deep]
    assert same_in_any_order([deep, 1], [1, deep])
    assert not same_in_any_order([deep, 1], [1, [deep]])


def test_huge_ints_among_floats() -> None:
    assert same_in_any_order([0.5, 10**400], [10**400, 0.5 + 1e-12])
    assert not same_in_any_order([0.5, 1.0], [10**400, 0.5])
    assert not same_in_any_order([[0.5], [1.5]], [[10**400], [0.5]])


def noisy(count: int) -> list[list[float]]:
    """A grid, each point off by noise, in another order."""
    return [[row + 1e-12, column - 1e-12] for column in range(count) for row in range(count)]


def test_a_large_noisy_answer_is_matched() -> None:
    expected = [[float(row), float(column)] for row in range(60) for column in range(60)]
    assert same_in_any_order(expected, noisy(60))
    assert not same_in_any_order(expected, [*noisy(60)[:-1], [0.0, 0.5]])
    rows = [[float(column == row) for column in range(60)] for row in range(60)]
    assert same_in_any_order(rows, [[number * (1 + 1e-9) for number in row] for row in reversed(rows)])


@pytest.mark.parametrize("wrap", [lambda number: [number, 0.0], lambda number: frozenset({number}), complex])
def test_where_all_is_close_to_all_exact_items_still_match(wrap: object) -> None:
    assert callable(wrap)
    crowd = [wrap(index / 1000) for index in range(1000)]
    assert matched(crowd, crowd[::-1], lambda left, right: same(left, right, COARSE), COARSE)
    moved = [wrap(index / 1000 + 1e-5) for index in range(1000)]
    assert not matched(crowd, moved, lambda left, right: same(left, right, COARSE), COARSE)


def test_copies_of_one_item_are_compared_once_each() -> None:
    calls = 0

    def counting(left: object, right: object) -> bool:
        nonlocal calls
        calls += 1
        return same(left, right, COARSE)

    many = [[0.0, 0.0]] * 20_000
    assert matched(many, [[index / 1e5, 0.5] for index in range(20_000)], counting, COARSE)
    assert calls == 20_000


@pytest.mark.parametrize(
    "hostile",
    [
        [0.0] * 20_000,
        [1e-12 * index for index in range(20_000)],
        list(range(20_000)),
        [[0.0]] * 20_000,
        [math.nan] * 20_000,
        [frozenset({index}) for index in range(20_000)],
        [2**61 * index for index in range(20_000)],
    ],
    ids=["equal", "close", "ints", "lists", "nan", "sets", "colliding"],
)
def test_a_hostile_answer_is_refused_without_a_search(hostile: list[object]) -> None:
    assert not same_in_any_order([index / 2 for index in range(20_000)], hostile)
    assert not same_in_any_order([[index / 2, 0.0] for index in range(20_000)], hostile)
