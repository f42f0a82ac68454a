"""A run: which cells are to do, their samples and grades as they come, and where it stands.

Nothing is computed twice: a cell with a sample is finished, one whose key another run's folder holds is taken from
there. Grading goes on beside generation, so that a running score can be shown; a grade that is missing after a kill is
made at the next start. Failures of our own are written apart and tried again at the next start.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from evals.cells import Cell, cells_of
from evals.executors.base import Executor
from evals.item import Item
from evals.manifest import Manifest
from evals.sample import CellError, Grade, ItemFacts, Sample
from evals.store import RunFolder, Writer
from hierarchy.errors import InfrastructureError, UsageError


class Grades(Protocol):
    """Who grades: `evals.grading.grader.Grader`."""

    async def grade(self, item: Item, sample: Sample) -> Grade:
        """The grade of a sample. Raises `InfrastructureError` for failures of our own."""
        ...


@dataclass
class Progress:
    """Where a run stands."""

    total: int
    """Cells."""
    done: int = 0
    """Cells with a sample."""
    before: int = 0
    """Of these, those that were there when this process began."""
    graded: int = 0
    right: int = 0
    failed: int = 0
    """Cells that our own machinery failed in this process."""
    tokens: int = 0
    """Of all samples that are there."""
    started: float = field(default_factory=time.monotonic)

    @property
    def elapsed(self) -> float:
        """Seconds since this process began with it."""
        return time.monotonic() - self.started

    @property
    def seconds_left(self) -> float | None:
        """Expected, at the rate of this process so far; None before the first cell."""
        here = self.done - self.before
        if not here:
            return None
        return self.elapsed / here * (self.total - self.done - self.failed)

    @property
    def score(self) -> float | None:
        """Share of the graded samples that are right."""
        return self.right / self.graded if self.graded else None


Show = Callable[[Progress], None]


def begin(folder: RunFolder, writer: Writer, manifest: Manifest, items: Sequence[Item], *, resume: bool) -> Manifest:
    """Begin the run in `folder`, or go on with the one that is there.

    Raises `UsageError` for a folder that holds a run where none is to be resumed, for a folder without a run where one
    is, and for another configuration than the one it was begun with, with the keys that differ.
    """
    check_folder(folder, resume=resume)
    if not folder.exists:
        writer.begin(manifest, map(facts_of, items))
        return manifest
    begun = folder.manifest()
    differing = begun.differences(manifest)
    if differing:
        shown = "; ".join(differing[:8]) + (f"; and {len(differing) - 8} more" if len(differing) > 8 else "")
        raise UsageError(
            f"{str(folder.path)!r} was begun with another configuration: {shown}; use the same, or another "
            f"folder: --out DIR, which takes over what is equal with --reuse {folder.path}"
        )
    return writer.add_session(begun, manifest.sessions[-1]) if manifest.sessions else begun


def check_folder(folder: RunFolder, *, resume: bool) -> None:
    """Raise `UsageError` where a run can neither begin nor go on: worth asking before anything is opened."""
    if folder.exists:
        if not resume:
            raise UsageError(
                f"{str(folder.path)!r} already holds a run; go on with it: --resume, or choose another folder: "
                "--out DIR"
            )
        return
    if resume:
        folder.manifest()  # its error says what to type
    if folder.path.is_dir() and not all(_is_ours(path.name) for path in folder.path.iterdir()):
        raise UsageError(f"{str(folder.path)!r} is not empty and holds no run; choose another folder: --out DIR")


def _is_ours(name: str) -> bool:
    """Whether a file is what a process leaves that is killed before `run.json` is there."""
    return name.startswith((".lock", ".items.jsonl", ".run.json", "items.jsonl", "ledger.sqlite3"))


def facts_of(item: Item) -> ItemFacts:
    """What a report may show of an item."""
    problem = item.problem
    return ItemFacts(
        id=item.id,
        statement=problem.statement,
        task=problem.task,
        family=item.family,
        difficulty=item.difficulty,
        tags=problem.tags,
        facts=item.facts,
    )


class Run:
    """Works on one run in its folder until every cell has a sample, and each sample a grade."""

    def __init__(
        self,
        folder: RunFolder,
        writer: Writer,
        manifest: Manifest,
        items: Sequence[Item],
        grader: Grades | None,
        show: Show = lambda progress: None,
    ) -> None:
        self._writer = writer
        self._grader = grader
        self._show = show
        self._items = {item.id: item for item in items}
        cells = list(cells_of(items, manifest))
        self._grading: list[asyncio.Task[None]] = []
        samples = {(sample.task_id, sample.sample): sample for sample in folder.samples()}
        strange = samples.keys() - {cell.name for cell in cells}
        if strange:
            task_id, number = min(strange)
            raise UsageError(
                f"{str(folder.path)!r} has a sample {number} of {task_id!r}, which it was not begun with; take the "
                "line out of samples.jsonl"
            )
        self._todo = {cell.name: cell for cell in cells if cell.name not in samples}
        grades = {name: grade for name, grade in folder.grades().items() if name in samples}
        self._ungraded = [sample for name, sample in samples.items() if name not in grades]
        self.progress = Progress(
            total=len(cells),
            done=len(samples),
            before=len(samples),
            graded=len(grades),
            right=sum(grade.passed for grade in grades.values()),
            tokens=sum(sample.usage.tokens for sample in samples.values()),
        )

    def reuse(self, others: Iterable[Path]) -> int:
        """Take finished cells from other runs' folders, where their keys are those of cells to do; how many."""
        known = {sample.key: sample for other in others for sample in RunFolder(other).samples() if sample.key}
        found = [(cell, known[cell.key]) for cell in self._todo.values() if cell.key in known]
        for cell, equal in found:
            sample = equal.model_copy(update={"task_id": cell.item.id, "sample": cell.sample})
            self._take(sample)
            self._ungraded.append(sample)
            del self._todo[cell.name]
        self.progress.before += len(found)
        return len(found)

    @property
    def todo(self) -> list[Cell]:
        """Cells without a sample."""
        return list(self._todo.values())

    async def work(self, executor: Executor) -> None:
        """Work on all cells that are to do. Raises what the executor raises; what was finished stays."""
        self._show(self.progress)
        for sample in self._ungraded:
            self._begin_grading(sample)
        self._ungraded = []
        try:
            async with aclosing(executor.work(self.todo)) as finished:
                async for cell, result in finished:
                    if isinstance(result, CellError):
                        self._writer.error(result)
                        self.progress.failed += 1
                    else:
                        self._take(result)
                        self._begin_grading(result)
                    del self._todo[cell.name]
                    self._show(self.progress)
        finally:
            # What was answered is graded even when the run is stopped: it takes seconds, and the score is then whole.
            ended = await asyncio.gather(*self._grading, return_exceptions=True)
        for failure in ended:
            if isinstance(failure, BaseException):
                raise failure

    def _take(self, sample: Sample) -> None:
        self._writer.sample(sample)
        self.progress.done += 1
        self.progress.tokens += sample.usage.tokens

    def _begin_grading(self, sample: Sample) -> None:
        if self._grader is None:
            return
        task = asyncio.create_task(self._grade(self._grader, sample))
        self._grading.append(task)

    async def _grade(self, grader: Grades, sample: Sample) -> None:
        try:
            grade = await grader.grade(self._items[sample.task_id], sample)
        except InfrastructureError as error:
            self._writer.error(CellError.of_grading(sample, error))
            return
        self._writer.grade(grade)
        self.progress.graded += 1
        self.progress.right += grade.passed
        self._show(self.progress)
