"""`f(1) ➞ 2` and its relatives."""

import pytest

from hierarchy.intake.arrows import find_arrows
from hierarchy.intake.found import Target
from hierarchy.problem import FunctionTest


def read(statement: str) -> list[object]:
    tests = [found.test for found in find_arrows(statement, Target("f"))]
    return [(test.args, test.expected) for test in tests if isinstance(test, FunctionTest)]


@pytest.mark.parametrize(
    "arrow",
    ["➞", "→", "⇒", "=>", "==>", "->", "-->", "==", "=", "===", "# =>", "// ->", "# returns", "#", "=> returns"],
)
def test_every_arrow(arrow: str) -> None:
    assert read(f"Example:\n    f([1, 2], 'a') {arrow} [3]\n") == [(([1, 2], "a"), [3])]


@pytest.mark.parametrize(
    "line",
    [
        "* f(1) -> 2",
        "- f(1) -> 2.",
        "1. f(1) -> 2",
        "`f(1)` -> `2`",
        "**f(1)** = **2**",
        "for f(1) == 2",
        "Example: f(1) => 2",
        "f(1) => 2 # the reason",
        "f(1) => 2 (the reason)",
        "(f(1) => 2)",
        "f(1)==>2",
        "f(1) -> 2 because of that",
        "f(1) -> 2, f(3) -> x",
        "result = f(1)  # 2",
        "f(1) -> 4 - 1 - 1 = 2",
        "f(1) == 1 + 1 * 1 = 2",
    ],
)
def test_every_line(line: str) -> None:
    assert read(line) == [((1,), 2)]


@pytest.mark.parametrize(
    "line",
    [
        "f(x) -> 2",
        "g(1) -> 2",
        "f(1) -> x",
        "f(1) -> [1, 2] (or any order)",
        "f(1) -> 2 or 3",
        "f(1) -> 2 # approximately",
        "f(1) -> [1, 2, ...]",
        "f(1) -> 1,000",
        'f(1) -> ("Venus")',
        "f(1) -> 2 apples",
        "f(1) -> 2%",
        "f(1) -> 1/2",
        "f(1) != 2",
        "f(1) >= 2",
        "2 * f(1) = 4",
        "x + f(1) = 4",
        "-f(1) = 4",
        "not f(1) == 2",
        "assert not f(1) == 2",
        "return f(1) == 2",
        "g(f(1) == 2)",
        "f(1) -> 9 - 5 = 3",
        "f(1) -> 6 / 2 = 3",
        "f(1) -> f(0) + 1 = 3",
        "f(1) -> True + 1 = 2",
        ">>> f(1) == 2",
        "... f(1) == 2",
        "if f(1) == 2:",
        "f(1) == ",
        "f(1",
    ],
)
def test_what_is_no_certain_example_is_left_out(line: str) -> None:
    assert read(line) == []


def test_arguments_over_several_lines_and_bare_tuples() -> None:
    assert read("f([\n  [1],\n  [2]\n], 1) == [(0, 0)]\nf(2) ➞ 3, 4") == [(([[1], [2]], 1), [(0, 0)]), ((2,), (3, 4))]
