"""Values in statements: exactly the literals, and never anything that has to be guessed or run."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.intake.literals import NotALiteral, parse_literal, parse_prose_literal, source_of
from hierarchy.intake.scanning import scan_literal


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("3", 3),
        ("-3.5", -3.5),
        ("+2", 2),
        ("0b101", 5),
        ("'a\\n'", "a\n"),
        ("[1, [2, (3,)]]", [1, [2, (3,)]]),
        ("{'a': {1, 2}}", {"a": {1, 2}}),
        ("1, 2", (1, 2)),
        ("true", True),
        ("null", None),
        ("set()", set()),
        ("frozenset([1])", frozenset({1})),
        ("tuple()", ()),
        ("float('inf')", math.inf),
        ("1-2j", 1 - 2j),
        ("2+1j", 2 + 1j),
        ("b'x'", b"x"),
    ],
)
def test_literals_are_read(source: str, value: object) -> None:
    assert parse_literal(source) == value
    assert type(parse_literal(source)) is type(value)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x",
        "f(1)",
        "...",
        "[1, ...]",
        "1 + 2",
        "9 ** 9 ** 9",
        "[1",
        "007",
        "float('nan')",
        "float('x')",
        "{[1]: 2}",
        "{**{}}",
        "-'a'",
        "-True",
        "'\\ud800'",
        "0x" + "f" * 3900,
        "[" * 60 + "]" * 60,
        "-" * 3000 + "1",
        "[" + "1, " * 2000 + "]",
        "lambda: 0",
        "__import__('os')",
    ],
)
def test_everything_else_is_refused(source: str) -> None:
    with pytest.raises(NotALiteral):
        parse_literal(source)


@pytest.mark.parametrize("source", ['("Venus")', "(-1)", "[(1), (2)]", "1,000", "10,20"])
def test_prose_may_mean_something_else(source: str) -> None:
    parse_literal(source)
    with pytest.raises(NotALiteral):
        parse_prose_literal(source)


@pytest.mark.parametrize("source", ["(1,)", "(1, 2)", "set(['a'])", "'(1)'", "1, 2", "()"])
def test_prose_that_means_what_python_means(source: str) -> None:
    assert parse_prose_literal(source) == parse_literal(source)


def test_infinity_has_no_source() -> None:
    assert source_of(["inf", 1]) == "['inf', 1]"
    with pytest.raises(NotALiteral):
        source_of([math.inf])


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(_VALUES)
def test_whatever_python_writes_is_read_back(value: object) -> None:
    assert parse_literal(repr(value)) == value
    scanned = scan_literal(f"{value!r} .", 0)
    assert scanned is None or scanned[0] == value
