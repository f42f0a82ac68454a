from pathlib import Path

import pytest
from eval_runs import write_run

from evals.report.runs import named
from evals.results import load_results
from hierarchy.errors import UsageError


def test_runs_are_called_by_their_folders_with_as_much_above_as_tells_them_apart(tmp_path: Path) -> None:
    runs = [load_results(write_run(tmp_path / name, "1")) for name in ("mon/direct", "tue/direct", "tue/hierarchy")]
    assert [run.name for run in named(runs[1:])] == ["direct", "hierarchy"]
    assert [run.name for run in named(runs)] == ["mon/direct", "tue/direct", "tue/hierarchy"]


def test_a_run_given_twice_is_refused(tmp_path: Path) -> None:
    run = load_results(write_run(tmp_path / "run", "1"))
    with pytest.raises(UsageError, match=r"is given 2 times; name each run once"):
        named([run, run])


def test_no_run_is_refused() -> None:
    with pytest.raises(UsageError, match="a report needs a run"):
        named([])


def test_a_name_is_one_line(tmp_path: Path) -> None:
    run = load_results(write_run(tmp_path / "a\nb\x1b[2J", "1"))
    assert named([run])[0].name == r"a b\x1b[2J"
