"""`hi-moe eval grade`: a file or a run is graded for real, and bad input is one line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from evals.lines import LineFile
from evals.manifest import Manifest, SetInfo
from evals.sample import ItemFacts, Sample
from evals.sets.registry import load_set
from evals.store import RunFolder
from hierarchy.errors import MissingComponent

Run = Callable[..., Result]
RIGHT = "def double(a):\n    return a * 2\n"
WRONG = "def double(a):\n    return a * a\n"
SAMPLES = ({"task_id": "T/1", "completion": "    return a * 2\n"}, {"task_id": "T/0", "solution": WRONG})


def row(number: int) -> dict[str, object]:
    return {
        "task_id": f"T/{number}",
        "prompt": 'def double(a):\n    """Twice a."""\n',
        "entry_point": "double",
        "canonical_solution": "    return a * 2\n",
        "base_input": [[0], [2]],
        "plus_input": [[3]],
        "atol": 0,
    }


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expected outputs of tests are not for the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def plus() -> Path:
    """A file of HumanEval+'s form with two items."""
    return lines("plus.jsonl", *map(row, range(2)))


def lines(name: str, *rows: object) -> Path:
    path = Path(name)
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(each) + "\n" for each in rows))
    return path


@pytest.fixture
def folder(plus: Path) -> Path:
    """A run's folder with samples and no grades."""
    loaded = load_set("humaneval+", plus)
    info = SetInfo(name="humaneval+", sha256=loaded.sha256, source=loaded.origin.source, items=("T/0", "T/1"))
    run = RunFolder(Path("run"))
    with run.writing() as writer:
        facts = [ItemFacts(id=name, statement="s", task="function") for name in info.items]
        writer.begin(Manifest(set=info, solver="direct"), facts)
        writer.sample(Sample(task_id="T/1", solution=RIGHT))
        writer.sample(Sample(task_id="T/0", solution=WRONG))
    return run.path


def test_a_file_is_graded_on_base_and_plus(run: Run, plus: Path) -> None:
    result = run("eval", "grade", lines("some.jsonl", *SAMPLES), "--set", "humaneval+", "--set-file", plus)
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[1][:4] == ["base", "2", "100.0", "%"]
    assert rows[2][:6] == ["base", "and", "plus", "1", "50.0", "%"]
    assert "2 samples of 2 items: 1 wrong answer, 1 accepted" in result.stdout
    grades = [json.loads(line) for line in Path("some_grades.jsonl").read_text().splitlines()]
    assert sorted((each["task_id"], each["passed"], each["base"]) for each in grades) == [
        ("T/0", False, True),
        ("T/1", True, True),
    ]


def test_json_and_the_files_of_other_tools(run: Run, plus: Path) -> None:
    asked = ("--format", "evalplus", "--format", "human-eval", "--out", "out", "--json")
    path = lines("some.jsonl", SAMPLES[0])
    result = run("eval", "grade", path, "--set", "humaneval+", "--set-file", plus, *asked)
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    assert (data["set"], data["graded_now"], data["failed"]) == ("humaneval+", 1, [])
    assert data["summary"]["everything"]["pass_at"] == {"1": 1.0}
    assert "note: 1 of 2 items have no sample" in result.stderr
    assert [Path(name).name for name in data["files"]] == [
        "some_grades.jsonl",
        "some.evalplus.jsonl",
        "some.evalplus_eval_results.json",
        "some.human-eval.jsonl",
        "some.human-eval.jsonl_results.jsonl",
    ]
    assert all(Path(name).exists() for name in data["files"])


def test_grades_are_not_overwritten_unasked(run: Run, refused: Callable[..., str], plus: Path) -> None:
    command = ("eval", "grade", lines("some.jsonl", SAMPLES[0]), "--set", "humaneval+", "--set-file", plus)
    assert run(*command).exit_code == 0
    lines("some.jsonl", SAMPLES[0] | {"solution": "def other(): pass"})
    assert "holds grades of other samples; grade anew with --again" in refused(*command)
    assert run(*command, "--again").exit_code == 0


def test_a_file_that_was_stopped_is_gone_on_with(run: Run, plus: Path) -> None:
    command = ("eval", "grade", lines("some.jsonl", *SAMPLES[:2]), "--set", "humaneval+", "--set-file", plus, "--json")
    whole = json.loads(run(*command).stdout)
    path = Path("some_grades.jsonl")
    first, *_ = path.read_text().splitlines(keepends=True)
    path.write_text(first + '{"task_id": "torn')
    again = json.loads(run(*command).stdout)
    assert again["graded_now"] == whole["graded_now"] - 1
    assert again["summary"] == whole["summary"]
    assert len(path.read_text().splitlines()) == whole["graded_now"]


def test_samples_of_unknown_items(run: Run, refused: Callable[..., str], plus: Path) -> None:
    path = lines("some.jsonl", SAMPLES[0], {"task_id": "T/9", "solution": "x"})
    command = ("eval", "grade", path, "--set", "humaneval+", "--set-file", plus)
    assert refused(*command).startswith("some.jsonl:2: 'humaneval+' has no item 'T/9'; did you mean 'T/")
    result = run(*command, "--skip-unknown")
    assert result.exit_code == 0
    assert "note: 1 sample of no item of" in result.stderr


