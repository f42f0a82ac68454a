import json
from collections.abc import Callable
from pathlib import Path

import pytest
from eval_runs import write_run

from evals.report.summary import Summary, as_json, as_text, summarize
from evals.report.tables import Section, Table
from evals.results import load_results
from evals.sample import Grade, Sample
from evals.store import RunFolder
from hierarchy.errors import UsageError

Summarize = Callable[..., Summary]


@pytest.fixture
def summary(tmp_path: Path) -> Summarize:
    """Summarize runs given by name and cells: `summary(direct="10", hierarchy=["11", "01"])`."""

    def make(**runs: str | list[str]) -> Summary:
        folders = [write_run(tmp_path / name, cells, solver=name) for name, cells in runs.items()]
        return summarize([load_results(folder) for folder in folders])

    return make


def section(summary: Summary, key: str) -> Section:
    return next(each for each in summary.sections if each.key == key)


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def test_scores_have_counts_intervals_and_the_base_inputs(summary: Summarize) -> None:
    table = section(summary(direct="1101"), "scores").tables[0]
    assert texts(table) == [["direct", "direct", "demo", "4", "4", "3", "75.0 %", "30.1 to 95.4", "", "75.0 %"]]
    assert table.rows[0][8].range == (30.06, 75.0, 95.44)


def test_several_samples_give_pass_at_k_up_to_their_number(summary: Summarize) -> None:
    table = section(summary(direct=["10", "10", "00"]), "scores").tables[0]
    assert [column.title for column in table.columns][-2:] == ["pass@2", "pass@3"]
    assert texts(table)[0][-2:] == ["50.0 %", "50.0 %"]


def test_scores_are_broken_down_by_what_tells_items_apart(summary: Summarize) -> None:
    tables = section(summary(direct="1101" * 3), "scores").tables[1:]
    assert [table.title for table in tables] == [
        "pass@1 by difficulty",
        "pass@1 by family",
        "pass@1 by tag",
        "pass@1 by specialist",
    ]
    assert texts(tables[0])[1][:3] == ["medium", "3", "100.0 % (44 to 100)"]


def test_groups_of_several_runs_stand_side_by_side(summary: Summarize) -> None:
    table = section(summary(direct="1101", hierarchy="1111"), "scores").tables[1]
    assert [column.title for column in table.columns] == ["Difficulty", "Items", "direct", "hierarchy"]
    assert texts(table)[0] == ["easy", "2", "50.0 % (9 to 91)", "100.0 % (34 to 100)"]


def test_of_very_many_groups_the_largest_are_shown(tmp_path: Path) -> None:
    write_run(tmp_path, "1" * 60)
    facts = RunFolder(tmp_path).items()
    (tmp_path / "items.jsonl").write_text(
        "".join(
            item.model_copy(update={"tags": (f"tag{place % 45}",)}).model_dump_json() + "\n"
            for place, item in enumerate(facts)
        )
    )
    table = next(
        each for each in section(summarize([load_results(tmp_path)]), "scores").tables if each.title == "pass@1 by tag"
    )
    assert len(table.rows) == 40
    assert table.notes == ("5 smaller groups not shown",)


def test_what_is_missing_is_said_before_the_scores(summary: Summarize) -> None:
    notes = section(summary(direct="11--uii"), "scores").notes
    assert notes == (
        "direct: 2 samples of 7 not there yet, 1 sample not graded yet, 2 samples whose grading failed on our side; "
        "the score is over the rest.",
    )


def test_two_runs_are_compared_on_the_same_items(summary: Summarize) -> None:
    found = summary(direct="1" * 20 + "0" * 20, hierarchy="1" * 32 + "0" * 8)
    part = section(found, "comparison")
    assert texts(part.tables[0]) == [
        [
            "direct",
            "hierarchy",
            "40",
            "50.0 %",
            "80.0 %",
            "+30.0",
            texts(part.tables[0])[0][6],
            "0",
            "12",
            "<.001",
            "3.20",
        ]
    ]
    assert found.comparisons[0].sentence.startswith(
        "hierarchy (B) against direct (A): B is better than A: +30.0 points"
    )
    assert texts(part.tables[-1]) == [["solver", "'direct' → 'hierarchy'"]]


def test_too_few_items_are_said_to_be(summary: Summarize) -> None:
    assert "not enough items to tell" in summary(a="1100", b="1110").comparisons[0].sentence


def test_three_runs_are_compared_pair_by_pair(summary: Summarize) -> None:
    three = summary(a="10", b="11", c="01")
    assert [(each.a.name, each.b.name) for each in three.comparisons] == [("a", "b"), ("a", "c"), ("b", "c")]


