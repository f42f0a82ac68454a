"""The standard streams: what others wrote is shown without control characters, and closed or full ones are survived.

Statements, models, candidates and the errors about them are hostile: an escape sequence in one could retitle the
terminal or rewrite what stands on it.
"""

import io
import os
import re
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_CONTROL = re.compile(r"\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""C0 and C1 controls and DEL, but for tab and the ends of lines."""


def visible(text: str) -> str:
    r"""`text` with each control character but newline and tab written out, e.g. `\x1b`."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def say(text: str, nl: bool = True) -> None:
    """Show text on stderr."""
    click.echo(visible(text), err=True, nl=nl)


def put(text: str, nl: bool = True) -> None:
    """Print an answer on stdout: as it is into a pipe or a file, made visible on a terminal."""
    click.echo(visible(text) if sys.stdout.isatty() else text, nl=nl)


def prepare() -> None:
    """Make all three streams usable; call it before anything is opened.

    A closed descriptor would be given to the next file that is opened, and what is meant for the stream would be
    written into that file: the ledger, for one. Closed stdin reads as nothing, and `sys.stdin` stays None; closed
    stdout raises `BrokenPipeError` when it is written; closed or full stderr swallows everything.
    """
    if not _is_open(0):
        os.open(os.devnull, os.O_RDONLY)  # it takes the lowest free number, which is the one meant
    if not _is_open(1):
        reader, writer = os.pipe()
        assert reader == 1
        os.dup2(writer, 1)
        os.close(writer)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  (lives as long as the process)
    if not _is_open(2):
        os.open(os.devnull, os.O_WRONLY)
    if sys.stderr is sys.__stderr__:
        sys.stderr = forgiving(2)


def forgiving(descriptor: int) -> io.TextIOWrapper:
    """A text stream to `descriptor` that never fails: after the first error it goes to the null device."""
    raw = _Forgiving(descriptor, "w", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=True)


class _Forgiving(io.FileIO):
    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            return memoryview(data).nbytes


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True
