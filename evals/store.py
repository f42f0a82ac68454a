"""A run's folder: everything it did, in files that only grow. A killed process loses at most what was in flight.

`run.json` says what the run is; `items.jsonl` what was asked; `samples.jsonl`, `grades.jsonl` and `errors.jsonl` get
one flushed line for each finished cell, verdict and failure of our own. Of two grades of a cell the later one counts.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout
from pydantic import ValidationError

from evals.lines import LineFile, first_line, read_lines, write_whole
from evals.manifest import VERSION, Manifest, Session
from evals.sample import CellError, Grade, ItemFacts, Sample
from hierarchy.base import Frozen
from hierarchy.errors import UsageError

MANIFEST, ITEMS, SAMPLES, GRADES, ERRORS = "run.json", "items.jsonl", "samples.jsonl", "grades.jsonl", "errors.jsonl"
LOCK = ".lock"


class RunFolder:
    """Reads a run's folder; `writing` adds to it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether a run was begun here."""
        return (self.path / MANIFEST).is_file()

    def manifest(self) -> Manifest:
        """What the run is. Raises `UsageError` where there is none, or one of an unknown version."""
        try:
            text = (self.path / MANIFEST).read_text(encoding="utf-8")
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(
                f"{str(self.path)!r} is not the folder of a run: it has no {MANIFEST}; begin one with: "
                f"hi-moe eval run --set NAME --solver NAME --out {self.path}"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{str(self.path / MANIFEST)!r} cannot be read: {error}") from error
        try:
            data = json.loads(text)
            known = data.get("version") if isinstance(data, dict) else None
            if isinstance(known, int) and known > VERSION:
                raise UsageError(f"{str(self.path)!r} was written by a newer hi-moe (version {known} of its run.json)")
            return Manifest.model_validate(data)
        except (ValidationError, ValueError) as error:
            reason = first_line(error)
            raise UsageError(f"{str(self.path / MANIFEST)!r} is broken: {reason}; begin a new run") from error

    def items(self) -> list[ItemFacts]:
        """What was asked. Raises `UsageError` for a broken line."""
        return list(read_lines(self.path / ITEMS, ItemFacts))

    def samples(self) -> list[Sample]:
        """The finished cells, in the order in which they finished. Raises `UsageError` for a broken line, or a cell
        that is there twice."""
        found: dict[tuple[str, int], Sample] = {}
        for sample in read_lines(self.path / SAMPLES, Sample):
            cell = (sample.task_id, sample.sample)
            if cell in found:
                raise UsageError(
                    f"{str(self.path / SAMPLES)!r} has sample {sample.sample} of {sample.task_id!r} twice; remove one"
                )
            found[cell] = sample
        return list(found.values())

    def grades(self) -> dict[tuple[str, int], Grade]:
        """(task id, sample) → its latest grade. Raises `UsageError` for a broken line."""
        return {(grade.task_id, grade.sample): grade for grade in read_lines(self.path / GRADES, Grade)}

    def errors(self) -> list[CellError]:
        """Every failure of our own, those that a retry mended included. Raises `UsageError` for a broken line."""
        return list(read_lines(self.path / ERRORS, CellError))

    @contextmanager
    def writing(self) -> Iterator["Writer"]:
        """Hold the folder for this process and add to it; one that is made for it and stays empty is removed again.

        Raises `UsageError` while another process holds it, and where no folder can be written.
        """
        made = [path for path in (self.path, *self.path.parents) if not path.exists()]
        lock = FileLock(self.path / LOCK, timeout=0, thread_local=False)
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise UsageError(
                f"another process is writing to {str(self.path)!r}; wait for it, or choose another folder: --out DIR"
            ) from None
        except OSError as error:
            raise UsageError(
                f"cannot write to the folder {str(self.path)!r}: {(error.strerror or str(error)).lower()}; choose "
                "another one: --out DIR"
            ) from None
        try:
            with Writer(self.path) as writer:
                yield writer
        finally:
            with suppress(OSError):
                self._remove_empty(made)
            lock.release()

    def _remove_empty(self, made: Iterable[Path]) -> None:
        if made and os.listdir(self.path) == [LOCK]:
            (self.path / LOCK).unlink()
            for folder in made:
                folder.rmdir()


class Writer:
    """Adds lines to a run's folder, each written and flushed whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._files: dict[str, LineFile] = {}

    def begin(self, manifest: Manifest, items: Iterable[ItemFacts]) -> None:
        """Write what the run is and what is asked; the manifest last, since it is what makes the folder a run's."""
        text = "".join(f"{item.model_dump_json()}\n" for item in items)
        write_whole(self._path / ITEMS, text)
        write_whole(self._path / MANIFEST, manifest.model_dump_json(indent=1) + "\n")

    def add_session(self, manifest: Manifest, session: Session) -> Manifest:
        """Note that another process goes on with the run."""
        now = manifest.model_copy(update={"sessions": (*manifest.sessions, session)})
        write_whole(self._path / MANIFEST, now.model_dump_json(indent=1) + "\n")
        return now

    def sample(self, sample: Sample) -> None:
        """A finished cell. It is on the disk when this returns: it cost seconds, and a flush costs milliseconds."""
        self._append(SAMPLES, sample, sync=True)

    def grade(self, grade: Grade) -> None:
        """A verdict."""
        self._append(GRADES, grade)

    def error(self, error: CellError) -> None:
        """A failure of our own."""
        self._append(ERRORS, error)

    def _append(self, name: str, line: Frozen, *, sync: bool = False) -> None:
        if name not in self._files:
            self._files[name] = LineFile(self._path / name)
        self._files[name].add(line, sync=sync)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()
        self._files.clear()
