"""What choosing among candidates was worth."""

from collections.abc import Callable

import pytest
from scenario import attempt, verdict

from evals.analysis.selection import selection
from evals.results import Results, Row

MakeRow = Callable[..., Row]
MakeResults = Callable[..., Results]

TRIES = tuple(attempt(f"{number}.solve.0", verdict(1)) for number in range(3))


def tried(row: MakeRow, name: str, candidates: str, passed: bool) -> Row:
    """An item with one candidate a character, `1` for a right one."""
    marks = {each.id: mark == "1" for each, mark in zip(TRIES, candidates, strict=False)}
    return row(name, passed, attempts=TRIES[: len(candidates)], candidates=marks)


def test_efficiency_is_the_part_of_what_could_be_won(row: MakeRow, results: MakeResults) -> None:
    found = selection(
        results(
            tried(row, "a", "100", True),
            tried(row, "b", "010", True),
            tried(row, "c", "011", False),
            tried(row, "d", "001", False),
            tried(row, "e", "000", False),
        )
    )
    assert found is not None
    assert (found.first, found.picked, found.oracle) == pytest.approx((0.2, 0.4, 0.8))
    assert found.efficiency == pytest.approx((0.4 - 0.2) / (0.8 - 0.2))
    assert (found.samples, found.candidates) == (5, 3.0)


def test_choosing_worse_than_the_first_is_negative(row: MakeRow, results: MakeResults) -> None:
    found = selection(results(tried(row, "a", "10", False), tried(row, "b", "01", False)))
    assert found is not None
    assert found.efficiency == pytest.approx(-1.0)


def test_no_efficiency_where_there_was_nothing_to_choose(row: MakeRow, results: MakeResults) -> None:
    found = selection(results(tried(row, "a", "1", True), tried(row, "b", "000", False)))
    assert found is not None
    assert found.efficiency is None


def test_an_attempt_without_an_answer_is_a_wrong_candidate(row: MakeRow, results: MakeResults) -> None:
    found = selection(results(row("a", True, attempts=TRIES, candidates={"1.solve.0": True})))
    assert found is not None
    assert (found.first, found.candidates) == (0.0, 3.0)


def test_an_attempt_at_a_step_of_a_plan_is_no_candidate(row: MakeRow, results: MakeResults) -> None:
    step = attempt("0.parse.0", verdict(1), step="parse")
    found = selection(results(row("a", True, attempts=(step, TRIES[1]), candidates={"1.solve.0": True})))
    assert found is not None
    assert (found.first, found.candidates) == (1.0, 1.0)


def test_the_answer_given_is_a_candidate_too(row: MakeRow, results: MakeResults) -> None:
    found = selection(results(tried(row, "a", "00", True)))
    assert found is not None
    assert (found.oracle, found.efficiency) == (1.0, 1.0)


def test_samples_without_graded_candidates_say_nothing(row: MakeRow, results: MakeResults) -> None:
    assert selection(results(row("a", True), row("b", None, attempts=TRIES))) is None


def test_a_sample_without_a_candidate_has_no_right_one(row: MakeRow, results: MakeResults) -> None:
    step = attempt("0.parse.0", verdict(1), step="parse")
    refused, planned = row("c", False), row("d", False, attempts=(step,))
    found = selection(results(tried(row, "a", "11", True), tried(row, "b", "01", True), refused, planned))
    assert found is not None
    assert (found.samples, found.first, found.picked, found.oracle) == (4, 0.25, 0.5, 0.5)
    assert (found.candidates, found.efficiency) == (1.0, 1.0)
