"""`hi-moe eval compare` over real folders of runs."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from eval_runs import write_run

Run = Callable[..., Result]


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Runs of 164 items: 5 that only the first solves, 15 that only the second does."""
    return (
        write_run(tmp_path / "direct", "1" * 109 + "0" * 55, solver="direct"),
        write_run(tmp_path / "ring", "1" * 104 + "0" * 5 + "1" * 15 + "0" * 40),
    )


def test_it_shows_both_the_pairs_the_groups_and_the_verdict_last(run: Run, folders: tuple[Path, Path]) -> None:
    result = run("eval", "compare", *folders)
    assert result.exit_code == 0, result.output
    assert result.stderr.startswith("note: interval and p do not agree whether there is a difference (base")
    sides, pairs, groups, lists, differing, verdict = result.stdout.split("\n\n")
    assert [line.split()[2:5] for line in sides.splitlines()[1:]] == [
        ["direct", "164", "66.5%"],
        ["hierarchy", "164", "72.6%"],
    ]
    assert [line.split() for line in pairs.splitlines()] == [
        ["B", "RIGHT", "B", "WRONG"],
        ["A", "RIGHT", "104", "5"],
        ["A", "WRONG", "15", "40"],
    ]
    assert " ".join(groups.splitlines()[1].split()) == "all 164 66.5% 72.6% +6.1 [+1.2, +11.6] 5 15 .041"
    assert any(line.split()[:3] == ["family", "debugging", "41"] for line in groups.splitlines())
    only_a, only_b = lists.splitlines()
    assert only_a == "only A solves 5: demo/104 demo/105 demo/106 demo/107 demo/108"
    assert only_b.startswith("only B solves 15: demo/109 ")
    assert differing == "differs: solver: 'direct' → 'hierarchy'"
    assert verdict == "B is better than A: +6.1 points [+1.2, +11.6], p=.041, at 2.9 times the tokens\n"


def test_json_has_everything(run: Run, folders: tuple[Path, Path]) -> None:
    found = json.loads(run("eval", "compare", *folders, "--json").stdout)
    assert found["better"] == "b"
    assert found["overall"]["p"] == pytest.approx(0.04139, abs=5e-6)
    assert len(found["only_b"]) == 15
    assert found["a"]["solver"] == "direct"


def test_long_lists_are_cut(run: Run, tmp_path: Path) -> None:
    a, b = write_run(tmp_path / "a", "1" * 30), write_run(tmp_path / "b", "0" * 30)
    lines = run("eval", "compare", a, b).stdout.splitlines()
    (only,) = [line for line in lines if line.startswith("only A")]
    assert only.startswith("only A solves 30: demo/000 ")
    assert only.endswith("demo/019 … and 10 more (--json lists all)")


def test_many_differing_settings_are_cut(run: Run, tmp_path: Path) -> None:
    a, b = write_run(tmp_path / "a", "11"), write_run(tmp_path / "b", "11")
    manifest = json.loads((b / "run.json").read_text())
    manifest["settings"] |= {f"key{number:02}": number for number in range(25)}
    (b / "run.json").write_text(json.dumps(manifest))
    lines = [line for line in run("eval", "compare", a, b).stdout.splitlines() if line.startswith("differs")]
    assert len(lines) == 21
    assert lines[-1] == "differs: … and 5 settings more (--json lists all)"


def test_of_many_groups_the_largest_are_shown(run: Run, tmp_path: Path) -> None:
    folders = [write_run(tmp_path / name, "10" * 15) for name in "ab"]
    for folder in folders:
        rows = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
        tagged = [row | {"tags": ["common", f"tag{place % 25:02}"]} for place, row in enumerate(rows)]
        (folder / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in tagged))
    groups = [line.split() for line in run("eval", "compare", *folders).stdout.splitlines() if line.startswith("tag")]
    assert [len(groups), groups[0][1:3]] == [21, ["common", "30"]]
    assert groups[-1] == ["tag", "(6", "smaller:", "--json)"]


def test_notes_go_to_stderr(run: Run, tmp_path: Path) -> None:
    result = run("eval", "compare", write_run(tmp_path / "a", "110"), write_run(tmp_path / "b", "11"))
    assert result.stderr.splitlines()[0] == "note: 1 item left out: 1 not in B"


def test_with_several_samples_the_titles_say_which_one_counts(run: Run, tmp_path: Path) -> None:
    result = run("eval", "compare", write_run(tmp_path / "a", ["10", "10"]), write_run(tmp_path / "b", ["11", "11"]))
    assert "ONLY A (SAMPLE 0)  ONLY B (SAMPLE 0)" in result.stdout


def test_nothing_in_a_tag_breaks_a_line(run: Run, tmp_path: Path) -> None:
    folders = [write_run(tmp_path / name, "10") for name in "ab"]
    for folder in folders:
        path = folder / "items.jsonl"
        path.write_text(path.read_text().replace('"strings"', '"str\\n\\u001b[2Jings"'))
    assert r"tag         str \x1b[2Jings" in run("eval", "compare", *folders).stdout


def test_hostile_ids_are_made_visible(run: Run, tmp_path: Path) -> None:
    folders = [write_run(tmp_path / name, cells) for name, cells in (("a", "1"), ("b", "0"))]
    for folder in folders:
        for path in folder.glob("*.json*"):
            path.write_text(path.read_text().replace("demo/000", "demo/\\u001b]0;x"))
    result = run("eval", "compare", *folders)
    assert "\x1b" not in result.stdout
    assert r"only A solves 1: demo/\x1b]0;x" in result.stdout


def test_the_error_rate_and_the_seed_can_be_given(run: Run, folders: tuple[Path, Path]) -> None:
    result = run("eval", "compare", *folders, "--alpha", "0.01", "--seed", "7")
    assert result.stdout.splitlines()[-1].startswith("not enough items to tell: ")


def test_what_is_no_run_is_refused(refused: Callable[..., str], folders: tuple[Path, Path], tmp_path: Path) -> None:
    assert "is not the folder of a run" in refused("eval", "compare", folders[0], tmp_path / "nowhere")


def test_other_sets_are_refused(refused: Callable[..., str], folders: tuple[Path, Path]) -> None:
    path = folders[1] / "run.json"
    path.write_text(path.read_text().replace('"demo"', '"mbpp"'))
    assert "only runs over the same set can be compared" in refused("eval", "compare", *folders)


def test_an_impossible_error_rate_is_refused(refused: Callable[..., str], folders: tuple[Path, Path]) -> None:
    assert "not in the range 0<x<1" in refused("eval", "compare", *folders, "--alpha", "1")
    assert "'nan' is not a number" in refused("eval", "compare", *folders, "--alpha", "nan")
