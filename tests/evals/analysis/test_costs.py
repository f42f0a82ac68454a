"""Who spent what."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from eval_runs import write_run
from scenario import attempt, verdict

from evals.analysis.costs import OTHER, Cost, costs, time_per_problem, wall_seconds_per_problem
from evals.results import Results, Row, load_results
from hierarchy.events import Tier
from hierarchy.ledger.records import ModelCall
from hierarchy.usage import Usage

MakeRow = Callable[..., Row]
MakeResults = Callable[..., Results]


def call(call_id: str, tier: Tier, usage: Usage, specialist: str | None = None, samples: int = 1) -> ModelCall:
    return ModelCall(
        call_id=call_id, tier=tier, specialist=specialist, model="m", prompt="p", prompt_sha256="", usage=usage,
        samples=samples, cancelled=samples - 1,
    )  # fmt: skip


def spent(prompt: int, completion: int, **more: float) -> Usage:
    return Usage.model_validate({"prompt_tokens": prompt, "completion_tokens": completion, "calls": 1, **more})


def test_parts_are_by_tier_and_specialist_and_add_up(row: MakeRow, results: MakeResults) -> None:
    calls = (
        call("0.dispatcher.a", "dispatcher", spent(100, 5, model_seconds=1.0, queue_seconds=0.5)),
        call("0.fleet.a", "fleet", spent(200, 50, model_seconds=4.0), "python"),
        call("1.fleet.a", "fleet", spent(300, 90, model_seconds=6.0), "python", samples=3),
        call("1.fleet.b", "fleet", spent(250, 40, model_seconds=3.0), "math"),
    )
    judged = attempt("0.solve.0", verdict(1).model_copy(update={"sandbox_seconds": 0.25}))
    usage = sum((each.usage for each in calls), Usage(sandbox_seconds=1.0))
    found = costs(results(row("a", True, attempts=(judged,), calls=calls, usage=usage, rounds=2)))
    assert found.parts == (
        Cost("dispatcher", None, 1, 0, 1, calls[0].usage),
        Cost("fleet", "python", 4, 2, 2, spent(500, 140, calls=2, model_seconds=10.0, sandbox_seconds=0.25)),
        Cost("fleet", "math", 1, 0, 1, calls[3].usage),
        Cost(OTHER, usage=Usage(sandbox_seconds=0.75)),
    )
    assert found.total == Cost("all", None, 6, 2, 2, usage)
    assert found.total.usage.tokens == 1035


def test_rounds_are_counted_once_a_sample_for_each_who_works_in_them(row: MakeRow, results: MakeResults) -> None:
    calls = tuple(
        call(f"{number}.fleet.{place}", "fleet", spent(1, 1), "python") for number in (0, 2) for place in "ab"
    )
    found = costs(results(row("a", True, calls=calls, rounds=3), row("b", True, calls=calls[:2], rounds=1)))
    assert [(part.tier, part.rounds) for part in found.parts if part.rounds] == [("fleet", 3)]
    assert found.total.rounds == 4


def test_nothing_is_left_over_where_everything_was_recorded(tmp_path: Path) -> None:
    found = costs(load_results(write_run(tmp_path, ["1101", "0u1i"])))
    assert OTHER not in {part.tier for part in found.parts}
    assert sum(part.usage.tokens for part in found.parts) == found.total.usage.tokens
    assert sum(part.usage.model_seconds for part in found.parts) == pytest.approx(found.total.usage.model_seconds)
    assert sum(part.usage.sandbox_seconds for part in found.parts) == pytest.approx(found.total.usage.sandbox_seconds)
    assert found.samples == 8


def test_per_problem_figures_are_means_over_items(row: MakeRow, results: MakeResults) -> None:
    usage = spent(900, 100, calls=2, model_seconds=4.0, queue_seconds=2.0, sandbox_seconds=1.0)
    found = costs(
        results(
            row("a", True, usage=usage, seconds=10.0, rounds=2),
            row("a", False, 1, usage=usage + usage, seconds=30.0, rounds=4),
            row("b", False, usage=Usage(), seconds=0.0),
        )
    )
    assert found.tokens_per_problem == 750
    assert found.seconds_per_problem == 10
    assert found.rounds_per_problem == 1.5
    assert found.calls_per_problem == 1.5
    assert (found.model_seconds_per_problem, found.queue_seconds_per_problem) == (3, 1.5)
    assert found.sandbox_seconds_per_problem == 0.75
    assert found.pass_at_1_per_1000_tokens == pytest.approx(0.25 / 0.75)


def test_what_is_not_graded_costs_too_but_buys_nothing(row: MakeRow, results: MakeResults) -> None:
    found = costs(results(row("a", True, usage=spent(500, 0)), row("b", None, usage=spent(1500, 0))))
    assert found.tokens_per_problem == 1000
    assert found.pass_at_1_per_1000_tokens == pytest.approx(2.0)


def test_files_of_others_cost_nothing_that_is_known(row: MakeRow, results: MakeResults) -> None:
    found = costs(results(row("a", True)))
    assert found.parts == ()
    assert found.pass_at_1_per_1000_tokens is None


def test_time_in_which_several_are_worked_on_counts_once(tmp_path: Path) -> None:
    spans = [(0.0, 10.0), (2.0, 8.0), (5.0, 12.0), (100.0, 103.0)]
    folder = write_run(tmp_path / "run", "1111")
    found = load_results(folder)
    rows = [
        replace(row, sample=row.sample.model_copy(update={"seconds": end - start, "finished": 1000 + end}))
        for row, (start, end) in zip(found.rows, spans, strict=True)
    ]
    assert wall_seconds_per_problem(rows) == pytest.approx((12 + 3) / 4)


def test_time_that_nobody_noted_is_from_question_to_answer(tmp_path: Path) -> None:
    rows = load_results(write_run(tmp_path / "run", "11")).rows
    assert wall_seconds_per_problem(rows) is None
    assert time_per_problem(rows) == pytest.approx(sum(row.sample.seconds for row in rows) / 2)
