"""Public tests given in JSON."""

from typing import Any

import pytest

from hierarchy.errors import ProblemError
from hierarchy.intake.record import read_record
from hierarchy.problem import AssertionTest, FunctionTest, Problem, StdioTest


def read(tests: list[Any], **data: object) -> Problem:
    row = {"statement": "Add two numbers.", "public_tests": tests} | data
    return read_record(row, source="p.json", where="p.json")


def test_every_form_for_a_function() -> None:
    problem = read(
        [
            {"kind": "function", "entry_point": "add", "args": [1], "kwargs": {"b": 2}, "expected": {"$tuple": [3]}},
            {"args": [1, 2], "expected": 3},
            {"kind": "assertion", "code": "assert add(1, 2) == 3"},
            "assert add(2, 2) == 4",
            {"code": "assert abs(add(0, 0)) < 1"},
            {"input": "a = 1, b = 2", "output": "3"},
            {"input": [1, 2], "output": 3},
            {"input": {"a": 1, "b": 2}, "output": "three"},
            {"input": "1, 'x'", "output": 3},
        ],
        signature="def add(a, b)",
    )
    assert problem.public_tests == (
        FunctionTest(entry_point="add", args=(1,), kwargs={"b": 2}, expected={"$tuple": [3]}),
        FunctionTest(entry_point="add", args=(1, 2), expected=3),
        AssertionTest(code="assert add(1, 2) == 3"),
        AssertionTest(code="assert add(2, 2) == 4"),
        AssertionTest(code="assert abs(add(0, 0)) < 1"),
        FunctionTest(entry_point="add", args=(1, 2), expected=3),
        FunctionTest(entry_point="add", args=(1, 2), expected=3),
        FunctionTest(entry_point="add", kwargs={"a": 1, "b": 2}, expected="three"),
        FunctionTest(entry_point="add", args=(1, "x"), expected=3),
    )
    assert problem.public_tests[0].expected == (3,)


def test_a_program_is_known_by_its_tests() -> None:
    problem = read(
        [{"stdin": "1 2", "stdout": "3"}, {"kind": "stdio", "stdin": "", "stdout": "0"}, {"input": "1", "output": "1"}]
    )
    assert problem.task == "program"
    assert problem.public_tests[2] == StdioTest(stdin="1", stdout="1")


def test_a_function_is_known_by_its_tests() -> None:
    problem = read([{"entry_point": "add", "args": [1, 2], "expected": 3}])
    assert (problem.task, problem.entry_point) == ("function", "add")


def test_functions_that_the_statement_defines_may_be_called() -> None:
    statement = "def helper(a):\n    return a\n\ndef add(a, b):\n    '''Add.'''"
    tests = [{"entry_point": "helper", "args": [1], "expected": 1}, "assert add(helper(1), 2) == len('abc')"]
    assert len(read(tests, statement=statement).public_tests) == 2


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (
            {"entry_point": "sub", "args": [], "expected": 1},
            "public test 2 calls 'sub', but the problem asks for 'add'",
        ),
        ("assert sub(1) == 2", "public test 2 calls 'sub', but the problem asks for 'add'"),
        ("add(1) == 2", "public test 2 is no assert statement: 'add(1) == 2'"),
        ("assert (", "public test 2 is no assert statement"),
        ("add", "public test 2 is no assert statement"),
        (3, "public test 2 must be an object or an assert, not int"),
        ({"kind": "magic"}, "public test 2 cannot be read: 'kind'"),
        ({"args": [1]}, "public test 2: 'expected' is missing; add what the call must return"),
        ({"kind": "function", "kwargs": {"a": 1}}, "public test 2: 'expected' is missing"),
        ({"args": [1], "expected": 1}, "public test 2 does not fit 'def add(a, b)': missing a required argument: 'b'"),
        ({"args": [1, 2, 3], "expected": 1}, "public test 2 does not fit 'def add(a, b)': too many positional"),
        ({"kwargs": {"a": 1, "c": 1}, "expected": 1}, "public test 2 does not fit 'def add(a, b)'"),
        ("assert add(1) == 2", "public test 2 does not fit 'def add(a, b)'"),
        ({"args": 1, "expected": 1}, "public test 2 cannot be read: 'args'"),
        ({"args": [{"$nope": 1}], "expected": 1}, "public test 2 cannot be read: 'args.0'"),
        ({"args": [1], "expected": 1, "more": 2}, "public test 2 cannot be read: 'more'"),
        ({"input": "one two", "output": "3"}, "must be Python values that fit 'def add(a, b)'"),
        ({"input": "1, 2", "output": "three"}, "must be Python values"),
        ({"input": 3, "output": 3}, "must be Python values"),
    ],
)
def test_bad_tests_are_refused_in_one_line(test: object, words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read([{"args": [1, 2], "expected": 3}, test], signature="def add(a, b)")
    assert words in str(caught.value)
    assert "p.json" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_pairs_of_values_need_a_function() -> None:
    with pytest.raises(ProblemError, match="must be text for a program"):
        read([{"input": [1], "output": 2}])


def test_deep_nesting_is_refused() -> None:
    deep: object = 1
    for _ in range(300):
        deep = [deep]
    with pytest.raises(ProblemError, match="cannot be read"):
        read([{"args": [deep], "expected": 1}], entry_point="add")


@pytest.mark.parametrize(
    ("signature", "test"),
    [
        ("def f(a, b=2)", {"args": [1], "expected": 1}),
        ("def f(*a, c)", {"args": [1, 2, 3], "kwargs": {"c": 1}, "expected": 1}),
        ("def f(a, /, *, c=1, **d)", {"args": [1], "kwargs": {"x": 1}, "expected": 1}),
        ("class Solution:\n    def f(self, a: int) -> int:\n        ", {"args": [1], "expected": 1}),
        ("async def f(a)", {"args": [1], "expected": 1}),
        ("def f(a)", "assert f(*[1]) == 1"),
        ("def f(a)", "assert f(**{'a': 1}) == 1"),
        ("def f(a)", "assert abs(f(a=1)) == 1"),
        ("def f(a) -> list[int]", "assert f(1) == [1]"),
    ],
)
def test_arguments_that_fit_the_signature(signature: str, test: object) -> None:
    assert len(read([test], signature=signature).public_tests) == 1
