from pathlib import Path

import pytest
from eval_runs import write_run

from evals.results import Cell, load_results
from evals.sample import CellError, Grade, Sample
from evals.store import RunFolder
from hierarchy.errors import UsageError


def test_rows_come_in_the_order_of_the_set_with_their_facts_and_grades(tmp_path: Path) -> None:
    results = load_results(write_run(tmp_path / "run", ["10", "01"]))
    assert [(*row.cell, row.passed) for row in results.rows] == [
        ("demo/000", 0, True),
        ("demo/000", 1, False),
        ("demo/001", 0, False),
        ("demo/001", 1, True),
    ]
    assert results.rows[2].item.family == "algorithms"
    assert [len(rows) for rows in results.by_item.values()] == [2, 2]
    assert results.name == "run"
    assert not results.missing
    assert not results.notes


def test_what_was_not_run_is_missing_and_what_failed_on_our_side_is_an_error(tmp_path: Path) -> None:
    results = load_results(write_run(tmp_path, "1e-0"))
    assert results.missing == (Cell("demo/001", 0), Cell("demo/002", 0))
    assert [error.task_id for error in results.errors] == ["demo/001"]
    assert results.by_item["demo/002"] == ()


def test_an_error_that_a_retry_mended_is_none(tmp_path: Path) -> None:
    write_run(tmp_path, "e1")
    with RunFolder(tmp_path).writing() as writer:
        writer.sample(Sample(task_id="demo/000"))
    results = load_results(tmp_path)
    assert not results.errors
    assert not results.missing


def test_a_sample_that_could_not_be_graded_has_its_error_until_it_is(tmp_path: Path) -> None:
    results = load_results(write_run(tmp_path, "1i"))
    assert [error.error for error in results.errors] == ["grading: 'demo/001' could not be graded: the sandbox broke"]
    assert not results.missing
    with RunFolder(tmp_path).writing() as writer:
        writer.grade(Grade(task_id="demo/001", passed=False, status="wrong_answer"))
    assert not load_results(tmp_path).errors


def test_a_grade_that_is_none_does_not_count(tmp_path: Path) -> None:
    write_run(tmp_path, "1i")
    with RunFolder(tmp_path).writing() as writer:
        writer.grade(Grade(task_id="demo/001", passed=False, status="infrastructure"))
    results = load_results(tmp_path)
    assert [row.item.id for row in results.scored] == ["demo/000"]
    assert len(results.errors) == 1


def test_of_several_errors_of_a_cell_the_latest_is_told(tmp_path: Path) -> None:
    write_run(tmp_path, "e1")
    with RunFolder(tmp_path).writing() as writer:
        writer.error(CellError(task_id="demo/000", error="the disk is full", attempt=2))
    assert [error.error for error in load_results(tmp_path).errors] == ["the disk is full"]


def test_only_graded_cells_that_our_machinery_did_not_spoil_are_scored(tmp_path: Path) -> None:
    results = load_results(write_run(tmp_path, "1ui0"))
    assert [row.passed for row in results.rows] == [True, None, None, False]
    assert [row.item.id for row in results.scored] == ["demo/000", "demo/003"]
    assert [row.item.id for row in results.ungraded] == ["demo/001", "demo/002"]


def test_the_latest_grade_counts(tmp_path: Path) -> None:
    write_run(tmp_path, "1")
    with RunFolder(tmp_path).writing() as writer:
        writer.grade(Grade(task_id="demo/000", passed=False, status="time_limit"))
    assert load_results(tmp_path).rows[0].passed is False


def test_a_run_that_has_only_begun_has_all_cells_missing(tmp_path: Path) -> None:
    results = load_results(write_run(tmp_path, ["--", "--"]))
    assert len(results.missing) == 4
    assert results.rows == ()


def test_a_torn_last_line_is_left_out_and_noted(tmp_path: Path) -> None:
    write_run(tmp_path, "11")
    samples = tmp_path / "samples.jsonl"
    samples.write_bytes(samples.read_bytes()[:-20])
    results = load_results(tmp_path)
    assert results.missing == (Cell("demo/001", 0),)
    assert results.notes == ("samples.jsonl: the last line was not finished and is left out",)


def test_a_broken_line_in_the_middle_is_named(tmp_path: Path) -> None:
    write_run(tmp_path, "111")
    samples = tmp_path / "samples.jsonl"
    lines = samples.read_bytes().splitlines(keepends=True)
    samples.write_bytes(lines[0] + lines[1][:40] + b"\n" + lines[2])
    with pytest.raises(UsageError, match=r"samples\.jsonl:2: broken line"):
        load_results(tmp_path)


def test_a_line_about_an_item_of_another_run_is_refused(tmp_path: Path) -> None:
    write_run(tmp_path, "1")
    with RunFolder(tmp_path).writing() as writer:
        writer.grade(Grade(task_id="other/000", passed=True, status="accepted"))
    with pytest.raises(UsageError, match=r"grades\.jsonl' has a line about 'other/000', which is no item of this run"):
        load_results(tmp_path)


def test_items_without_facts_are_kept_and_noted(tmp_path: Path) -> None:
    write_run(tmp_path, "10")
    (tmp_path / "items.jsonl").unlink()
    results = load_results(tmp_path)
    assert [row.passed for row in results.rows] == [True, False]
    assert results.notes == ("the statements of 2 of 2 items are not here, first 'demo/000'",)


def test_a_folder_that_is_no_run_is_named_with_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not the folder of a run: it has no run\.json; begin one with: hi-moe"):
        load_results(tmp_path)
