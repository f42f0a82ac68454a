import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.compare.bipartite import perfect


@pytest.mark.parametrize(
    ("partners", "room", "is_perfect"),
    [
        ([], [], True),
        ([[]], [1], False),
        ([[0, 1], [0]], [1, 1], True),
        ([[0, 1], [0, 2], [0], [1]], [1, 1, 1], False),
        ([[0, 1], [0, 2], [0], [1]], [2, 1, 1], True),
        ([[0], [0], [0]], [3], True),
        ([[0], [0], [0]], [2], False),
    ],
)
def test_perfect(partners: list[list[int]], room: list[int], is_perfect: bool) -> None:
    assert perfect(partners, room) is is_perfect


@given(
    st.lists(st.lists(st.integers(0, 4), unique=True), max_size=6), st.lists(st.integers(1, 2), min_size=5, max_size=5)
)
def test_what_is_found_is_what_trying_every_choice_finds(partners: list[list[int]], room: list[int]) -> None:
    tried = any(
        all(choice.count(place) <= room[place] for place in range(5)) for choice in itertools.product(*partners)
    )
    assert perfect(partners, room) is tried
