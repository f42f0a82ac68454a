"""A whole statement: what is refused, what is found, and that nothing hostile gets through or takes long."""

import contextlib
import hashlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierarchy.errors import ProblemError
from hierarchy.intake import read_statement
from hierarchy.problem import FunctionTest, Problem


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "'argument' is empty"),
        (" \n\t\u00a0", "is empty"),
        ("a\0b", "NUL byte at character 1"),
        ("x" * 200_001, "200001 characters, more than the 200000"),
        ("ab\ud800", "not valid Unicode at character 2"),
    ],
)
def test_what_is_no_statement_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read_statement(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_example_of_the_command_line() -> None:
    problem = read_statement(
        "Write a function two_sum(nums, target) that finds it. >>> two_sum([2,7,11,15], 9)  [0, 1]"
    )
    assert (problem.task, problem.entry_point, problem.signature) == (
        "function",
        "two_sum",
        "def two_sum(nums, target)",
    )
    assert problem.public_tests == (FunctionTest(entry_point="two_sum", args=([2, 7, 11, 15], 9), expected=[0, 1]),)


def test_a_statement_without_examples_is_taken_in() -> None:
    problem = read_statement("Explain recursion.")
    assert (problem.task, problem.public_tests, problem.entry_point, problem.signature) == ("text", (), None, None)


def test_the_id_is_derived_from_the_statement() -> None:
    digest = hashlib.sha256(b"Explain recursion.").hexdigest()
    assert read_statement("Explain recursion.").id == f"p-{digest[:10]}"


def test_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    problem = read_statement("\ufeffdef f(a):\r\n>>> f(1)\r\n2\r\n")
    assert problem.statement == "def f(a):\n>>> f(1)\n2\n"
    assert len(problem.public_tests) == 1


def test_the_function_is_known_by_what_doctests_and_asserts_call() -> None:
    problem = read_statement("Reverse it.\n>>> backwards([1, 2])\n[2, 1]")
    assert (problem.entry_point, problem.signature, len(problem.public_tests)) == ("backwards", None, 1)
    assert read_statement("Do it.\nassert set(shared([1])) == {1}").entry_point == "shared"
    assert read_statement("Write a function to double.\ndouble(2) => 4").entry_point == "double"


def test_a_class_to_write_has_methods_and_no_entry_point() -> None:
    problem = read_statement(
        "Implement `class LRUCache` with get(key).\ncache = LRUCache(2)\nget(2) == -1\nassert get(1) == 2"
    )
    assert (problem.task, problem.entry_point, problem.public_tests) == ("function", None, ())


def test_two_functions_called_and_none_asked_for_is_nobodys_example() -> None:
    problem = read_statement("Which is better?\n>>> one(1)\n2\n>>> two(1)\n2")
    assert (problem.entry_point, problem.public_tests) == (None, ())


def test_the_tests_survive_json() -> None:
    problem = read_statement("def f(a):\n>>> f({'$set': [1]})\n(1, {2})")
    assert Problem.model_validate_json(problem.model_dump_json()) == problem


_PIECES = """>>> ;f1(;1;[2, 3];'a';);\n; -> ; == ; => ;➞;assert ;def f1(a, b):;Input: ;Output: ;Input;Output;Example
;a = ;, ;For ; the output should be ; returns ;(or any order);```;''';class Solution:;    ;...;(;[;{;\\;#;-;*;é
;\x00;.;int;sample;0x1
;write a function ;standard input;return any of;f1(n) = f1(n - 1);bug;currently;1_0;-1.5e3j"""
_NOISE = st.text(max_size=200) | st.lists(st.sampled_from(re.split("[;]", _PIECES)), max_size=40).map("".join)


@given(_NOISE)
@settings(max_examples=400, deadline=None)
def test_any_text_is_a_problem_or_a_problem_error(text: str) -> None:
    with contextlib.suppress(ProblemError):
        problem = read_statement(text)
        assert Problem.model_validate_json(problem.model_dump_json()) == problem


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "f1(",
            "[",
            "'",
            '"',
            "\n",
            " ",
            ">",
            ">>> ",
            ">>> f1(\n",
            "assert ",
            "assert f1(1) ==\n(",
            "Input: ",
            "-",
            "=",
        ),
        *(
            "Input: [1\nOutput: [",
            "write a function ",
            "for a = 1, b = 2 the output output ",
            "f1(1) = ",
            "f1(1) -> 1 - ",
        ),
        *(
            "def f(",
            "def f(a):\n    return 1\n",
            "class A:\n",
            '"""',
            "'''x\n",
            "\\",
            "$",
            "Example\nInput\n",
            "a",
            "1",
            "1_",
        ),
        *(
            "how many ",
            "what ",
            "multiple answers ",
            "returns list ",
            "f1(n) = f1(",
            "input: 1\noutput: ",
            "```\n",
            "é",
            "1,",
        ),
    ],
)
@pytest.mark.parametrize("opening", ["Write a function f1(a, b).\n", ""])
def test_a_hundred_thousand_hostile_characters_are_read(opening: str, unit: str) -> None:
    try:
        assert read_statement(opening + unit * (100_000 // len(unit))).statement.startswith(opening)
    except ProblemError:
        assert not opening


def test_named_inputs_without_a_function_imply_one() -> None:
    problem = read_statement(
        "Find it.\nInput: nums = [3, 2], target = 5\nOutput: [0, 1]\nInput: nums = [1], target = 2\nOutput: []"
    )
    assert problem.signature == "def find_answer(nums, target)"
    assert [test.expected for test in problem.public_tests if isinstance(test, FunctionTest)] == [[0, 1], []]
    differing = read_statement("Return it.\nInput: a = 3\nOutput: 1\nInput: b = 1\nOutput: 2")
    assert (differing.entry_point, differing.public_tests) == (None, ())
