"""MBPP in both published forms."""

from collections.abc import Callable
from typing import Any

import pytest

from evals.item import ScriptCheck, TestsCheck
from hierarchy.problem import AssertionTest

WHOLE = {
    "task_id": 11,
    "text": "Write a function to add one.",
    "code": "def add_one(n):\r\n  return n + 1",
    "test_list": ["assert add_one(1) == 2", "assert add_one(41) == 42"],
    "test_setup_code": "",
    "challenge_test_list": ["assert add_one(-1) == 0"],
}
SANITIZED = {
    "source_file": "x",
    "task_id": 12,
    "prompt": "Write a function to keep what both have.",
    "code": "def both(a, b):\n  return tuple(set(a) & set(b))",
    "test_imports": [],
    "test_list": ["assert set(both((1, 2), (2, 3))) == set((2,))", "assert set(both((7,), (8,))) == set()"],
}


def test_the_whole_form_counts_the_challenge_tests_too(item: Callable[..., Any]) -> None:
    read = item("mbpp", WHOLE)
    assert read.id == "Mbpp/11"
    assert read.check == TestsCheck(
        tuple(AssertionTest(code=code) for code in [*WHOLE["test_list"], *WHOLE["challenge_test_list"]])  # type: ignore[misc]
    )
    assert read.reference == WHOLE["code"]


def test_the_statement_is_the_sentence_and_the_first_assertion(item: Callable[..., Any]) -> None:
    seen = item("mbpp", WHOLE).problem
    assert seen.statement == '"""\nWrite a function to add one.\nassert add_one(1) == 2\n"""\n'
    assert (seen.entry_point, seen.task, len(seen.public_tests)) == ("add_one", "function", 1)
    assert "42" not in seen.model_dump_json()


def test_the_sanitized_form_and_a_call_inside_of_another(item: Callable[..., Any]) -> None:
    read = item("mbpp", SANITIZED)
    assert read.problem.entry_point == "both"
    assert len(read.check.tests) == 2


@pytest.mark.parametrize(
    ("row", "first"),
    [
        (WHOLE | {"test_setup_code": "root = [1]"}, "root = [1]"),
        (SANITIZED | {"test_imports": ["import math"]}, "import math"),
    ],
)
def test_what_tests_need_before_them_makes_a_script(item: Callable[..., Any], row: object, first: str) -> None:
    check = item("mbpp", row).check
    assert isinstance(check, ScriptCheck)
    assert check.script.startswith(f"{first}\nassert ")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"test_list": []}, "'test_list' is empty"),
        ({"test_list": ["assert ("]}, "'code' or 'test_list' is no valid Python"),
        ({"code": "def ("}, "'code' or 'test_list' is no valid Python"),
        ({"test_list": "assert add_one(1) == 2"}, "'test_list' must be a list of texts"),
    ],
)
def test_a_row_of_another_form_is_refused(refused: Callable[..., str], change: dict[str, object], says: str) -> None:
    assert says in refused("mbpp", WHOLE | change)
