import json
from pathlib import Path

import pytest
from eval_runs import code_of, write_run

from evals.report.write import write_report
from evals.results import load_results
from hierarchy.errors import UsageError


def test_a_report_is_a_page_plots_tables_and_summaries(tmp_path: Path) -> None:
    runs = [load_results(write_run(tmp_path / name, cells)) for name, cells in (("a", "1011"), ("b", "1111"))]
    write_report(runs, tmp_path / "out" / "report", version="0.1.0")
    assert sorted(path.name for path in (tmp_path / "out" / "report").iterdir()) == [
        "calibration.csv",
        "calibration.png",
        "cost_quality.csv",
        "cost_quality.png",
        "discordant.csv",
        "discordant.png",
        "report.html",
        "scores.csv",
        "scores.png",
        "summary.json",
        "summary.txt",
    ]
    page = (tmp_path / "out" / "report" / "report.html").read_text(encoding="utf-8")
    assert "Written by hi-moe 0.1.0." in page
    assert json.loads((tmp_path / "out" / "report" / "summary.json").read_text())["runs"]


def test_without_statements_no_file_has_text_of_the_set(tmp_path: Path) -> None:
    run = load_results(write_run(tmp_path / "run", "1011"))
    write_report([run], tmp_path / "report", statements=False)
    for path in (tmp_path / "report").glob("*.[hjtc]*"):
        text = path.read_text(encoding="utf-8")
        for secret in ("warmest", "count_vowels", "day temperatures", code_of(0, right=True).splitlines()[1].strip()):
            assert secret not in text, path.name


def test_the_page_asks_for_nothing_from_elsewhere(tmp_path: Path) -> None:
    write_report([load_results(write_run(tmp_path / "run", "10"))], tmp_path / "report")
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert "unsafe" not in page.partition("<style>")[0]
    assert "http://" not in page
    assert "https://" not in page


def test_an_earlier_report_is_replaced(tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", "10")
    first = write_report([load_results(run)], tmp_path / "report")
    assert write_report([load_results(run)], tmp_path / "report") == first


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = load_results(write_run(tmp_path / "run", "10"))
    with pytest.raises(UsageError, match=r"cannot write the report into .*file/report.*name another folder: --out"):
        write_report([run], tmp_path / "file" / "report")
