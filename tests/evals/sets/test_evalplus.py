"""HumanEval+ and MBPP+ as EvalPlus publishes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evals.item import InputsCheck
from evals.sets.registry import load_set

HUMANEVAL = {
    "task_id": "HumanEval/900",
    "prompt": 'def twice(n: int) -> int:\n    """Double it."""\n',
    "entry_point": "twice",
    "canonical_solution": "    return n + n\n",
    "base_input": [[1], [2]],
    "plus_input": [[10]],
    "atol": 0,
}
MBPP = {
    "task_id": "Mbpp/106",
    "prompt": '"""\nWrite a function to add the list to the tuple.\nassert add([5], (9,)) == (9, 5)\n"""\n',
    "entry_point": "add",
    "canonical_solution": "def add(a, b):\n    return tuple(list(b) + a)\n",
    "base_input": [[[5], [9]]],
    "plus_input": {},
    "atol": 1e-6,
}


def test_humaneval_plus_calls_on_base_and_plus_inputs(item: Callable[..., Any]) -> None:
    check = item("humaneval+", HUMANEVAL).check
    assert check == InputsCheck("twice", HUMANEVAL["prompt"] + "    return n + n\n", ((1,), (2,)), ((10,),))  # type: ignore[operator]


def test_find_zero_has_a_comparison_of_its_own(item: Callable[..., Any]) -> None:
    row = HUMANEVAL | {"entry_point": "find_zero", "prompt": 'def find_zero(xs: list):\n    """Find it."""\n'}
    assert item("humaneval+", row).check.comparison == "find_zero"


def test_mbpp_plus_gets_the_types_of_its_inputs_back_and_its_own_comparison(item: Callable[..., Any]) -> None:
    read = item("mbpp+", MBPP)
    assert (read.check.base, read.check.plus) == ((([5], (9,)),), ())
    assert (read.check.comparison, read.check.atol) == ("mbpp 106", 1e-6)
    assert read.reference == MBPP["canonical_solution"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"base_input": [1]}, "'base_input' must be a list of argument lists"),
        ({"plus_input": "x"}, "'plus_input' must be a list of argument lists"),
        ({"atol": "0"}, "'atol' must be a number, not str"),
    ],
)
def test_a_row_of_another_form_is_refused(refused: Callable[..., str], change: dict[str, object], says: str) -> None:
    assert says in refused("humaneval+", HUMANEVAL | change)


@pytest.mark.parametrize(
    ("name", "file", "count"),
    [("humaneval+", "humaneval_plus.jsonl.gz", 164), ("mbpp+", "mbpp_plus_dev.jsonl.gz", 189)],
)
def test_the_published_rows_are_read_and_show_a_solver_nothing_hidden(
    shared: Path, name: str, file: str, count: int
) -> None:
    items = load_set(name, shared / file).items
    assert len(items) == count
    for item in items:
        assert isinstance(item.check, InputsCheck)
        assert item.reference
        body = item.reference.removeprefix(item.problem.statement).strip()
        assert body not in item.problem.statement
        assert item.problem.entry_point == item.check.entry_point
