"""JSON objects: our keys, the keys of known benchmarks, and what is refused."""

import json

import pytest

from hierarchy.errors import ProblemError
from hierarchy.intake import read_statement
from hierarchy.intake.record import IGNORED_KEYS, read_record
from hierarchy.problem import FunctionTest, Problem


def read(**data: object) -> Problem:
    return read_record(data, source="rows.jsonl:7", where="rows.jsonl:7")


def test_everything_can_be_given() -> None:
    problem = read(
        statement="Add two numbers.",
        id="add-1",
        signature="def add(a: int, b: int) -> int:",
        task="function",
        public_tests=[{"args": [1, 2], "expected": 3}],
        tags=["easy"],
    )
    assert (problem.id, problem.entry_point, problem.tags) == ("add-1", "add", ("easy",))
    assert problem.signature == "def add(a: int, b: int) -> int"
    assert problem.public_tests == (FunctionTest(entry_point="add", args=(1, 2), expected=3),)
    assert problem.source == "rows.jsonl:7"


def test_what_is_not_given_is_found_in_the_statement() -> None:
    problem = read(prompt="def add(a, b):\n    '''\n    >>> add(1, 2)\n    3\n    '''", task_id=12)
    assert (problem.id, problem.entry_point, len(problem.public_tests)) == ("12", "add", 1)


def test_a_given_name_wins_over_the_statement() -> None:
    assert read(statement="Write a function one(a).", entry_point="two").entry_point == "two"
    assert read(statement="Add.", signature="def add(a)", entry_point="Solution.add").entry_point == "Solution.add"


def test_starter_code_of_a_method() -> None:
    problem = read(
        problem_description="Sum.\n\nExample 1:\nInput: a = 1, b = 2\nOutput: 3",
        starter_code="class Solution:\n    def add(self, a: int, b: int) -> int:\n        ",
    )
    assert problem.public_tests == (FunctionTest(entry_point="Solution.add", args=(1, 2), expected=3),)


def test_an_empty_list_of_tests_means_none() -> None:
    assert read(statement="def f(a):\n>>> f(1)\n2", public_tests=[]).public_tests == ()


def test_a_problem_that_was_written_as_json_comes_back() -> None:
    problem = read_statement("def f(a):\n>>> f((1, 2))\n{3}")
    assert read(**json.loads(problem.model_dump_json())) == problem.model_copy(update={"source": "rows.jsonl:7"})


def test_hidden_fields_are_ignored() -> None:
    hidden = dict.fromkeys(IGNORED_KEYS, "SECRET") | {"code": "SECRET", "statement": "Explain a."}
    assert "SECRET" not in read(**hidden).model_dump_json()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "no statement; add the key 'statement'"),
        ({"statement": ""}, "is empty"),
        ({"statement": 3}, "'statement' must be text, not int"),
        ({"statement": "x", "statment": "y"}, "unknown key 'statment'; did you mean 'statement'?"),
        ({"statement": "x", "tests": []}, "unknown key 'tests'; did you mean 'public_tests'?"),
        ({"statement": "x", "zzz": 1}, "unknown key 'zzz'; the keys are statement, id,"),
        ({"statement": "x", "code": "def f(): pass"}, "unknown key 'code'"),
        ({"statement": "x", "task": "fonction"}, "unknown task 'fonction'; did you mean 'function'?"),
        ({"statement": "x", "task": 7}, "unknown task '7'; it is one of function, program, math, text"),
        ({"statement": "x", "tags": "a"}, "'tags' must be a list of texts"),
        ({"statement": "x", "id": ["a"]}, "'id' must be printable text"),
        ({"statement": "x", "id": "a\nb"}, "'id' must be printable text"),
        ({"statement": "x", "id": True}, "'id' must be printable text"),
        ({"statement": "x", "signature": "sum it"}, "'signature' is no function header: 'sum it'"),
        ({"statement": "x", "entry_point": 1}, "'entry_point' must be text"),
        ({"statement": "x", "entry_point": "f g"}, "'entry_point' 'f g' is no name of a function"),
        ({"statement": "x", "entry_point": "class"}, "'entry_point' 'class' is no name"),
        ({"statement": "x", "entry_point": "Solution."}, "'entry_point' 'Solution.' is no name"),
        (
            {"statement": "x", "entry_point": "f", "signature": "def g(x)"},
            "'signature' defines 'g', but 'entry_point' is 'f'; make them the same",
        ),
        (
            {"statement": "x", "entry_point": "f", "public_tests": [{"stdin": "1", "stdout": "2"}]},
            "public test 1 is for a program on standard input, but 'entry_point' names a function",
        ),
        (
            {"statement": "x", "signature": "def f(x)", "public_tests": [{"stdin": "1", "stdout": "2"}]},
            "public test 1 is for a program on standard input, but 'signature' names a function",
        ),
        ({"statement": "x", "public_tests": {}}, "'public_tests' must be a list, not dict"),
    ],
)
def test_bad_rows_are_refused_in_one_line(data: dict[str, object], words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read(**data)
    assert words in str(caught.value)
    assert "rows.jsonl:7" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_open_and_maths_problems_have_no_function() -> None:
    problem = read(statement="def f(a): …", task="text", public_tests=[])
    assert (problem.task, problem.entry_point) == ("text", None)
    assert read(question="How many are 3 apples?", answer="3").task == "math"


def test_an_assertion_that_cannot_be_judged_is_named() -> None:
    row = {
        "statement": "Write add(a, b).",
        "entry_point": "add",
        "public_tests": ["assert add(1, 2) == 3", "assert add(1, x) == 3"],
    }
    with pytest.raises(ProblemError, match=r"public test 2, 'assert add\(1, x\) == 3', uses 'x'"):
        read_record(row, source="file", where="file:1")