def test_of_many_runs_each_is_compared_with_the_first(summary: Summarize) -> None:
    four = summary(a="10", b="11", c="01", d="11")
    assert [(each.a.name, each.b.name) for each in four.comparisons] == [("a", "b"), ("a", "c"), ("a", "d")]
    part = section(four, "comparison")
    assert "p is not corrected for the 3 comparisons made." in part.tables[0].notes
    assert part.notes == ("Of 4 runs each is compared with a, the first, only; report on fewer for others.",)


def test_runs_of_different_items_are_not_compared_and_it_says_why(tmp_path: Path) -> None:
    runs = [write_run(tmp_path / "a", "1-"), write_run(tmp_path / "b", "-1")]
    found = summarize([load_results(run) for run in runs])
    assert not found.comparisons
    assert found.notes[0].startswith("a and b are not compared: a and b have no graded item in common")


def test_with_several_samples_the_p_that_decides_is_shown(summary: Summarize) -> None:
    same = "1" * 5 + "0" * 35
    found = summary(a=[same] * 8, b=[same, *["1" * 13 + "0" * 27] * 7])
    part = section(found, "comparison")
    titles = [column.title for column in part.tables[0].columns]
    row = dict(zip(titles[2:], texts(part.tables[0])[0][2:], strict=True))
    assert (row["Only A (sample 0)"], row["Only B (sample 0)"], row["p"]) == ("0", "0", ".008")
    assert "p=.008" in found.comparisons[0].sentence
    assert any("sign-flip test" in note for note in part.tables[0].notes)
    assert "Only A (sample 0)" in [column.title for column in part.tables[1].columns]


def test_with_one_sample_no_other_test_is_spoken_of(summary: Summarize) -> None:
    table = section(summary(a="10", b="11"), "comparison").tables[0]
    assert "Only A" in [column.title for column in table.columns]
    assert not any("sign-flip" in note for note in table.notes)


def test_a_k_that_only_some_runs_have_samples_for_is_a_dash_in_the_others(tmp_path: Path) -> None:
    runs = [load_results(write_run(tmp_path / "one", "10")), load_results(write_run(tmp_path / "four", ["11"] * 4))]
    table = section(summarize(runs, (1, 4)), "scores").tables[0]
    assert [row[-2:] for row in texts(table)] == [["50.0 %", "-"], ["100.0 %", "100.0 %"]]
    assert "A dash: the run has items with fewer samples than pass@k takes." in table.notes
    with pytest.raises(UsageError, match="pass@8 needs 8 samples of every item"):
        summarize(runs, (1, 8))


def test_intervals_over_several_samples_are_said_to_be_wide(summary: Summarize) -> None:
    several, one = (section(summary(**{name: cells}), "scores") for name, cells in (("a", ["10", "11"]), ("b", "10")))
    assert any("wider than they need be" in note for note in several.tables[0].notes)
    assert not one.tables[0].notes[1:]


def test_names_of_facts_cannot_act_nor_break_a_table(tmp_path: Path) -> None:
    runs = []
    for name in ("a", "b"):
        run = write_run(tmp_path / name, "1011" * 3)
        facts = [
            item.model_copy(update={"facts": {"sub\x1b[31mject": "x" if place % 2 else "y\nz"}, "tags": ("t\nu",)})
            for place, item in enumerate(RunFolder(run).items())
        ]
        (run / "items.jsonl").write_text("".join(item.model_dump_json() + "\n" for item in facts))
        runs.append(load_results(run))
    for chosen in (runs[:1], runs):
        text = as_text(summarize(chosen))
        assert "\x1b" not in text
        assert "  y z " in text


def test_costs_are_told_per_problem_and_per_tier_and_specialist(summary: Summarize) -> None:
    first, second = section(summary(hierarchy="11"), "cost").tables
    assert texts(first)[0] == ["Tokens", "1,226"]
    assert [row[:2] for row in texts(second)] == [
        ["dispatcher", ""],
        ["fleet", "python"],
        ["fleet", "algorithms"],
        ["fleet", "general"],
        ["all", ""],
    ]


def test_the_curve_ends_at_what_was_spent_and_scored(summary: Summarize) -> None:
    (curve,) = section(summary(hierarchy="1100"), "cost").figures
    last = curve.rows()[-1]
    assert last["y"] == 0.5


def test_selection_is_told_beside_the_oracle(summary: Summarize) -> None:
    table = section(summary(hierarchy="11111"), "selection").tables[0]
    assert texts(table)[0] == ["hierarchy", "5", "2.2", "60.0 %", "100.0 %", "100.0 %", "1.00"]


def test_routing_is_told_where_several_specialists_were_asked(summary: Summarize) -> None:
    found = summary(hierarchy="1111")
    table = section(found, "routing").tables[0]
    assert texts(table)[0] == ["algorithms", "1", "·", "·", "·"]
    assert table.notes[0].startswith("Right first: 100.0 %")


