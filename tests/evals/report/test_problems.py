import json
from pathlib import Path
from typing import Any

import pytest
from eval_runs import code_of, write_run
from scenario import attempt, verdict

from evals.report.problems import MOST_ATTEMPTS, changed, problems, state
from evals.report.runs import named
from evals.report.text import LONGEST, LONGEST_VALUE
from evals.results import load_results
from evals.sample import Grade, Sample
from evals.store import RunFolder
from hierarchy.attempt import Failure


def drilled(*folders: Path, statements: bool = True) -> Any:
    return json.loads(json.dumps(problems(named([load_results(each) for each in folders]), statements=statements)))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [(["1", "1"], "right"), (["0", "0"], "wrong"), (["1", "0"], "mixed"), (["u", "i"], "open"), (["u", "1"], "right")],
)
def test_the_state_of_an_item_is_over_the_samples_that_count(tmp_path: Path, cells: list[str], expected: str) -> None:
    assert state(load_results(write_run(tmp_path, cells)).rows) == expected


def test_runs_disagree_only_where_both_have_a_verdict() -> None:
    assert changed(["right", "wrong"])
    assert changed(["right", "mixed", "open"])
    assert not changed(["right", "open"])
    assert not changed(["wrong", "wrong"])


def test_items_of_all_runs_come_once_with_a_cell_list_for_each(tmp_path: Path) -> None:
    found = drilled(write_run(tmp_path / "a", "10"), write_run(tmp_path / "b", "111"))
    assert [item["id"] for item in found["items"]] == ["demo/000", "demo/001", "demo/002"]
    assert [item["states"] for item in found["items"]] == [["right", "right"], ["wrong", "right"], ["open", "right"]]
    assert [item["changed"] for item in found["items"]] == [False, True, False]
    assert found["items"][2]["cells"][0] == []


def test_attempts_hang_below_the_one_they_repair(tmp_path: Path) -> None:
    item = drilled(write_run(tmp_path, "01"))["items"][1]
    (cell,) = item["cells"][0]
    assert [node["id"] for node in cell["tree"]] == ["0.solve.0", "1.solve.0", "1.solve.1"]
    (repair,) = cell["tree"][0]["children"]
    assert (repair["id"], repair["action"], repair["right"]) == ("2.solve.0", "repair", True)
    assert cell["tree"][0]["right"] is False
    assert cell["selected"] == "2.solve.0"


def test_the_same_program_is_held_once(tmp_path: Path) -> None:
    found = drilled(write_run(tmp_path / "a", "11"), write_run(tmp_path / "b", "11"))
    assert found["texts"].count(code_of(1, right=True)) == 1


def test_without_statements_no_text_of_the_set_is_left(tmp_path: Path) -> None:
    found = drilled(write_run(tmp_path, "010e"), statements=False)
    assert found["texts"] == []
    cell = found["items"][0]["cells"][0][0]
    assert (cell["status"], cell["failure"], cell["detail"], cell["reason"]) == ("wrong_answer", None, "", "")
    assert cell["tree"][0]["code"] is None


def test_cells_that_failed_on_our_side_have_their_error(tmp_path: Path) -> None:
    assert drilled(write_run(tmp_path, "e"))["items"][0]["cells"] == [
        [{"sample": 0, "error": "the engine stopped: exit code 137"}]
    ]


def test_an_answer_that_no_attempt_has_is_shown_by_itself(tmp_path: Path) -> None:
    write_run(tmp_path, "--")
    with RunFolder(tmp_path).writing() as writer:
        writer.sample(Sample(task_id="demo/000", solution="print(1)"))
        writer.sample(Sample(task_id="demo/001"))
    found = drilled(tmp_path)
    places = [item["cells"][0][0]["solution"] for item in found["items"]]
    assert found["texts"][places[0]] == "print(1)"
    assert places[1] is None


def test_everything_is_bounded(tmp_path: Path) -> None:
    write_run(tmp_path, "-", statement="s" * 10**6)
    many = tuple(attempt(f"0.solve.{place}", verdict(1), code="x" * 10**5) for place in range(MOST_ATTEMPTS + 6))
    failure = Failure(test_index=0, input="i" * 10**6, expected="e" * 10**6, actual="a" * 10**6)
    with RunFolder(tmp_path).writing() as writer:
        writer.sample(Sample(task_id="demo/000", attempts=many, solution="y" * 10**6))
        writer.grade(Grade(task_id="demo/000", passed=False, status="wrong_answer", failure=failure, detail="d" * 9999))
    found = drilled(tmp_path)
    cell = found["items"][0]["cells"][0][0]
    assert max(map(len, found["texts"])) < LONGEST + 60
    assert len(found["texts"][cell["failure"]["input"]]) < LONGEST_VALUE + 60
    assert len(cell["tree"]) == MOST_ATTEMPTS
    assert cell["more"] == 6
    assert len(cell["detail"]) < 560


def test_a_sample_that_could_not_be_graded_says_why(tmp_path: Path) -> None:
    ((cell,),) = drilled(write_run(tmp_path, "i"))["items"][0]["cells"]
    assert (cell["status"], cell["passed"]) == ("not graded", None)
    assert cell["detail"] == "grading: 'demo/000' could not be graded: the sandbox broke"


def test_without_statements_errors_are_left_out(tmp_path: Path) -> None:
    cells = [item["cells"][0][0] for item in drilled(write_run(tmp_path, "ei"), statements=False)["items"]]
    assert [cells[0]["error"], cells[1]["detail"]] == ["(left out with the statements)", ""]
