import json
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from eval_runs import write_run

Run = Callable[..., Result]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that a browser was asked to open."""
    found: list[str] = []

    def take(address: str) -> bool:
        found.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", take)
    return found


def test_it_prints_the_summary_and_says_where_the_page_is(run: Run, tmp_path: Path) -> None:
    folder = write_run(tmp_path / "direct", "1011", solver="direct")
    result = run("eval", "report", folder)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("demo: direct\n\ndirect: pass@1 75.0 % (4 items")
    assert result.stderr == f"the report is in {folder / 'report' / 'report.html'}\n"
    assert (folder / "report" / "summary.txt").read_text() == result.stdout


def test_several_runs_go_into_one_report_in_the_working_directory(run: Run, tmp_path: Path) -> None:
    folders = [write_run(tmp_path / name, cells) for name, cells in (("a", "1011"), ("b", "1111"))]
    result = run("eval", "report", *folders)
    assert "b (B) against a (A): not enough items to tell" in result.stdout
    assert Path("report/report.html").is_file()


def test_json_is_for_programs(run: Run, tmp_path: Path) -> None:
    result = run("eval", "report", write_run(tmp_path / "a", "10"), "--out", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["runs"][0]["scores"]["overall"]["passed"] == 1


def test_without_statements_the_page_has_none(run: Run, tmp_path: Path) -> None:
    run("eval", "report", write_run(tmp_path / "a", "10"), "--out", tmp_path / "out", "--no-statements")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "warmest" not in page
    assert "were left out of this report" in page


def test_open_shows_the_page(run: Run, tmp_path: Path, opened: list[str]) -> None:
    run("eval", "report", write_run(tmp_path / "a", "10"), "--out", tmp_path / "out", "--open")
    assert opened == [(tmp_path / "out" / "report.html").resolve().as_uri()]


def test_where_no_browser_is_the_address_is_told(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda _: False)
    result = run("eval", "report", write_run(tmp_path / "a", "10"), "--out", tmp_path / "out", "--open")
    assert result.exit_code == 0
    address = (tmp_path / "out" / "report.html").resolve().as_uri()
    assert result.stderr.endswith(f"no browser could be opened here; open this file in one: {address}\n")


def test_a_folder_that_is_no_run_is_one_line(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "is not the folder of a run" in refused("eval", "report", tmp_path)


def test_a_run_without_grades_is_one_line(refused: Callable[..., str], tmp_path: Path) -> None:
    assert "hi-moe eval grade" in refused("eval", "report", write_run(tmp_path / "a", "u"))


def test_pass_at_k_is_shown_for_the_k_asked_for(tmp_path: Path, run: Run) -> None:
    folder = write_run(tmp_path / "many", ["1010", "1111", "0000"])
    text = run("eval", "report", folder, "--k", "1,3", "--out", tmp_path / "out").stdout
    assert "pass@3" in text
    assert "pass@2" not in text


@pytest.mark.parametrize(
    ("ks", "message"),
    [("5", "pass@5"), ("0", "pass@0"), ("x", "--k 'x' is no list of numbers"), (",", "--k ',' is no list of numbers")],
)
def test_a_k_that_cannot_be_is_refused(tmp_path: Path, refused: Callable[..., str], ks: str, message: str) -> None:
    folder = write_run(tmp_path / "many", ["1010", "1111"])
    assert message in refused("eval", "report", folder, "--k", ks, "--out", tmp_path / "out")


def test_without_statements_nothing_quotes_an_error(tmp_path: Path, run: Run) -> None:
    text = run("eval", "report", write_run(tmp_path / "a", "1i"), "--out", tmp_path / "out", "--no-statements").stdout
    assert "the sandbox broke" not in text
    assert "(left out with the statements)" in text


def test_a_k_that_one_run_has_no_samples_for_does_not_stop_the_report(tmp_path: Path, run: Run) -> None:
    folders = [write_run(tmp_path / "one", "10"), write_run(tmp_path / "ten", ["10"] * 10)]
    result = run("eval", "report", *folders, "--k", "1,10", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "pass@10" in result.stdout
