"""GSM8K: the number after the marks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from evals.item import AnswerCheck
from evals.sets.registry import load_set


def test_the_final_number_is_the_answer_and_has_no_commas(item: Callable[..., Any]) -> None:
    read = item("gsm8k", {"question": "How much?", "answer": "It is #### odd\n#### 1,234 "})
    assert (read.id, read.check, read.reference) == ("gsm8k/0", AnswerCheck("1234"), "1234")
    assert (read.problem.task, read.family) == ("math", "math")


def test_a_row_without_the_marks_is_refused(refused: Callable[..., str]) -> None:
    assert "no final number after ####" in refused("gsm8k", {"question": "How much?", "answer": "4"})


def test_the_published_rows_are_all_read(shared: Path) -> None:
    items = load_set("gsm8k", shared / "gsm8k_dev.jsonl").items
    assert len(items) == 300
    assert all(float(item.check.expected) is not None for item in items if isinstance(item.check, AnswerCheck))
