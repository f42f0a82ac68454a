"""Doctests, strict and as people write them."""

import pytest

from hierarchy.intake.doctests import find_doctests
from hierarchy.intake.found import Target
from hierarchy.problem import AssertionTest, FunctionTest

TARGET = Target("f", ("a",))


def read(statement: str, target: Target = TARGET) -> list[object]:
    """Each test as `(args, expected)` or as its assertion."""
    return [
        (found.test.args, found.test.expected)
        if isinstance(found.test, FunctionTest)
        else getattr(found.test, "code", None)
        for found in find_doctests(statement, target)
    ]


def test_output_on_the_next_line() -> None:
    assert read(">>> f([1, 2])\n[2, 1]\n\n    >>> f('a')\n    'b'") == [(([1, 2],), [2, 1]), (("a",), "b")]


def test_output_on_the_same_line() -> None:
    assert read(">>> f([2,7,11,15], 9)  [0, 1]") == [(([2, 7, 11, 15], 9), [0, 1])]


def test_several_on_one_line_of_a_shell_argument() -> None:
    assert read("Write f(a). >>> f(1)  2  >>> f(2)  (3, 4). Be quick.") == [((1,), 2), ((2,), (3, 4))]


def test_equality_without_output() -> None:
    assert read(">>> f([]) == None\n>>> f(1) is True\n>>> 3 == f(2)") == [(([],), None), ((1,), True), ((2,), 3)]


@pytest.mark.parametrize(("output", "found"), [("True", [((1,), 2)]), ("False", [])])
def test_equality_with_output(output: str, found: list[object]) -> None:
    assert read(f">>> f(1) == 2\n{output}") == found


def test_continuation_lines_and_comments() -> None:
    assert read(">>> f([1,\n...    2])  # both\n3  # as '#' says") == [(([1, 2],), 3)]


def test_output_over_several_lines() -> None:
    assert read(">>> f(1)\n[1,\n 2]") == [((1,), [1, 2])]


def test_prose_right_below_the_output_is_no_output() -> None:
    assert read(">>> f(1)\n4\nThe function must be fast.") == [((1,), 4)]


def test_printed_lines_are_no_value() -> None:
    assert read(">>> f(3)\n1\n2\n3") == []


def test_set_up_lines_and_what_depends_on_them_are_skipped() -> None:
    assert read(">>> x = [1]\n>>> f(x)\n1\n>>> f(2)\n2") == [((2,), 2)]


def test_wrapped_calls_become_assertions() -> None:
    assert read(">>> round(f([1]), 2)  # note\n0.5\n>>> print(f(1))\n7\n>>> sorted(f(2)) == [1]") == [
        "assert round(f([1]), 2) == 0.5",
        "assert str(f(1)) == '7'",
        "assert sorted(f(2)) == [1]",
    ]


@pytest.mark.parametrize(
    "statement",
    [
        ">>> f(1)\nTraceback (most recent call last):\n...\nValueError: no",
        ">>> f(1)\n[1, ..., 9]",
        ">>> f(1)\nHello",
        ">>> f(1)",
        ">>> f(1)  [1] (or any order)",
        ">>> f(1) - 1",
        ">>> f(1)[0]",
        ">>> g(1)\n2",
        ">>> len('x')\n1",
        ">>> helper(f(1))\n2",
        ">>> f(open('x'))\n2",
        ">>> round(f(1), 2)\n...",
        ">>> 1 == 1",
    ],
)
def test_what_is_no_certain_example_is_left_out(statement: str) -> None:
    assert read(statement) == []


def test_silence_is_none_only_where_the_statement_speaks_of_none() -> None:
    assert read("Return None for an empty list.\n>>> f([])\n\n>>> f([1])\n1") == [(([],), None), (([1],), 1)]


def test_any_function_is_read_while_none_is_known() -> None:
    found = [item.test for item in find_doctests(">>> g(1)\n2\n>>> len([])\n0\n>>> round(g(1))\n2", Target())]
    assert found == [FunctionTest(entry_point="g", args=(1,), expected=2)]


def test_a_method_keeps_its_dotted_name() -> None:
    (found,) = find_doctests(">>> Solution().f(1)\n2", Target("Solution.f"))
    assert found.test == FunctionTest(entry_point="Solution.f", args=(1,), expected=2)
    (wrapped,) = find_doctests(">>> sorted(Solution().f(1))\n[2]", Target("Solution.f"))
    assert wrapped.test == AssertionTest(code="assert sorted(Solution().f(1)) == [2]")


def test_a_dict_that_looks_like_typed_json_stays_a_dict() -> None:
    assert read(">>> f({'$tuple': [1]})\n{'$set': 2}") == [(({"$tuple": [1]},), {"$set": 2})]
