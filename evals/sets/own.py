"""Problems of one's own: JSON lines, a JSON list, or a folder of TOML files, one problem each.

The keys are those of a problem file (`hierarchy.intake.record`), and beside them what grades:
`hidden_tests` (written as `public_tests` are) or `answer` (for `task = "math"`), `reference`, `wrong` (a list of texts,
or of tables with `code` and `why`), `family` (the specialist to choose), `difficulty`, `released` (a date).
"""

import difflib
from collections.abc import Mapping
from typing import cast

from evals.item import AnswerCheck, Item, TestsCheck
from evals.sets.base import ProblemSet, Row, day, problem
from evals.sets.origins import Available
from hierarchy.errors import ProblemError
from hierarchy.problem import TestCase

_GRADING = ("hidden_tests", "answer", "reference", "wrong", "family", "difficulty", "released")

_FOREIGN = (
    *("canonical_solution", "test", "base_input", "plus_input", "test_list", "challenge_test_list", "completion"),
    *("input_output", "private_tests", "private_test_cases", "solution", "solutions"),
)
"""Keys of published sets that hold what grades there; here they would be left out without a word."""


class Own(ProblemSet):
    """A file or a folder of one's own."""

    name = "own"
    summary = "your own problems: JSON lines, a JSON list, or a folder of TOML files"
    licence = "yours"
    published = "nowhere: it is yours"

    def available(self) -> Available:
        """Nowhere but in the user's file."""
        return Available("your file: --set PATH", False)

    def item(self, row: Row, number: int) -> Item:
        """A sample must pass the hidden tests and the public ones."""
        if foreign := next((key for key in _FOREIGN if key in row), None):
            raise ProblemError(
                f"the key {foreign!r} is a published set's; load it as that set: --set NAME --set-file FILE"
            )
        record = {key: value for key, value in row.items() if key not in _GRADING}
        _check_typos(record)
        answer = _text(row, "answer")
        if (answer is None) == (row.get("hidden_tests") is None):
            raise ProblemError("the problem needs either 'hidden_tests' or 'answer' to be graded by; give one of them")
        if answer is not None:
            if "\n" in answer.strip():
                raise ProblemError("'answer' has several lines; give the final answer alone")
            record.setdefault("task", "math")
        read = problem(self.name, **record)
        hidden = self._hidden(row, record, read.public_tests) if answer is None else ()
        check = TestsCheck(read.public_tests + hidden) if answer is None else AnswerCheck(answer)
        return Item(
            read,
            check,
            _text(row, "reference") or answer,
            wrong=_wrong(row.get("wrong")),
            family=_text(row, "family"),
            difficulty=_text(row, "difficulty"),
            released=day(row.get("released")),
        )

    def _hidden(self, row: Row, record: Row, public: tuple[TestCase, ...]) -> tuple[TestCase, ...]:
        """Those that are not public as well. Read as public tests are, so that they are checked as those are."""
        try:
            tests = problem(self.name, **{**record, "public_tests": row["hidden_tests"]}).public_tests
        except ProblemError as error:
            said = str(error).replace("public test", "hidden test").replace("'public_tests'", "'hidden_tests'")
            raise ProblemError(said) from None
        hidden = tuple(test for test in tests if test not in public)
        if not hidden:
            raise ProblemError("the problem has no hidden test: 'hidden_tests' is empty, or all of it is public")
        return hidden


def _check_typos(record: Row) -> None:
    """Keys that are nearly those that grade, which whoever reads the problem does not know; it finds the others."""
    for key in record:
        if near := difflib.get_close_matches(key, _GRADING, 1, cutoff=0.8):
            raise ProblemError(f"unknown key {key[:80]!r}; did you mean {near[0]!r}?")


def _text(row: Row, key: str) -> str | None:
    value = row.get(key)
    if value is not None and not isinstance(value, str):
        raise ProblemError(f"{key!r} must be text, not {type(value).__name__}; put it in quotes")
    return value or None


def _wrong(value: object) -> tuple[str, ...]:
    entries = [] if value is None else value if isinstance(value, list) else [value]
    found = [each.get("code") if isinstance(each, Mapping) else each for each in entries]
    if not all(isinstance(each, str) and each.strip() for each in found):
        raise ProblemError("'wrong' must be a list of texts, or of tables with 'code' and 'why'")
    return tuple(cast(list[str], found))
