"""MATH-500: levels and subjects are kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.item import AnswerCheck
from evals.sets.registry import load_set

ROW = {
    "problem": "What is $1+1$?",
    "solution": "It is $\\boxed{2}$.",
    "answer": "2",
    "subject": "Algebra",
    "level": 3,
    "unique_id": "test/algebra/900.json",
}


def test_a_row(item: Callable[..., Any]) -> None:
    read = item("math500", ROW)
    assert (read.id, read.check, read.reference) == ("test/algebra/900.json", AnswerCheck("2"), "2")
    assert (read.difficulty, read.facts, read.family) == ("level 3", {"subject": "Algebra"}, "math")
    assert "boxed" not in read.problem.model_dump_json()


def test_the_published_rows_are_all_read(shared: Path) -> None:
    items = load_set("math500", shared / "math500_dev.jsonl").items
    assert len(items) == 250
    assert {item.difficulty for item in items} == {f"level {level}" for level in range(1, 6)}
