"""The cost-quality curve: what would have been answered at a budget."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from eval_runs import write_run
from scenario import attempt, verdict

from evals.analysis.curve import POINTS, cost_quality
from evals.analysis.scores import scores
from evals.results import Results, Row, load_results
from hierarchy.attempt import Attempt, Verdict
from hierarchy.errors import UsageError
from hierarchy.events import Tier
from hierarchy.ledger.records import ModelCall
from hierarchy.usage import Usage

MakeRow = Callable[..., Row]
MakeResults = Callable[..., Results]


def tried(attempt_id: str, judged: Verdict, tokens: int, step: str | None = None) -> Attempt:
    made = attempt(attempt_id, judged, step=step)
    return made.model_copy(
        update={"candidate": made.candidate.model_copy(update={"usage": Usage(completion_tokens=tokens)})}
    )


def call(call_id: str, tier: Tier, prompt: int, completion: int) -> ModelCall:
    usage = Usage(prompt_tokens=prompt, completion_tokens=completion, calls=1)
    return ModelCall(call_id=call_id, tier=tier, model="m", prompt="p", prompt_sha256="", usage=usage)


def ladder(row: MakeRow) -> Row:
    """A wrong first answer (160), then two samples of which the first is right (430) and the second verified (480)."""
    calls = (
        call("0.dispatcher.0", "dispatcher", 40, 10),
        call("0.fleet.0", "fleet", 60, 50),
        call("0.selector.0", "selector", 30, 10),
        call("1.fleet.0", "fleet", 100, 190),
    )
    tries = (
        tried("0.solve.0", verdict(0), 50),
        tried("1.solve.0", verdict(1), 130),
        tried("1.solve.1", verdict(2), 50),
    )
    return row(
        "a",
        False,
        attempts=tries,
        selected="1.solve.1",
        candidates={"0.solve.0": False, "1.solve.0": True, "1.solve.1": False},
        calls=calls,
        usage=sum((each.usage for each in calls), Usage()),
    )


def test_a_budget_buys_the_best_public_verdict_within_it(row: MakeRow, results: MakeResults) -> None:
    points = cost_quality(results(ladder(row)), [159, 160, 429, 430, 479, 480, 10_000])
    assert [(point.budget, point.answered, point.pass_at_1) for point in points] == [
        (159, 0.0, 0.0),
        (160, 1.0, 0.0),
        (429, 1.0, 0.0),
        (430, 1.0, 1.0),
        (479, 1.0, 1.0),
        (480, 1.0, 0.0),
        (10_000, 1.0, 0.0),
    ]
    assert [point.tokens for point in points] == [0, 160, 160, 430, 430, 480, 490]


def test_its_right_end_is_the_run_itself(tmp_path: Path) -> None:
    run = load_results(write_run(tmp_path, ["1101101011", "01101u1011"]))
    points = cost_quality(run)
    assert points[-1].budget == max(row.sample.usage.tokens for row in run.scored)
    assert points[-1].pass_at_1 == pytest.approx(scores(run).overall.pass_at_1)
    assert [point.budget for point in points] == sorted({point.budget for point in points})
    assert all(one.tokens <= other.tokens for one, other in pairwise(points))


def test_without_calls_an_attempt_costs_what_attempts_took(row: MakeRow, results: MakeResults) -> None:
    tries = (tried("0.answer.0", verdict(1), 100), tried("0.answer.1", verdict(2), 100))
    usage = Usage(completion_tokens=200)
    marks = {"0.answer.0": False, "0.answer.1": True}
    points = cost_quality(results(row("a", True, attempts=tries, candidates=marks, usage=usage)))
    assert [(point.budget, point.pass_at_1) for point in points] == [(100, 0.0), (200, 1.0)]


def test_steps_of_a_plan_are_no_answers(row: MakeRow, results: MakeResults) -> None:
    tries = (tried("0.parse.0", verdict(2), 100, "parse"), tried("0.solve.0", verdict(1), 100))
    usage = Usage(completion_tokens=250)
    run = results(row("a", True, attempts=tries, candidates={"0.solve.0": True}, usage=usage))
    assert [(point.budget, point.answered) for point in cost_quality(run)] == [(200, 1.0), (250, 1.0)]


def test_many_stops_are_thinned_with_both_ends_kept(tmp_path: Path) -> None:
    run = load_results(write_run(tmp_path, "10" * 60))
    points = cost_quality(run)
    assert len(points) == POINTS
    assert points[-1].budget == max(row.sample.usage.tokens for row in run.scored)


def test_nothing_without_graded_candidates(row: MakeRow, results: MakeResults) -> None:
    assert cost_quality(results(row("a", True))) == ()


def test_a_negative_budget_is_refused(row: MakeRow, results: MakeResults) -> None:
    with pytest.raises(UsageError, match="a budget of -5 tokens cannot be"):
        cost_quality(results(ladder(row)), [100, -5])


def test_samples_without_an_attempt_count_as_in_the_score(row: MakeRow, results: MakeResults) -> None:
    refused = row("b", False).sample.model_copy(update={"solution": "", "status": "abstained"})
    run = results(
        row("a", True, attempts=(tried("0.answer.0", verdict(2), 100),), candidates={"0.answer.0": True},
            usage=Usage(completion_tokens=100)),
        replace(row("b", False), sample=refused),
        row("c", False, attempts=(tried("0.parse.0", verdict(2), 60, "parse"),), usage=Usage(completion_tokens=60)),
    )  # fmt: skip
    points = cost_quality(run)
    assert [(point.budget, point.tokens) for point in points] == [(0, 0), (60, 20), (100, pytest.approx(160 / 3))]
    assert points[-1].pass_at_1 == scores(run).overall.pass_at_1 == pytest.approx(1 / 3)
    assert points[-1].answered == pytest.approx(2 / 3)


def test_candidates_that_were_not_graded_stop_nothing_early(row: MakeRow, results: MakeResults) -> None:
    tries = (tried("0.answer.0", verdict(2), 100),)
    graded = row("a", True, attempts=tries, candidates={"0.answer.0": True}, usage=Usage(completion_tokens=150))
    points = cost_quality(results(graded, row("b", True, attempts=tries, usage=Usage(completion_tokens=150))))
    assert [(point.budget, point.pass_at_1) for point in points] == [(100, 0.5), (150, 1.0)]
