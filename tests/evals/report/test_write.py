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


def test_plots_of_an_earlier_report_do_not_stay(tmp_path: Path) -> None:
    runs = [load_results(write_run(tmp_path / name, cells)) for name, cells in (("a", "10"), ("b", "11"))]
    write_report(runs, tmp_path / "report")
    assert (tmp_path / "report" / "discordant.png").exists()
    write_report(runs[:1], tmp_path / "report")
    assert not list((tmp_path / "report").glob("discordant.*"))


def test_without_statements_no_file_has_the_text_of_an_error(tmp_path: Path) -> None:
    run = load_results(write_run(tmp_path / "run", "1ie"))
    for statements in (True, False):
        write_report([run], tmp_path / "report", statements=statements)
        for name in ("report.html", "summary.txt", "summary.json"):
            text = (tmp_path / "report" / name).read_text(encoding="utf-8")
            assert ("the sandbox broke" in text) is statements, name
            assert ("exit code 137" in text) is statements, name
            assert "demo/002" in text


def test_a_run_whose_tokens_nobody_counted_has_a_report(tmp_path: Path) -> None:
    samples = write_run(tmp_path / "run", "10") / "samples.jsonl"
    rows = [json.loads(line) for line in samples.read_text().splitlines()]
    for row in rows:
        row |= {"usage": {}, "calls": []}
        for each in row["attempts"]:
            each["candidate"]["usage"] = {}
    samples.write_text("".join(json.dumps(row) + "\n" for row in rows))
    write_report([load_results(tmp_path / "run")], tmp_path / "report")
    assert (tmp_path / "report" / "cost_quality.png").exists()
