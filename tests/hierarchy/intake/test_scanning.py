"""Where a value ends."""

import math

import pytest

from hierarchy.intake.scanning import end_of_brackets, scan_literal


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("(a, ')')x", 8),
        ("[1, {2: (3)}] more", 13),
        ("('it\\'s')", 9),
        ("(a\n b)", 6),
        ("(", None),
        ("(]", None),
        ("(')", None),
    ],
)
def test_brackets_are_matched_and_strings_respected(text: str, end: int | None) -> None:
    assert end_of_brackets(text, 0) == end


@pytest.mark.parametrize(
    ("text", "scanned"),
    [
        ("[1, 2] and so on", ([1, 2], 6)),
        ("16. Then", (16, 2)),
        ("'a b' is", ("a b", 5)),
        ("True.", (True, 4)),
        ("set([1]) x", ({1}, 8)),
        ("float('inf')", (math.inf, 12)),
        ("Truely", None),
        ("set of", None),
        ("word", None),
        ("?", None),
        ("", None),
        ("[x]", None),
    ],
)
def test_a_literal_is_found_at_the_start_of_a_text(text: str, scanned: tuple[object, int] | None) -> None:
    assert scan_literal(text, 0) == scanned
