import json
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from eval_runs import code_of, write_run
from scenario import attempt, verdict

from evals.report.problems import MOST_ATTEMPTS
from evals.sample import Grade, Sample
from evals.store import RunFolder

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run: right, wrong, right, not graded, failed on our side, not run."""
    return write_run(tmp_path / "run", "101ue-")


def ids(result: Result) -> list[str]:
    return [line.split()[0] for line in result.stdout.splitlines()[1:]]


def test_the_list_has_a_line_an_item(run: Run, folder: Path) -> None:
    result = run("eval", "view", folder)
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["ITEM", "VERDICT", "STATUS", "ANSWER", "TOKENS", "SECONDS", "FAILING"]
    assert lines[1].split(maxsplit=6) == [
        "demo/001", "wrong", "wrong_answer", "unverified", "1790", "43.5", "warmest([-3, -1, -2], 2)"
    ]  # fmt: skip
    assert "not graded" in lines[3]
    assert "the engine stopped" in lines[4]
    assert "not run" in lines[5]
    assert result.stderr == "6 of 6 items: 2 right, 1 wrong, 3 open\n"


@pytest.mark.parametrize(("flag", "expected"), [("--wrong", ["demo/001"]), ("--right", ["demo/000", "demo/002"])])
def test_it_can_be_filtered(run: Run, folder: Path, flag: str, expected: list[str]) -> None:
    assert ids(run("eval", "view", folder, flag)) == expected


def test_changed_are_those_that_another_run_answers_differently(run: Run, folder: Path, tmp_path: Path) -> None:
    other = write_run(tmp_path / "other", "110011")
    result = run("eval", "view", folder, "--changed", other)
    assert [line.split()[:3] for line in result.stdout.splitlines()[1:]] == [
        ["demo/001", "wrong", "right"],
        ["demo/002", "right", "wrong"],
    ]
    assert ids(run("eval", "view", folder, "--changed", other, "--wrong")) == ["demo/001"]


def test_of_several_samples_it_says_how_many_are_right(run: Run, tmp_path: Path) -> None:
    several = write_run(tmp_path / "several", ["10", "00"])
    result = run("eval", "view", several)
    assert "1/2 right" in result.stdout
    assert result.stderr == "2 of 2 items: 1 mixed, 1 wrong\n"
    assert ids(run("eval", "view", several, "--wrong")) == ["demo/000", "demo/001"]


def test_samples_without_a_verdict_are_not_called_wrong(run: Run, tmp_path: Path) -> None:
    found = json.loads(run("eval", "view", write_run(tmp_path / "run", ["1u", "uu", "1u"]), "--json").stdout)
    assert [line["verdict"] for line in found] == ["2/2 right, 1 open", "open"]


def test_an_empty_list_says_so_on_stderr_only(run: Run, tmp_path: Path) -> None:
    result = run("eval", "view", write_run(tmp_path / "all", "11"), "--wrong")
    assert result.stdout == ""
    assert result.stderr == "0 of 2 items\n"


def test_the_list_as_json(run: Run, folder: Path) -> None:
    found = json.loads(run("eval", "view", folder, "--json", "--wrong").stdout)
    assert [(line["item"], line["verdict"], line["tokens"]) for line in found] == [("demo/001", "wrong", 1790)]


def test_an_item_is_shown_with_its_tree_its_answer_and_what_it_failed(run: Run, folder: Path) -> None:
    out = run("eval", "view", folder, "demo/001").stdout
    assert "return the warmest mean over `k` days" in out
    assert "sample 0: hidden tests: wrong answer, 1 of 40 hidden tests failed" in out
    assert "  input     warmest([-3, -1, -2], 2)\n  expected  -1.5\n  got       0.0\n" in out
    first, repair = next(
        (line, below)
        for line, below in zip(out.splitlines(), out.splitlines()[1:], strict=False)
        if "0.solve.0" in line
    )
    assert first.startswith("├── 0.solve.0 algorithms (direct): wrong answer")
    assert repair.startswith("│   └── 2.solve.0 algorithms (repair)")
    assert repair.endswith("hidden tests ✗  ← the answer")
    assert code_of(1, right=False).strip() in out


def test_an_item_without_a_verdict_says_why(run: Run, folder: Path) -> None:
    assert "sample 0: not graded" in run("eval", "view", folder, "demo/003").stdout
    assert "sample 0: failed on our side: the engine stopped" in run("eval", "view", folder, "demo/004").stdout
    assert "no sample yet" in run("eval", "view", folder, "demo/005").stdout


def test_what_the_grader_failed_at_is_not_called_wrong(run: Run, tmp_path: Path) -> None:
    out = run("eval", "view", write_run(tmp_path / "run", "i"), "demo/000").stdout
    assert "sample 0: not graded" in out
    assert "sample 0: failed on our side: grading: 'demo/000' could not be graded: the sandbox broke" in out


def test_right_on_the_base_inputs_only_is_said(run: Run, tmp_path: Path) -> None:
    assert "right on the base inputs" in run("eval", "view", write_run(tmp_path / "run", "0"), "demo/000").stdout


def test_an_item_as_json_is_all_that_is_stored(run: Run, folder: Path) -> None:
    found = json.loads(run("eval", "view", folder, "demo/001", "--json").stdout)
    assert found["item"]["family"] == "algorithms"
    assert found["samples"][0]["grade"]["failure"]["expected"] == "-1.5"
    assert len(found["samples"][0]["sample"]["attempts"]) == 4


def test_nothing_hostile_reaches_the_terminal(run: Run, tmp_path: Path) -> None:
    evil = "\x1b]0;taken\x07\u202e"
    folder = write_run(tmp_path / "run", "0", statement=evil, solution=evil)
    out = run("eval", "view", folder, "demo/000").stdout
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\x1b]0;taken\\x07\\u202e" in out


def test_very_many_attempts_and_an_empty_answer_are_bounded(run: Run, tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", "-")
    many = tuple(attempt(f"0.solve.{place}", verdict(1)) for place in range(MOST_ATTEMPTS + 6))
    with RunFolder(folder).writing() as writer:
        writer.sample(Sample(task_id="demo/000", attempts=many))
        writer.grade(Grade(task_id="demo/000", passed=False, status="wrong_answer"))
    out = run("eval", "view", folder, "demo/000").stdout
    assert "… 6 more" in out
    assert "(no answer)" in out


def test_an_item_may_be_named_by_a_part_of_its_id(run: Run, folder: Path) -> None:
    assert run("eval", "view", folder, "001").stdout.startswith("demo/001  algorithms, medium, lists, origin demo")


def test_a_part_of_several_ids_is_refused(refused: Callable[..., str], folder: Path) -> None:
    assert refused("eval", "view", folder, "demo") == (
        "'demo' is part of 6 ids: demo/000, demo/001, demo/002, demo/003, demo/004 …; name one"
    )


def test_an_unknown_item_is_answered_with_the_nearest(refused: Callable[..., str], folder: Path) -> None:
    assert "no item 'demo/0001' in this run; did you mean 'demo/001'?" in refused("eval", "view", folder, "demo/0001")


def test_an_item_and_a_filter_exclude_each_other(refused: Callable[..., str], folder: Path) -> None:
    assert "give either an ITEM or a filter" in refused("eval", "view", folder, "demo/001", "--wrong")


def test_wrong_and_right_exclude_each_other(refused: Callable[..., str], folder: Path) -> None:
    assert "--wrong and --right exclude each other" in refused("eval", "view", folder, "--wrong", "--right")


@pytest.mark.parametrize(
    ("arguments", "fragment"),
    [((), "problems"), (("demo/001",), "item=demo%2F001"), (("--wrong",), "show=wrong")],
)
def test_browse_opens_the_page_at_what_was_asked_for(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], fragment: str
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    result = run("eval", "view", folder, *arguments, "--browse")
    assert opened == [f"{(folder / 'report' / 'report.html').resolve().as_uri()}#{fragment}"]
    assert f"the report is in {folder / 'report' / 'report.html'}" in result.stderr


def test_browse_shows_what_changed_between_two_runs(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    run("eval", "view", folder, "--changed", write_run(tmp_path / "other", "11"), "--browse")
    assert opened[0].endswith("#show=changed")
    assert "other (A)" in (folder / "report" / "summary.txt").read_text()
