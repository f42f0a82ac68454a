"""pass@1, pass@k and their groups."""

import json
from collections.abc import Callable
from dataclasses import asdict

import pytest
from scenario import attempt, verdict

from evals.analysis.scores import scores
from evals.results import Results, Row
from evals.sample import ItemFacts
from evals.stats.intervals import wilson
from hierarchy.errors import UsageError

MakeRow = Callable[..., Row]
MakeResults = Callable[..., Results]


def facts(name: str, difficulty: str) -> ItemFacts:
    return ItemFacts(id=name, statement="", task="function", difficulty=difficulty)


def test_pass_at_1_with_its_interval(row: MakeRow, results: MakeResults) -> None:
    found = scores(results(row("a", True), row("b", False), row("c", True), row("d", True))).overall
    assert (found.group, found.items, found.samples, found.passed, found.pass_at_1) == ("all", 4, 4, 3, 0.75)
    assert found.interval == wilson(3, 4)


def test_with_several_samples_items_weigh_the_same(row: MakeRow, results: MakeResults) -> None:
    found = scores(results(row("a", True), row("a", False, 1), row("b", True), row("c", True))).overall
    assert found.pass_at_1 == pytest.approx(2.5 / 3)
    assert found.interval == pytest.approx(wilson(2.5, 3))
    assert (found.items, found.samples, found.passed) == (3, 4, 3)


def test_what_is_not_graded_or_our_own_failure_does_not_count(row: MakeRow, results: MakeResults) -> None:
    found = scores(results(row("a", True), row("b", None), row("c", False, verdict="infrastructure"))).overall
    assert (found.items, found.pass_at_1) == (1, 1.0)


def test_base_is_apart_where_the_set_has_it(row: MakeRow, results: MakeResults) -> None:
    found = scores(results(row("a", False, base=True), row("b", True, base=True), row("c", False, base=None)))
    assert found.base is not None
    # c held no program: no verdict on base alone, and not passed.
    assert (found.base.passed, found.overall.passed) == (2, 1)


def test_no_base_where_the_set_has_none(row: MakeRow, results: MakeResults) -> None:
    assert scores(results(row("a", True))).base is None


def test_pass_at_k_for_the_k_that_are_asked_for(row: MakeRow, results: MakeResults) -> None:
    run = results(*(row(item, item == "a" and sample < 1, sample) for item in "ab" for sample in range(4)))
    assert scores(run, [1, 2, 4, 2]).pass_at_k == pytest.approx({1: 1 / 8, 2: 1 / 4, 4: 1 / 2})
    with pytest.raises(UsageError, match="pass@5 needs 5 samples of every item, and 2 of 2 items have fewer"):
        scores(run, [5])


def test_groups_of_items(row: MakeRow, results: MakeResults) -> None:
    run = results(row(facts("a", "easy"), True), row(facts("b", "hard"), False), row(facts("c", "hard"), None))
    (easy, hard) = scores(run).groups["difficulty"]
    assert (easy.group, easy.items, easy.pass_at_1) == ("easy", 1, 1.0)
    assert (hard.group, hard.items, hard.pass_at_1) == ("hard", 1, 0.0)


def test_a_group_without_a_graded_sample_is_left_out(row: MakeRow, results: MakeResults) -> None:
    run = results(row(facts("a", "easy"), True), row(facts("b", "hard"), None))
    assert [each.group for each in scores(run).groups["difficulty"]] == ["easy"]


def test_the_specialist_is_that_of_the_chosen_attempt(row: MakeRow, results: MakeResults) -> None:
    tries = (
        attempt("0.solve.0", verdict(0), specialist="python"),
        attempt("1.solve.0", verdict(2), specialist="debugging"),
    )
    run = results(
        row("a", True, attempts=tries, selected="1.solve.0"),
        row("b", False, attempts=tries, selected="0.solve.0"),
        row("c", False, attempts=tries),
    )
    found = {each.group: each.pass_at_1 for each in scores(run).groups["specialist"]}
    assert found == {"debugging": 1.0, "python": 0.0, "(none)": 0.0}


def test_files_of_others_have_no_specialists(row: MakeRow, results: MakeResults) -> None:
    assert scores(results(row("a", True))).groups == {}


def test_nothing_graded_is_an_error_that_says_how_to_grade(row: MakeRow, results: MakeResults) -> None:
    with pytest.raises(UsageError, match=r"'run' has no graded sample \(1 of 1 are there\).*hi-moe eval grade run"):
        scores(results(row("a", None)))


def test_a_run_without_samples_is_to_be_gone_on_with(results: MakeResults) -> None:
    with pytest.raises(UsageError, match=r"'run' has no sample yet; go on with: hi-moe eval run … --out run --resume"):
        scores(results())


def test_it_is_ready_for_json(row: MakeRow, results: MakeResults) -> None:
    found = json.loads(json.dumps(asdict(scores(results(row(facts("a", "easy"), True, base=True)), [1]))))
    assert found["overall"]["pass_at_1"] == 1.0
    assert found["pass_at_k"] == {"1": 1.0}
