"""`def` lines in statements."""

import ast

import pytest

from hierarchy.intake.defs import find_definitions, read_line


def test_a_signature_with_hints_and_defaults() -> None:
    (found,) = find_definitions(
        "Here:\n\n    def f(a: list[int],\n          b: 'str' = 'x, y', *, c=(1, 2)) -> dict[str, int]:\n        pass\n"
    )
    assert found.line == "def f(a: list[int], b: 'str' = 'x, y', *, c=(1, 2)) -> dict[str, int]"
    assert found.parameters == ("a", "b", "c")
    assert {name: ast.unparse(node) for name, node in found.annotations.items()} == {
        "a": "list[int]",
        "b": "'str'",
        "return": "dict[str, int]",
    }
    assert not found.has_body


@pytest.mark.parametrize(
    ("body", "has_body"),
    [
        (":\n    return a", True),
        (":\n    '''Doc with\n    return'''\n", False),
        (':\n    """Doc."""\n    # your code here\n    ...\n', False),
        (":\n    import math\n    '''Doc.'''\n", False),
        (":\n    raise NotImplementedError('later')\n", False),
        (":\n    x = 1\n    return x\n", True),
        (": return a", True),
        (": ...", False),
        (":\n\nprint(1)", False),
        ("", False),
        (":\n    '''never closed", False),
    ],
)
def test_what_counts_as_a_body(body: str, has_body: bool) -> None:
    (found,) = find_definitions(f"def f(a){body}")
    assert found.has_body is has_body


def test_methods_know_their_class_and_inner_functions_are_left_out() -> None:
    statement = """
class Solution:
    def solve(self, a):
        def inner(y):
            return y
        return inner(a)

    def other(self, b):
        pass

def outer(x):
    def inner(y):
        return y
    return inner(x)

def asked(z):
"""
    assert [(item.entry_point, item.parameters) for item in find_definitions(statement)] == [
        ("Solution.solve", ("a",)),
        ("Solution.other", ("b",)),
        ("outer", ("x",)),
        ("asked", ("z",)),
    ]


@pytest.mark.parametrize(
    "text", ["def f(", "def f(a", "def f(1)", "def f(a b):", "def f(a: [):", "define f(a)", "def (a)"]
)
def test_what_is_no_python_is_left_out(text: str) -> None:
    assert find_definitions(text) == []
    assert read_line(text) is None


def test_at_most_a_hundred_are_read() -> None:
    assert len(find_definitions("def f(a): return a\n" * 150)) == 100
