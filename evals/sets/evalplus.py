"""HumanEval+ and MBPP+ (Liu et al., NeurIPS 2023): EvalPlus's releases, with many more inputs than the originals.

What the reference returns on an input is expected. A sample passes `base` on the original inputs, and `plus` when it
passes the further ones as well; `passed` is both.
"""

from collections.abc import Sequence
from typing import cast

from evals.item import InputsCheck, Item
from evals.sets.base import ProblemSet, Row, problem, text
from evals.sets.mbpp_types import restored


class HumanEvalPlus(ProblemSet):
    """164 functions to complete from their docstring."""

    name = "humaneval+"
    summary = "HumanEval+ v0.1.10: 164 Python functions, about 750 inputs each (EvalPlus)"
    licence = "Apache-2.0 (HumanEval: MIT)"
    size = 164
    published = "https://github.com/evalplus/humanevalplus_release/releases (HumanEvalPlus.jsonl.gz)"

    def item(self, row: Row, number: int) -> Item:
        """The prompt is the statement; the reference is prompt and canonical solution."""
        entry_point, reference = text(row, "entry_point"), text(row, "prompt") + text(row, "canonical_solution")
        check = InputsCheck(
            entry_point,
            reference,
            base=arguments(row, "base_input"),
            plus=arguments(row, "plus_input"),
            atol=tolerance(row),
            comparison="find_zero" if entry_point == "find_zero" else "value",
        )
        read = problem(self.name, task_id=text(row, "task_id"), prompt=text(row, "prompt"), entry_point=entry_point)
        return Item(read, check, reference)


class MbppPlus(ProblemSet):
    """378 short functions from a sentence and one assertion."""

    name = "mbpp+"
    summary = "MBPP+ v0.2.0: 378 short Python functions, about 100 inputs each (EvalPlus)"
    licence = "Apache-2.0 (MBPP: CC-BY-4.0)"
    size = 378
    published = "https://github.com/evalplus/mbppplus_release/releases (MbppPlus.jsonl.gz)"

    def item(self, row: Row, number: int) -> Item:
        """As EvalPlus does, JSON's lists become the tuples and sets that the functions were written for."""
        task_id, entry_point, reference = (text(row, key) for key in ("task_id", "entry_point", "canonical_solution"))
        check = InputsCheck(
            entry_point,
            reference,
            base=restored(task_id, arguments(row, "base_input")),
            plus=restored(task_id, arguments(row, "plus_input")),
            atol=tolerance(row),
            comparison=f"mbpp {task_id.removeprefix('Mbpp/')}",
        )
        read = problem(self.name, task_id=task_id, prompt=text(row, "prompt"), entry_point=entry_point)
        return Item(read, check, reference)


def arguments(row: Row, key: str) -> tuple[tuple[object, ...], ...]:
    """The arguments of each call. Raises `KeyError` and `TypeError`."""
    calls = row[key]
    if calls == {}:  # EvalPlus writes it for no further inputs
        return ()
    if not isinstance(calls, list) or not all(isinstance(each, list) for each in calls):
        raise TypeError(f"{key!r} must be a list of argument lists")
    return tuple(tuple(each) for each in cast(Sequence[list[object]], calls))


def tolerance(row: Row) -> float:
    """The row's `atol`."""
    value = row["atol"]
    if not isinstance(value, int | float):
        raise TypeError(f"'atol' must be a number, not {type(value).__name__}")
    return float(value)