def test_a_file_needs_its_set(refused: Callable[..., str]) -> None:
    assert "does not say which set it answers; add --set" in refused("eval", "grade", lines("some.jsonl", SAMPLES[0]))


def test_where_nothing_can_be_written(refused: Callable[..., str], plus: Path) -> None:
    path = lines("some.jsonl", SAMPLES[0])
    said = refused("eval", "grade", path, "--set", "humaneval+", "--set-file", plus, "--out", plus)
    assert "cannot write 'plus.jsonl/some_grades.jsonl'" in said


def test_a_run_is_graded_into_its_folder_once(run: Run, folder: Path, plus: Path) -> None:
    command = ("eval", "grade", folder, "--set-file", plus)
    assert run(*command).exit_code == 0
    grades = RunFolder(folder).grades()
    assert {cell: grade.passed for cell, grade in grades.items()} == {("T/0", 0): False, ("T/1", 0): True}
    again = json.loads(run(*command, "--json").stdout)
    assert (again["graded_now"], again["summary"]["samples"]) == (0, 2)
    assert json.loads(run(*command, "--json", "--again").stdout)["graded_now"] == 2


def test_a_run_wants_the_file_it_was_made_with(refused: Callable[..., str], folder: Path) -> None:
    other = lines("other.jsonl", row(0), row(1), row(2))
    said = refused("eval", "grade", folder, "--set-file", other)
    assert "has sha256" in said
    assert "was made with 'path plus.jsonl'" in said
    assert said.endswith("give that file: --set-file FILE")


def test_a_run_is_over_its_own_set(refused: Callable[..., str], folder: Path, plus: Path) -> None:
    said = refused("eval", "grade", folder, "--set", "mbpp+", "--set-file", plus)
    assert said == "'run' is a run over 'humaneval+'; leave out --set"


def test_a_run_over_problems_of_ones_own_wants_their_file(run: Run, refused: Callable[..., str]) -> None:
    own = lines("own.jsonl", {"id": "one", "statement": "What is 1 plus 1?", "answer": "2"})
    loaded = load_set(str(own))
    info = SetInfo(name="own", sha256=loaded.sha256, source=loaded.origin.source, items=("one",))
    with RunFolder(Path("mine")).writing() as writer:
        writer.begin(Manifest(set=info, solver="direct"), [ItemFacts(id="one", statement="s", task="math")])
        writer.sample(Sample(task_id="one", solution="2"))
    assert "over problems of your own, 'path own.jsonl'; give that file: --set FILE" in refused("eval", "grade", "mine")
    assert "has sha256" in refused("eval", "grade", "mine", "--set", lines("other.jsonl", json.loads(own.read_text()), {
        "id": "two", "statement": "What is 2 plus 2?", "answer": "4"}))  # fmt: skip
    assert run("eval", "grade", "mine", "--set", own).exit_code == 0
    assert RunFolder(Path("mine")).grades()["one", 0].passed


def test_a_run_without_samples_has_nothing_to_grade(refused: Callable[..., str], folder: Path, plus: Path) -> None:
    (folder / "samples.jsonl").unlink()
    assert "holds no samples yet" in refused("eval", "grade", folder, "--set-file", plus)


def test_a_sample_of_no_item_of_the_run(refused: Callable[..., str], folder: Path, plus: Path) -> None:
    with RunFolder(folder).writing() as writer:
        writer.sample(Sample(task_id="X/1", solution=RIGHT))
    assert "sample of 'X/1', which is none of its items" in refused("eval", "grade", folder, "--set-file", plus)


def test_what_our_machinery_fails_is_not_scored(run: Run, plus: Path) -> None:
    broken = lines("broken.jsonl", row(0), {**row(1), "canonical_solution": "    return 1 / 0\n"})
    path = lines("some.jsonl", *SAMPLES)
    result = run("eval", "grade", path, "--set", "humaneval+", "--set-file", broken, "--json")
    assert result.exit_code == 4
    data = json.loads(result.stdout)
    assert [each["task_id"] for each in data["failed"]] == ["T/1"]
    assert data["summary"]["samples"] == 1
    assert "1 sample could not be graded" in result.stderr


def test_grading_anew_keeps_the_old_grades_until_it_is_done(run: Run, refused: Callable[..., str], plus: Path) -> None:
    command = ("eval", "grade", lines("some.jsonl", *SAMPLES), "--set", "humaneval+", "--set-file", plus)
    run(*command)
    before = Path("some_grades.jsonl").read_text()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evals.grading.grader.Grader.grade", _unable)
        assert run(*command, "--again").exit_code != 0
    assert Path("some_grades.jsonl").read_text() == before
    assert run(*command, "--again").exit_code == 0
    assert sorted(Path("some_grades.jsonl").read_text().splitlines()) != []
    assert {path.name for path in Path().glob(".some*")} == set()


async def _unable(*_: object) -> None:
    raise MissingComponent("no library")


def test_two_do_not_grade_into_one_file(refused: Callable[..., str], plus: Path) -> None:
    command = ("eval", "grade", lines("some.jsonl", *SAMPLES), "--set", "humaneval+", "--set-file", plus)
    with LineFile(Path("some_grades.jsonl")):
        assert "another process is grading into 'some_grades.jsonl'" in refused(*command)
