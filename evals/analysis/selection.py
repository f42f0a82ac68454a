"""Was a right candidate there, and was it the one that was chosen? Selection is where small models lose most."""

from dataclasses import dataclass

from evals.analysis.means import mean_over_items
from evals.results import Results, Row


@dataclass(frozen=True)
class Selection:
    """What choosing among candidates was worth, over every sample that counts: one without a candidate, because the
    solver could not take the problem or never got beyond the steps of a plan, has no right one. Shares in 0..1."""

    samples: int
    candidates: float
    """Mean number of candidates of a sample: the n of oracle@n."""
    most: int
    """Candidates of the sample that has most of them; with 1 there was nothing to choose."""
    first: float
    """Share of samples whose first candidate is right: what no choosing at all would give."""
    picked: float
    """Share of samples that are right."""
    oracle: float
    """Share of samples with a right candidate among theirs: what perfect choosing would give."""
    efficiency: float | None
    """(picked - first) / (oracle - first): 1 is perfect choosing, 0 none, negative harmful; None where oracle == first,
    since then there was nothing to choose."""


def selection(results: Results) -> Selection | None:
    """What selection did in a run; None when no sample has graded candidates (files of others, for one)."""
    rows = results.scored
    if not any(map(candidates, rows)):
        return None
    first, picked, oracle = (mean_over_items(rows, value) for value in (first_is_right, _picked, has_right))
    return Selection(
        samples=len(rows),
        candidates=mean_over_items(rows, lambda row: len(candidates(row))),
        most=max(len(candidates(row)) for row in rows),
        first=first,
        picked=picked,
        oracle=oracle,
        efficiency=None if abs(oracle - first) < 1e-12 else (picked - first) / (oracle - first),
    )


def candidates(row: Row) -> dict[str, bool]:
    """Attempt id → whether it is right, of the attempts that answer the whole problem, in the order of their making.

    One that was not graded beside graded ones held no answer to grade: it is wrong. Empty where none was graded.
    """
    graded = row.grade.candidates if row.grade is not None else {}
    if not graded:
        return {}
    whole = {each.id: False for each in row.sample.attempts if each.step is None}
    return whole | graded


def first_is_right(row: Row) -> bool:
    """Whether the first candidate is right; a row without graded candidates has no right one."""
    return next(iter(candidates(row).values()), False)


def has_right(row: Row) -> bool:
    """Whether a right answer was there: among the candidates, or the one that was given."""
    return bool(row.passed) or any(candidates(row).values())


def _picked(row: Row) -> bool:
    return bool(row.passed)