def test_a_single_specialist_routes_nothing(summary: Summarize) -> None:
    assert "routing" not in [each.key for each in summary(direct="1").sections]


def test_status_and_probability_are_held_against_what_is_right(summary: Summarize) -> None:
    part = section(summary(direct="1110" * 5), "trust")
    assert texts(part.tables[0])[0][:4] == ["direct", "verified", "17", "15"]
    assert [line.name for line in getattr(part.figures[0], "lines", ())] == ["direct"]


def test_errors_stand_apart_and_count_for_nobody(summary: Summarize) -> None:
    found = summary(direct="11ei")
    assert texts(section(found, "errors").tables[0]) == [
        ["direct", "demo/002", "0", "1", "the engine stopped: exit code 137"],
        ["direct", "demo/003", "0", "1", "grading: 'demo/003' could not be graded: the sandbox broke"],
    ]
    assert found.measured[0].scores.overall.pass_at_1 == 1


def test_a_run_without_errors_has_no_such_section(summary: Summarize) -> None:
    assert "errors" not in [each.key for each in summary(direct="11").sections]


def test_a_run_without_a_grade_is_refused_with_what_grades_it(summary: Summarize) -> None:
    with pytest.raises(UsageError, match="hi-moe eval grade"):
        summary(direct="uu-")


def test_the_text_has_every_table_and_nothing_that_acts(tmp_path: Path) -> None:
    run = load_results(write_run(tmp_path / "evil\x1b[2J", "10"))
    text = as_text(summarize([run]))
    for title in ("Scores", "Cost per problem", "Who spent what", "Selection among candidates", "Calibration"):
        assert f"\n{title}" in text
    assert "\x1b" not in text


def test_the_text_begins_with_the_verdicts(summary: Summarize) -> None:
    lines = as_text(summary(direct="1100", hierarchy="1110")).splitlines()
    assert lines[0] == "demo: direct, hierarchy"
    assert lines[2] == "direct: pass@1 50.0 % (4 items, 95 % interval 15.0 to 85.0) at 360 tokens and 10.0 s a problem"
    assert lines[4].startswith("hierarchy (B) against direct (A):")
    assert lines[5:7] == [
        "made with hi-moe 0.1.0 4dec773a9d6f+, sandbox pool, demo 5e7000000000, "
        "qwen2.5-coder-1.5b-instruct-q4_k_m cc324af070c2, seed 0",
        "",
    ]


def test_a_torn_file_is_noted(tmp_path: Path) -> None:
    samples = write_run(tmp_path, "11") / "samples.jsonl"
    samples.write_bytes(samples.read_bytes()[:-9])
    assert "note: " in as_text(summarize([load_results(tmp_path)]))


def test_json_has_every_number_unrounded_with_its_origin(summary: Summarize) -> None:
    found = json.loads(json.dumps(as_json(summary(direct="110", hierarchy="111")), allow_nan=False))
    run = found["runs"][0]
    assert run["scores"]["overall"]["pass_at_1"] == pytest.approx(2 / 3)
    assert run["scores"]["overall"]["interval"].keys() == {"low", "high"}
    assert run["manifest"]["models"]
    assert run["provenance"]["hi-moe"] == "0.1.0 4dec773a9d6fd4650af27c8e835cd1dcc4298cea+"
    assert found["comparisons"][0]["overall"]["only_b"] == 1
    sides = [found["comparisons"][0][side] for side in ("a", "b")]
    assert [(side["name"], side["score"]["passed"], side["tokens_per_problem"] > 0) for side in sides] == [
        ("direct", 2, True),
        ("hierarchy", 3, True),
    ]


def test_samples_of_others_have_neither_selection_nor_calibration(tmp_path: Path) -> None:
    write_run(tmp_path, "--")
    with RunFolder(tmp_path).writing() as writer:
        for item_id, passed in (("demo/000", True), ("demo/001", False)):
            writer.sample(Sample(task_id=item_id, solution="print(1)"))
            writer.grade(Grade(task_id=item_id, passed=passed, status="accepted" if passed else "wrong_answer"))
    found = summarize([load_results(tmp_path)])
    assert [each.key for each in found.sections] == ["scores", "cost"]
    assert section(found, "cost").figures == ()


def test_samples_without_candidates_do_not_hide_the_selection(tmp_path: Path) -> None:
    write_run(tmp_path, "11------")
    with RunFolder(tmp_path).writing() as writer:
        for place in range(2, 8):
            writer.sample(Sample(task_id=f"demo/{place:03}", status="abstained"))
            writer.grade(Grade(task_id=f"demo/{place:03}", passed=False, status="compile_error"))
    table = section(summarize([load_results(tmp_path)]), "selection").tables[0]
    assert texts(table)[0] == [tmp_path.name, "8", "0.6", "12.5 %", "25.0 %", "25.0 %", "1.00"]
