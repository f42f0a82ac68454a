"""A run's folder as typed rows: what reports, tables and comparisons begin with. Nothing is written here."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from evals.manifest import Manifest
from evals.sample import CellError, Grade, ItemFacts, Sample
from evals.store import ERRORS, GRADES, SAMPLES, RunFolder
from hierarchy.errors import UsageError


class Cell(NamedTuple):
    """One item, one of its samples."""

    task_id: str
    sample: int


@dataclass(frozen=True)
class Row:
    """One finished cell: the item, what the solver answered, and what the hidden check says about it."""

    item: ItemFacts
    sample: Sample
    grade: Grade | None = None
    """The latest one; None where it was not graded yet."""

    @property
    def cell(self) -> Cell:
        """Where it belongs."""
        return Cell(self.sample.task_id, self.sample.sample)

    @property
    def scored(self) -> bool:
        """Whether it counts: graded, and not spoilt by our own machinery."""
        return self.grade is not None and self.grade.status != "infrastructure"

    @property
    def passed(self) -> bool | None:
        """The hidden check's verdict; None where there is none that counts."""
        return self.grade.passed if self.grade is not None and self.scored else None


@dataclass(frozen=True)
class Results:
    """All that a run's folder holds."""

    folder: Path
    manifest: Manifest
    items: Mapping[str, ItemFacts]
    """By id, in the order of the set."""
    rows: tuple[Row, ...]
    """By item in the order of the set, then by sample."""
    missing: tuple[Cell, ...] = ()
    """Cells without a sample: not run yet, or failed by our own machinery."""
    errors: tuple[CellError, ...] = ()
    """The latest error of each cell that has no sample, or whose sample could not be graded and still is not."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the files, one line each: an unfinished last line, an item without facts."""

    @property
    def name(self) -> str:
        """The folder's name: how a report calls the run."""
        return self.folder.resolve().name

    @cached_property
    def by_item(self) -> dict[str, tuple[Row, ...]]:
        """The rows of each item; every item has an entry."""
        found: dict[str, list[Row]] = {item_id: [] for item_id in self.items}
        for row in self.rows:
            found[row.item.id].append(row)
        return {item_id: tuple(rows) for item_id, rows in found.items()}

    @property
    def scored(self) -> tuple[Row, ...]:
        """The rows that count."""
        return tuple(row for row in self.rows if row.scored)

    @property
    def ungraded(self) -> tuple[Row, ...]:
        """The rows that have no verdict that counts: to be graded, or to be graded again."""
        return tuple(row for row in self.rows if not row.scored)


def load_results(folder: Path) -> Results:
    """Read a run's folder, whether the run has ended or not.

    Raises `UsageError` for a folder that is no run, a line that cannot be understood, a cell that is there twice, and
    a line about something the run does not have. An unfinished last line, which a killed run leaves, is only noted.
    """
    files = RunFolder(folder)
    manifest = files.manifest()
    facts = {item.id: item for item in files.items()}
    items = {item_id: facts.get(item_id) or _unknown(item_id) for item_id in manifest.set.items}
    notes = [f"{name}: the last line was not finished and is left out" for name in _torn(folder)]
    if nameless := [item_id for item_id in items if item_id not in facts]:
        notes.append(f"the statements of {len(nameless)} of {len(items)} items are not here, first {nameless[0]!r}")

    samples = {Cell(sample.task_id, sample.sample): sample for sample in files.samples()}
    grades = {Cell(*cell): grade for cell, grade in files.grades().items()}
    failed = {Cell(error.task_id, error.sample): error for error in files.errors()}
    for name, cells in ((SAMPLES, samples), (GRADES, grades), (ERRORS, failed)):
        _refuse_strangers(folder / name, cells, items)
    place = {item_id: index for index, item_id in enumerate(items)}
    ordered = sorted(samples, key=lambda cell: (place[cell.task_id], cell.sample))
    wanted = [Cell(item_id, sample) for item_id in items for sample in range(manifest.n)]
    rows = tuple(Row(items[cell.task_id], samples[cell], grades.get(cell)) for cell in ordered)
    scored = {row.cell for row in rows if row.scored}
    return Results(
        folder=folder,
        manifest=manifest,
        items=items,
        rows=rows,
        missing=tuple(cell for cell in wanted if cell not in samples),
        errors=tuple(
            error
            for cell, error in failed.items()
            if cell not in samples or (cell not in scored and error.stage == "grading")
        ),
        notes=tuple(notes),
    )


def _refuse_strangers(path: Path, cells: Iterable[Cell], items: Mapping[str, ItemFacts]) -> None:
    for cell in cells:
        if cell.task_id not in items:
            raise UsageError(
                f"{str(path)!r} has a line about {cell.task_id!r}, which is no item of this run; it belongs to another "
                f"one: find the line with grep -n and take it out"
            )


def _torn(folder: Path) -> list[str]:
    """Names of the files that do not end with the end of a line: a process was killed while it wrote."""
    found = []
    for name in (SAMPLES, GRADES, ERRORS):
        path = folder / name
        if path.is_file() and path.stat().st_size:
            with path.open("rb") as file:
                file.seek(-1, os.SEEK_END)
                found += [] if file.read() == b"\n" else [name]
    return found


def _unknown(item_id: str) -> ItemFacts:
    return ItemFacts(id=item_id, statement="", task="")
