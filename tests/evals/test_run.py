"""A run: begun once, resumed only as what it was, nothing computed twice, failures apart."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from evals.cells import Cell, Finished
from evals.item import AnswerCheck, Item
from evals.manifest import Manifest, Session, SetInfo
from evals.run import Progress, Run, begin
from evals.sample import CellError, Grade, Sample
from evals.store import RunFolder
from hierarchy.errors import InfrastructureError, MissingComponent, UsageError
from hierarchy.problem import Problem
from hierarchy.usage import Usage

ITEMS = [Item(Problem(id=name, statement=f"{name}?", task="math"), AnswerCheck("4")) for name in "abcd"]
MADE = Manifest(
    set=SetInfo(name="own", sha256="f", source="path x", items=tuple("abcd")),
    solver="direct",
    n=2,
    sessions=(Session(started="first"),),
)


class Answering:
    """Answers each cell with `answer`; fails those in `broken`; stops as a killed process would after `stop_after`."""

    name = "local"

    def __init__(self, broken: Sequence[str] = (), stop_after: int | None = None) -> None:
        self._broken = broken
        self._stop_after = stop_after
        self.worked: list[tuple[str, int]] = []

    async def work(self, cells: Sequence[Cell]) -> AsyncGenerator[Finished, None]:
        for number, cell in enumerate(cells):
            if number == self._stop_after:
                raise KeyboardInterrupt
            self.worked.append(cell.name)
            if cell.item.id in self._broken:
                yield Finished(cell, CellError(task_id=cell.item.id, sample=cell.sample, error="down"))
            else:
                sample = Sample(task_id=cell.item.id, sample=cell.sample, key=cell.key, solution="4")
                yield Finished(cell, sample.model_copy(update={"usage": Usage(completion_tokens=10)}))


class Grading:
    """Says that sample 0 is right; fails on those in `broken`."""

    def __init__(self, broken: Sequence[str] = ()) -> None:
        self._broken = broken
        self.graded: list[tuple[str, int]] = []

    async def grade(self, item: Item, sample: Sample) -> Grade:
        await asyncio.sleep(0)
        if item.id in self._broken:
            raise InfrastructureError("no sandbox")
        self.graded.append((item.id, sample.sample))
        return Grade(task_id=item.id, sample=sample.sample, passed=sample.sample == 0, status="accepted")


async def run(
    path: Path, executor: Answering, grader: Grading | None = None, *, resume: bool = False, made: Manifest = MADE
) -> Progress:
    folder = RunFolder(path)
    with folder.writing() as writer:
        manifest = begin(folder, writer, made, ITEMS, resume=resume)
        work = Run(folder, writer, manifest, ITEMS, grader)
        await work.work(executor)
        return work.progress


async def test_every_cell_gets_a_sample_and_a_grade(tmp_path: Path) -> None:
    progress = await run(tmp_path, Answering(), Grading())
    assert (progress.total, progress.done, progress.graded, progress.right, progress.tokens) == (8, 8, 8, 4, 80)
    assert len(RunFolder(tmp_path).samples()) == 8
    assert progress.score == 0.5


async def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        await run(tmp_path, Answering(stop_after=3), Grading())
    again = Answering()
    progress = await run(tmp_path, again, Grading(), resume=True)
    assert len(again.worked) == 5
    assert (progress.done, progress.before, progress.graded, progress.right) == (8, 3, 8, 4)


async def test_samples_without_a_grade_are_graded_at_the_next_start(tmp_path: Path) -> None:
    await run(tmp_path, Answering(), None)
    again, grading = Answering(), Grading()
    progress = await run(tmp_path, again, grading, resume=True)
    assert (again.worked, len(grading.graded), progress.graded) == ([], 8, 8)


async def test_a_grade_without_its_sample_counts_for_nothing(tmp_path: Path) -> None:
    await run(tmp_path, Answering(), Grading())
    lines = (tmp_path / "samples.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "samples.jsonl").write_text("".join(lines[2:]))
    progress = await run(tmp_path, Answering(), Grading(), resume=True)
    assert (progress.done, progress.graded, progress.right) == (8, 8, 4)


async def test_a_finished_run_has_nothing_to_do(tmp_path: Path) -> None:
    await run(tmp_path, Answering(), Grading())
    again, grading = Answering(), Grading()
    await run(tmp_path, again, grading, resume=True)
    assert (again.worked, grading.graded) == ([], [])


async def test_failures_of_ours_are_apart_and_tried_at_the_next_start(tmp_path: Path) -> None:
    progress = await run(tmp_path, Answering(broken=["b"]), Grading())
    assert (progress.done, progress.failed, progress.graded) == (6, 2, 6)
    assert {error.task_id for error in RunFolder(tmp_path).errors()} == {"b"}
    again = Answering()
    progress = await run(tmp_path, again, Grading(), resume=True)
    assert again.worked == [("b", 0), ("b", 1)]
    assert progress.done == 8


async def test_a_grader_that_fails_is_no_verdict(tmp_path: Path) -> None:
    progress = await run(tmp_path, Answering(), Grading(broken=["c"]))
    assert (progress.done, progress.graded) == (8, 6)
    assert {error.error for error in RunFolder(tmp_path).errors()} == {"grading: no sandbox"}
    assert (await run(tmp_path, Answering(), Grading(), resume=True)).graded == 8


async def test_a_bug_of_a_grader_is_not_swallowed(tmp_path: Path) -> None:
    class Broken(Grading):
        async def grade(self, item: Item, sample: Sample) -> Grade:
            raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        await run(tmp_path, Answering(), Broken())


async def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    await run(tmp_path, Answering())
    with pytest.raises(UsageError, match="already holds a run; go on with it: --resume"):
        await run(tmp_path, Answering())


async def test_another_configuration_is_refused_with_the_keys(tmp_path: Path) -> None:
    await run(tmp_path, Answering())
    other = MADE.model_copy(update={"seed": 1, "solver": "hierarchy"})
    with pytest.raises(UsageError, match=r"another configuration: seed: 0 → 1; solver: 'direct' → 'hierarchy'"):
        await run(tmp_path, Answering(), resume=True, made=other)


async def test_nothing_to_resume_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not the folder of a run"):
        await run(tmp_path, Answering(), resume=True)


async def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    with pytest.raises(UsageError, match="is not empty and holds no run"):
        await run(tmp_path, Answering())


async def test_what_a_kill_before_the_beginning_leaves_is_no_obstacle(tmp_path: Path) -> None:
    for name in (".run.json.new", "items.jsonl", "ledger.sqlite3", "ledger.sqlite3-wal"):
        (tmp_path / name).write_text("")
    assert (await run(tmp_path, Answering())).done == 8


async def test_sessions_are_noted(tmp_path: Path) -> None:
    await run(tmp_path, Answering())
    await run(tmp_path, Answering(), resume=True, made=MADE.model_copy(update={"sessions": (Session(started="2nd"),)}))
    assert [session.started for session in RunFolder(tmp_path).manifest().sessions] == ["first", "2nd"]


async def test_equal_cells_of_other_runs_are_taken(tmp_path: Path) -> None:
    await run(tmp_path / "one", Answering(), made=MADE.model_copy(update={"n": 1}))
    folder = RunFolder(tmp_path / "two")
    with folder.writing() as writer:
        manifest = begin(folder, writer, MADE, ITEMS, resume=False)
        work = Run(folder, writer, manifest, ITEMS, Grading())
        assert work.reuse([tmp_path / "one"]) == 4
        executor = Answering()
        await work.work(executor)
    assert {sample for _, sample in executor.worked} == {1}
    assert (work.progress.done, work.progress.graded) == (8, 8)


async def test_a_cell_that_is_taken_is_graded_under_its_own_number(tmp_path: Path) -> None:
    await run(tmp_path / "one", Answering(), made=MADE.model_copy(update={"n": 1, "seed": 1}))
    folder = RunFolder(tmp_path / "two")
    with folder.writing() as writer:
        manifest = begin(folder, writer, MADE, ITEMS, resume=False)
        work = Run(folder, writer, manifest, ITEMS, Grading())
        assert work.reuse([tmp_path / "one"]) == 4  # the seed of its sample 0 is that of sample 1 here
        await work.work(Answering())
    assert folder.grades().keys() == {(name, sample) for name in "abcd" for sample in (0, 1)}


async def test_cells_of_another_configuration_are_not_taken(tmp_path: Path) -> None:
    await run(tmp_path / "one", Answering(), made=MADE.model_copy(update={"solver": "hierarchy"}))
    folder = RunFolder(tmp_path / "two")
    with folder.writing() as writer:
        manifest = begin(folder, writer, MADE, ITEMS, resume=False)
        assert Run(folder, writer, manifest, ITEMS, None).reuse([tmp_path / "one"]) == 0


def test_time_left_follows_the_rate() -> None:
    progress = Progress(total=10, done=4, before=2)
    progress.started -= 20
    assert progress.seconds_left == pytest.approx(60, rel=0.1)
    assert Progress(total=10).seconds_left is None


async def test_a_sample_of_no_cell_is_named(tmp_path: Path) -> None:
    await run(tmp_path, Answering())
    with RunFolder(tmp_path).writing() as writer:
        writer.sample(Sample(task_id="z", solution="4"))
    with pytest.raises(UsageError, match=r"has a sample 0 of 'z', which it was not begun with; take the line out"):
        await run(tmp_path, Answering(), resume=True)


async def test_what_stopped_a_run_is_not_hidden_by_its_grader(tmp_path: Path) -> None:
    class Broken(Grading):
        async def grade(self, item: Item, sample: Sample) -> Grade:
            raise MissingComponent("no library")

    with pytest.raises(KeyboardInterrupt):
        await run(tmp_path, Answering(stop_after=3), Broken())
    with pytest.raises(MissingComponent, match="no library"):
        await run(tmp_path, Answering(), Broken(), resume=True)
    assert len(RunFolder(tmp_path).samples()) == 8
