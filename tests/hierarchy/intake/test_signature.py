"""Which function is asked for."""

import pytest

from hierarchy.intake.signature import find_signature, from_line


@pytest.mark.parametrize(
    ("statement", "entry_point", "line"),
    [
        ("Write a function two_sum(nums, target) that …", "two_sum", "def two_sum(nums, target)"),
        ("Write a Python function called `add` which adds.", "add", None),
        ("Implement the function `add(a: int, b: int = 0) -> int`.", "add", "def add(a: int, b: int = 0) -> int"),
        ("Implement two_sum(nums, target).", "two_sum", "def two_sum(nums, target)"),
        ("My function mean(xs) is wrong.", "mean", "def mean(xs)"),
        ("Write a function next_smallest() that", "next_smallest", "def next_smallest()"),
        ("Create a method named rotate.", "rotate", None),
        ("Write a function foo(1, 2) like that", "foo", None),
        ("def helper(a):\n    return a\n\ndef asked(b):\n    '''Doc.'''\n", "asked", "def asked(b)"),
        ("def asked(b):\n    '''Doc.'''\n\ndef helper(a):\n    return a\n", "asked", "def asked(b)"),
        (
            "Fix it:\ndef a(x):\n    return x\ndef b(x):\n    return a(x)\nassert a(1) == 2\nassert a(2) == 3",
            "a",
            "def a(x)",
        ),
        ("Fix the function `aa(x)`:\ndef aa(x):\n    return x\ndef b(x):\n    return x", "aa", "def aa(x)"),
        ("Fix it:\ndef a(x):\n    return x\ndef _b(x):\n    return x", "a", "def a(x)"),
        ("class Solution:\n    def run(self, s: str) -> str:\n", "Solution.run", "def run(self, s: str) -> str"),
    ],
)
def test_it_is_found(statement: str, entry_point: str, line: str | None) -> None:
    found = find_signature(statement)
    assert found is not None
    assert (found.entry_point, found.line) == (entry_point, line)


@pytest.mark.parametrize(
    "statement",
    [
        "Write a function that takes a list.",
        "Write a function to find the sum.",
        "Let $f(x)$ be a function f(x).",
        "Write a function f (a) for it",
        "What is the function sin(x)?",
        "class Stack:\n    def push(self, x):\n        pass",
        "Write print(x) on a line.",
        "Implement the `LRUCache(capacity)` class with a method get(key).",
        "Explain what a function does.",
        "",
    ],
)
def test_it_is_not_invented(statement: str) -> None:
    assert find_signature(statement) is None


def test_a_known_name_finds_its_own_definition() -> None:
    statement = "def a(x):\n    pass\ndef b(y):\n    pass\nWrite a function c(z)."
    found = [find_signature(statement, name) for name in ("a", "Solution.b", "c", "d")]
    assert [(item.entry_point, item.line) for item in found if item] == [
        ("a", "def a(x)"),
        ("Solution.b", "def b(y)"),
        ("c", "def c(z)"),
        ("d", None),
    ]


@pytest.mark.parametrize(
    "line", ["def f(a, b)", "def f(a, b):", "f(a, b)", "class Solution:\n    def f(self, a, b):\n        pass"]
)
def test_a_given_signature(line: str) -> None:
    found = from_line(line)
    assert found is not None
    assert found.parameters == ("a", "b")


def test_a_given_text_that_is_no_signature() -> None:
    assert from_line("the sum of two numbers") is None
