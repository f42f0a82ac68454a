"""A run's folder: what is written is there after a kill, what is torn or broken is said."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evals.manifest import Manifest, Session, SetInfo
from evals.sample import CellError, Grade, ItemFacts, Sample
from evals.store import ERRORS, GRADES, MANIFEST, SAMPLES, RunFolder
from hierarchy.errors import InfrastructureError, UsageError

MADE = Manifest(set=SetInfo(name="own", sha256="ab", source="path x", items=("a", "b")), solver="direct")
ITEMS = [ItemFacts(id="a", statement="A?", task="text"), ItemFacts(id="b", statement="B?", task="text")]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    folder = RunFolder(tmp_path / "run")
    with folder.writing() as writer:
        writer.begin(MADE, ITEMS)
        writer.sample(Sample(task_id="a", solution="1"))
        writer.grade(Grade(task_id="a", passed=False, status="wrong_answer"))
        writer.grade(Grade(task_id="a", passed=True, status="accepted"))
        writer.error(CellError(task_id="b", error="the engine broke"))
    return folder


def test_what_was_written_is_read(folder: RunFolder) -> None:
    assert folder.manifest() == MADE
    assert folder.items() == ITEMS
    assert [sample.task_id for sample in folder.samples()] == ["a"]
    assert [error.error for error in folder.errors()] == ["the engine broke"]


def test_the_later_grade_counts(folder: RunFolder) -> None:
    assert folder.grades()["a", 0].passed


def test_a_torn_last_line_is_not_read(folder: RunFolder) -> None:
    with (folder.path / SAMPLES).open("a") as file:
        file.write('{"task_id": "b", "solu')
    assert [sample.task_id for sample in folder.samples()] == ["a"]


def test_what_follows_a_torn_line_is_whole(folder: RunFolder) -> None:
    with (folder.path / SAMPLES).open("a") as file:
        file.write('{"task_id": "b", "solu' + "x" * 200_000)
    with folder.writing() as writer:
        writer.sample(Sample(task_id="b"))
    assert [sample.task_id for sample in folder.samples()] == ["a", "b"]


@pytest.mark.parametrize("place", ["file", "file/run", "/proc/run"])
def test_a_folder_that_cannot_be_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("precious")
    with pytest.raises(UsageError, match=r"cannot write to the folder '.*choose another one: --out DIR"):
        RunFolder(tmp_path / place).writing().__enter__()


def test_a_line_that_a_full_disk_cuts_leaves_nothing_behind(folder: RunFolder) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with folder.writing() as writer:
        there = (folder.path / SAMPLES).stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (there + 1000, before[1]))
        try:
            with pytest.raises(InfrastructureError, match=r"cannot write '.*samples.jsonl': File too large"):
                writer.sample(Sample(task_id="b", text="x" * 5000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        writer.sample(Sample(task_id="b", text="short"))
    assert [(sample.task_id, sample.text) for sample in folder.samples()] == [("a", ""), ("b", "short")]


def test_a_file_of_one_torn_line_begins_anew(folder: RunFolder) -> None:
    (folder.path / SAMPLES).write_text('{"task')
    with folder.writing() as writer:
        writer.sample(Sample(task_id="b"))
    assert [sample.task_id for sample in folder.samples()] == ["b"]


@pytest.mark.parametrize("name", [SAMPLES, GRADES, ERRORS])
def test_a_broken_line_is_named(folder: RunFolder, name: str) -> None:
    path = folder.path / name
    path.write_text("{broken\n" + path.read_text())
    with pytest.raises(UsageError, match=rf"{name}:1: broken line"):
        _ = folder.samples(), folder.grades(), folder.errors()


def test_a_line_without_a_field_names_the_field(folder: RunFolder) -> None:
    (folder.path / SAMPLES).write_text('{"sample": 0}\n')
    with pytest.raises(UsageError, match="task_id: Field required"):
        folder.samples()


def test_a_cell_twice_is_refused(folder: RunFolder) -> None:
    path = folder.path / SAMPLES
    path.write_text(path.read_text() * 2)
    with pytest.raises(UsageError, match="has sample 0 of 'a' twice"):
        folder.samples()


def test_no_run_is_said_with_the_next_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"is not the folder of a run.*hi-moe eval run"):
        RunFolder(tmp_path).manifest()


@pytest.mark.parametrize("text", ["{", '{"version": 1}', "[]", '{"version": 1, "solver": "x", "sets": 3}'])
def test_a_broken_manifest_is_said(folder: RunFolder, text: str) -> None:
    (folder.path / MANIFEST).write_text(text)
    with pytest.raises(UsageError, match="is broken"):
        folder.manifest()


def test_a_newer_manifest_is_refused_by_its_version(folder: RunFolder) -> None:
    (folder.path / MANIFEST).write_text('{"version": 99}')
    with pytest.raises(UsageError, match=r"newer hi-moe \(version 99"):
        folder.manifest()


def test_a_session_is_added(folder: RunFolder) -> None:
    with folder.writing() as writer:
        writer.add_session(MADE, Session(started="2026-11-21T00:00:00+00:00"))
    assert [session.started for session in folder.manifest().sessions] == ["2026-11-21T00:00:00+00:00"]


def test_two_writers_exclude_each_other(folder: RunFolder) -> None:
    with (
        folder.writing(),
        pytest.raises(UsageError, match="another process is writing"),
        RunFolder(folder.path).writing(),
    ):
        pass


def test_a_held_folder_is_free_again(folder: RunFolder) -> None:
    for name in ("b", "c"):
        with folder.writing() as writer:
            writer.sample(Sample(task_id=name))
    assert [sample.task_id for sample in folder.samples()] == ["a", "b", "c"]


_WRITES_UNTIL_KILLED = """
import os, signal, sys
from pathlib import Path
from evals.sample import Sample
from evals.store import RunFolder
with RunFolder(Path(sys.argv[1])).writing() as writer:
    for number in range(10_000):
        writer.sample(Sample(task_id=f"{number}", solution="x" * 1000))
        if number == 50:
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_kill_loses_nothing_that_was_written(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _WRITES_UNTIL_KILLED, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(RunFolder(tmp_path).samples()) == 51
    with RunFolder(tmp_path).writing() as writer:  # and the lock is free
        writer.sample(Sample(task_id="next"))
    assert len(RunFolder(tmp_path).samples()) == 52


def test_no_partial_manifest_is_left(folder: RunFolder) -> None:
    assert not list(folder.path.glob(".*.new"))


def test_a_folder_that_stays_empty_is_removed_again(tmp_path: Path) -> None:
    with RunFolder(tmp_path / "runs" / "a").writing():
        assert (tmp_path / "runs" / "a").exists()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "mine").mkdir()
    with RunFolder(tmp_path / "mine").writing():
        pass
    assert (tmp_path / "mine").exists()
    with RunFolder(tmp_path / "runs" / "b").writing() as writer:
        writer.error(CellError(task_id="a", error="no power"))
    assert (tmp_path / "runs" / "b" / "errors.jsonl").exists()
