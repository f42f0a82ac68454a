"""AIME in the forms of the hub's copies."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from evals.item import AnswerCheck

URL = "https://artofproblemsolving.com/wiki/index.php/2023_AIME_I_Problems/Problem_4"


@pytest.mark.parametrize(
    ("row", "name", "year"),
    [
        ({"id": 60, "problem": "Q?", "solution": "s", "answer": "033", "url": "", "year": "2024"}, "aime/60", 2024),
        ({"id": 3, "problem": "Q?", "solution": "s", "answer": "33", "url": URL}, "aime/3", 2023),
        ({"ID": "2024-I-1", "Problem": "Q?", "Solution": "s", "Answer": 33}, "aime/2024-I-1", 2024),
        ({"ID": "1983-1", "Year": 1983, "Problem Number": 1, "Question": "Q?", "Answer": "33"}, "aime/1983-1", 1983),
        ({"problem": "Q?", "answer": "33"}, "aime/0", None),
    ],
)
def test_every_form_gives_the_same_item(
    item: Callable[..., Any], row: dict[str, object], name: str, year: int | None
) -> None:
    read = item("aime", row)
    assert (read.id, read.problem.statement, read.problem.task) == (name, "Q?", "math")
    assert (read.check, read.reference, read.family) == (AnswerCheck("33"), "33", "math")
    assert read.released == (date(year, 1, 1) if year else None)
    assert read.facts == ({"year": str(year)} if year else {})


@pytest.mark.parametrize("answer", ["1000", "-1", "1/2", "", "٣٣x", None])
def test_an_answer_that_aime_cannot_have_is_refused(refused: Callable[..., str], answer: object) -> None:
    assert "is no whole number from 0 to 999" in refused("aime", {"problem": "Q?", "answer": answer})
