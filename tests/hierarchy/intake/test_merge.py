"""What becomes of the examples found: only those that every right answer must satisfy are left."""

import pytest

from hierarchy.intake import read_statement
from hierarchy.problem import AssertionTest, FunctionTest


def read(statement: str) -> list[object]:
    return [
        (test.args, test.expected) if isinstance(test, FunctionTest) else getattr(test, "code", test)
        for test in read_statement(statement).public_tests
    ]


def test_duplicates_are_one_and_contradictions_none() -> None:
    assert read("def f(a):\n>>> f(1)\n2\n\nf(1) == 2\nassert f(1) == 2\nf(2) = 3\n`f(2)` is 4") == [((1,), 2)]


def test_order_is_that_of_the_statement() -> None:
    assert read("Write f1(a).\nf1(3) returns 4\nassert f1(1) == 2\nf1(2) => 3") == [((3,), 4), ((1,), 2), ((2,), 3)]


def test_values_must_fit_the_annotations() -> None:
    statement = "def f(a: list[int], b: Optional[str] = None) -> bool:\n    '''\n"
    assert read(statement + "f([1]) == True\nf([2]) == 3\nf(4) == True\nf([5], None) == False\nf([6], 7) == True") == [
        (([1],), True),
        (([5], None), False),
    ]


@pytest.mark.parametrize(
    ("hint", "value", "fits"),
    [
        ("int", "True", False),
        ("float", "1", True),
        ("str", "101", False),
        ("List[int]", "(1, 2)", False),
        ("Tuple[int, int]", "[1, 2]", False),
        ("int | None", "None", True),
        ("int | None", "'a'", False),
        ("None", "1", False),
        ("Any", "1", True),
        ("np.ndarray", "[1]", True),
    ],
)
def test_the_result_must_fit_its_annotation(hint: str, value: str, fits: bool) -> None:
    assert bool(read(f"def f(a) -> {hint}:\n    '''\n    f(1) == {value}\n    '''")) is fits


def test_any_order_is_compared_sorted() -> None:
    statement = "Write f1(a, b). Return the list in any order.\nf1([2], b=1) == [3, 1]\nf1([], 2) == 0\n"
    statement += "f1(3, 4) == [[1], [2]]\nf1(5, 5) == [1, 'a']"
    assert read(statement) == ["assert sorted(f1([2], b=1)) == [1, 3]", (([], 2), 0)]


@pytest.mark.parametrize(
    "statement",
    [
        "Write f1(a). If there are multiple solutions, return any of them.\nf1(1) == 2",
        "Write f1(a). Any valid answer is accepted.\nf1(1) == 2",
        "class Solution:\n    def f(self, head: ListNode) -> int:\n\nInput: head = [1]\nOutput: 1",
        "class Solution:\n    def f(self, a: list[int]) -> None:\n\nInput: a = [1]\nOutput: [1]",
        "def f(a):\nDo not return anything, modify a in-place.\nf([1]) == [1]",
        "Write f1(a) that prints the numbers.\n>>> f1(1)\n1",
        "This is an interactive problem.\nSample Input\n1\nSample Output\n2\n",
        "Print the numbers in any order.\nSample Input\n1\nSample Output\n2 1\n",
        "Print any correct answer.\nInput\n1\nOutput\n2\n",
    ],
)
def test_nothing_is_left_where_the_answer_is_not_unique_or_not_returned(statement: str) -> None:
    assert read(statement) == []


def test_present_behaviour_of_a_bug_is_no_example() -> None:
    statement = """Fix the bug in this function:
def add(a, b):
    return a - b

Currently:
>>> add(1, 2)
-1

add(2, 2) returns 0 now.
It should be so: add(3, 4) should return 7.
assert add(1, 1) == 2
>>> add(5, 5)
10
"""
    assert read(statement) == [((3, 4), 7), ((1, 1), 2)]


def test_the_base_cases_of_a_sequence_are_no_results() -> None:
    statement = """Tribonacci: tri(1) = 3
tri(n) = tri(n - 1) + tri(n - 2)
tri(4) = 3
Write a function tri(n) that returns a list of the first numbers.
tri(3) = [1, 3, 2, 8]
"""
    assert read(statement) == [((3,), [1, 3, 2, 8])]
    assert read("fib(0) = 0\nfib(n) = fib(n - 1) + fib(n - 2)\nWrite a function fib(n).") == [((0,), 0)]


def test_wrapped_calls_are_kept_once() -> None:
    statement = "def f(a):\n>>> round(f(1), 2)\n0.5\n\nassert round(f(1), 2) == 0.5"
    assert read_statement(statement).public_tests == (AssertionTest(code="assert round(f(1), 2) == 0.5"),)
