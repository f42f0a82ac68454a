"""Files of JSON lines that only grow: a line is written whole or not at all, and a torn last one is what was being
written when a process was killed."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from pydantic import ValidationError

from hierarchy.base import Frozen
from hierarchy.errors import InfrastructureError, UsageError

_Line = TypeVar("_Line", bound=Frozen)


class LineFile:
    """Adds lines to a file behind its last whole one; the file is made where there is none.

    `fresh`: empty it first. Raises `OSError`, and `BlockingIOError` while another process adds to it.
    """

    def __init__(self, path: Path, *, fresh: bool = False) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            end = os.lseek(self._file, 0, os.SEEK_END)
            keep = 0 if fresh else _end_of_last_line(self._file, end)
            if keep < end:
                os.ftruncate(self._file, keep)
            os.lseek(self._file, keep, os.SEEK_SET)
        except BaseException:
            os.close(self._file)
            raise

    def add(self, line: Frozen, *, sync: bool = False) -> None:
        """Append a line; with `sync` it is on the disk when this returns.

        Raises `InfrastructureError` where it cannot be written; the file then ends with the line before.
        """
        data = line.model_dump_json().encode() + b"\n"
        start = os.lseek(self._file, 0, os.SEEK_CUR)
        try:
            written = os.write(self._file, data)
            while written < len(data):  # a signal, or a disk that is filling up: the next write says which
                written += os.write(self._file, data[written:])
        except OSError as error:
            # A part of a line must not stay: what is written behind it would be one broken line with it.
            os.ftruncate(self._file, start)
            os.lseek(self._file, start, os.SEEK_SET)
            raise InfrastructureError(
                f"cannot write {str(self.path)!r}: {error.strerror}; every line before is whole: make room and "
                "run the command again (eval run and eval ab: with --resume)"
            ) from error
        if sync:
            os.fsync(self._file)

    def close(self) -> None:
        """Bring it to the disk and let others write."""
        try:
            os.fsync(self._file)
        finally:
            os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _end_of_last_line(file: int, end: int) -> int:
    block = 1 << 16
    position = end
    while position > 0:
        start = max(0, position - block)
        found = os.pread(file, position - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        position = start
    return 0


def read_lines(path: Path, kind: type[_Line]) -> Iterator[_Line]:
    """The whole lines of a file, none where there is no file; a last one without its end is left out.

    Raises `UsageError` that names a broken line.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n") or not line.strip():
                continue
            try:
                yield kind.model_validate_json(line)
            except ValueError as error:
                raise UsageError(
                    f"{path}:{number}: broken line: {first_line(error)}; remove or mend it (only the last line may "
                    "be torn)"
                ) from None


def write_whole(path: Path, text: str) -> None:
    """Replace a file at once: whoever reads it sees the old text or the new one. Raises `OSError`."""
    beside = path.with_name(f".{path.name}.new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def first_line(error: Exception) -> str:
    """What is wrong, in one line."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or 'the line'}: {first['msg']}"
    return " ".join(str(error).split())
