"""What `hi-moe sandbox run` is given: a program, and the inputs to run it on."""

import ast
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hi_moe.cli.streams import say
from hi_moe.cli.text import shorten
from hierarchy.errors import UsageError
from sandbox.types import Call, Evaluate, Input, Language, Program, Stdin

MAX_BYTES = 64 * 1024 * 1024
"""Longest program or input that is read, in bytes; the sandbox itself refuses longer programs than it compiles."""
STDIN = "-"
"""Instead of a file: this command's standard input."""
SUFFIXES: dict[str, Language] = {
    ".py": "python",
    ".cpp": "cpp",
    ".cc": "cpp",
    ".cxx": "cpp",
    ".js": "javascript",
    ".mjs": "javascript",
}


@dataclass(frozen=True)
class Case:
    """One input and what it is called in messages."""

    name: str
    input: Input


Group = Sequence[Case]
"""Inputs of one run: calls and expressions share one; each text for the standard input has its own."""


def read_program(file: Path, language: Language | None) -> Program:
    """The program in `file`, `-` for stdin; its suffix names the language where `language` does not.

    Raises `UsageError`.
    """
    source = _read(file, "a program")
    known = language or SUFFIXES.get(file.suffix.lower())
    if known is None and str(file) == STDIN:
        raise UsageError("a program on stdin has no suffix that names its language; add --language python")
    if known is None:
        suffix = f"the suffix {file.suffix!r} names no language" if file.suffix else "the file has no suffix"
        raise UsageError(
            f"cannot tell the language of {str(file)!r}: {suffix}; add --language python, cpp or javascript"
        )
    return Program(source, known)


def read_cases(
    file: Path, program: Program, inputs: Sequence[Path], calls: Sequence[str], expressions: Sequence[str]
) -> list[Group]:
    """The inputs of the program in `file`, by run; without any, the standard input of this command is the only one.

    Raises `UsageError`.
    """
    if [file, *inputs].count(Path(STDIN)) > 1:
        raise UsageError("'-' stands twice: stdin can be read once; give a file for the other one")
    if inputs and (calls or expressions):
        other = "--call" if calls else "--eval"
        raise UsageError(f"--input and {other} exclude each other: a run has a standard input or calls; leave one out")
    if calls or expressions:
        if program.language != "python":
            wrong = f"--call {calls[0]!r}" if calls else f"--eval {expressions[0]!r}"
            raise UsageError(
                f"{wrong} needs a Python program, this is {program.language}; give it --input FILE or stdin"
            )
        return [[*map(_call, calls), *(Case(text, Evaluate(text)) for text in expressions)]]
    if inputs:
        return [[Case(str(path), Stdin(_text(_read(path, "an input"), str(path))))] for path in inputs]
    # What was read as the program is used up.
    return [[Case("stdin", Stdin("" if str(file) == STDIN else _text(_stdin(), "stdin")))]]


def _call(text: str) -> Case:
    """Read `f(1, [2, 3], key=4)`. Only literals can be arguments: nothing of it is evaluated here."""
    from hierarchy.judging.literals import NoLiteral, literal

    given = f"--call {shorten(text, 60)!r}"
    example = "write it like 'f(1, [2, 3])', or use --eval for any other expression"
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error) or type(error).__name__
        raise UsageError(f"{given} is no Python expression ({reason}); {example}") from None
    if not isinstance(node, ast.Call) or (name := _entry_point(node.func)) is None:
        raise UsageError(f"{given} is no call of a function or of Class.method; {example}")
    named = [word.arg for word in node.keywords]
    if None in named or any(isinstance(arg, ast.Starred) for arg in node.args):
        raise UsageError(f"{given} unpacks its arguments with a star; {example}")
    if len(set(named)) < len(named):
        raise UsageError(f"{given} gives a named argument twice; {example}")
    try:
        if any(isinstance(each, ast.Constant) and each.value is ... for each in ast.walk(node)):
            raise NoLiteral("an ellipsis has no value to hand over")
        args = tuple(map(literal, node.args))
        kwargs = {str(word.arg): literal(word.value) for word in node.keywords}
    except NoLiteral:
        raise UsageError(f"{given} has an argument that is no literal value; {example}") from None
    return Case(text, Call(name, args, kwargs))


def _entry_point(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else None


def _read(path: Path, what: str) -> bytes:
    name = str(path)
    if name == STDIN:
        return _stdin()
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"there is no file {name!r}; check the path") from None
    except IsADirectoryError:
        raise UsageError(f"{name!r} is a folder; name {what} in it") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"cannot read {name!r}: {reason}; check the path and its permissions") from None
    return _bounded(data, name)


def _stdin() -> bytes:
    # A command that is started without it has None here, whatever the type says: nothing to read.
    if not sys.stdin:
        return b""
    if sys.stdin.isatty():
        say("reading the program's input from the terminal; end it with Ctrl-D on a line of its own")
    try:
        return _bounded(sys.stdin.buffer.read(MAX_BYTES + 1), "stdin")
    except OSError as error:
        raise UsageError(
            f"stdin cannot be read ({error.strerror or error}); give the input with --input FILE"
        ) from error


def _bounded(data: bytes, name: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise UsageError(f"{name!r} is longer than {MAX_BYTES >> 20} MiB; give a smaller one")
    return data


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = f"byte 0x{data[error.start]:02x} at {error.start}"
        raise UsageError(f"{name!r} is not UTF-8 ({wrong}); programs are given text: convert it with iconv") from None
