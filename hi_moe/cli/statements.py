"""Where problems come from: the argument, stdin, a file, or the examples that ship with hi-moe."""

import os
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from hi_moe.cli.streams import say
from hi_moe.settings_layers import suggest
from hierarchy.errors import UnknownName, UsageError
from hierarchy.intake import MAX_BYTES, read_bytes, read_file, read_statement
from hierarchy.problem import Problem


def read(text: str | None, file: Path | None, example: str | None) -> Sequence[Problem]:
    """The problems of exactly one of the three; TEXT `-` is stdin.

    Raises `ProblemError` for what cannot be taken in, `UnknownName` for an example that does not exist.
    """
    if file is not None:
        return read_file(file)
    if example is not None:
        return read_file(_example(example))
    assert text is not None
    if text == "-":
        return read_bytes(_stdin(), source="stdin")
    # Not Path.is_file: it raises for a long word.
    if len(text.split()) == 1 and os.path.isfile(text):
        raise UsageError(f"{text!r} is a file, not a statement; solve what is in it with: hi-moe solve --file {text}")
    return [read_statement(text)]


def _stdin() -> bytes:
    """All of stdin. Raises `UsageError` where it cannot be read."""
    next_ = "give the statement as TEXT, or with --file"
    # A program that is started without it has None here, whatever the type says.
    if not sys.stdin:
        raise UsageError(f"stdin is closed; {next_}")
    if sys.stdin.isatty():
        say("reading the statement from the terminal; end it with Ctrl-D on a line of its own")
    try:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"stdin cannot be read ({error.strerror or error}); {next_}") from error


def examples() -> list[str]:
    """The names of the shipped examples."""
    return sorted(_shipped())


def _shipped() -> dict[str, Path]:
    folder = Path(str(resources.files("hi_moe") / "examples"))
    return {path.stem: path for path in folder.glob("*.json")}


def _example(name: str) -> Path:
    shipped = _shipped()
    if name not in shipped:
        hint = suggest(name, shipped) or f"; there are: {', '.join(sorted(shipped))}"
        raise UnknownName(f"no example {name!r}{hint}")
    return shipped[name]
