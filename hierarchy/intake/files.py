"""Problems from files and streams: text, a JSON object, a JSON array, or one JSON object a line (JSONL).

Every error names the file, and for JSON the line and what is wrong there.
"""

import codecs
import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from hierarchy.errors import ProblemError
from hierarchy.intake.record import read_record
from hierarchy.intake.statement import read_statement
from hierarchy.problem import Problem

MAX_BYTES = 64 * 1024 * 1024
"""Longest file or stream taken in, in bytes: room for 300 of the longest statements. A stream may never end."""
_STREAMS = re.compile(r"/dev/(?:stdin|fd/\d+)|/proc/(?:self|\d+)/fd/\d+")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_LOOKS_LIKE_JSON = re.compile(r"\s*(?:\{\s*(?:\"|\}|$)|\[\s*(?:\{|\]))")


def read_file(path: Path) -> list[Problem]:
    """Read the problems of a file: `.json`, `.jsonl`, any other suffix as one statement in plain text.

    Raises `ProblemError` for a file that cannot be read, is not UTF-8, is broken or holds an impossible problem.
    """
    source = str(path)
    try:
        data = _read(path)
    except FileNotFoundError:
        raise ProblemError(f"there is no file {source!r}; check the path after --file") from None
    except IsADirectoryError:
        raise ProblemError(f"{source!r} is a folder; name a .json, .jsonl or text file in it") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise ProblemError(f"cannot read {source!r}: {reason}; check the path and its permissions") from None
    text = _decode(data, source)
    match path.suffix.lower():
        case ".json":
            return _from_json(text, source)
        case ".jsonl":
            return _from_jsonl(text, source)
    return [read_statement(text, source=source)]


def read_bytes(data: bytes, *, source: str = "stdin") -> list[Problem]:
    """Read the problems of a stream. What begins like JSON must be JSON or JSONL; everything else is one statement.

    Raises `ProblemError` as `read_file` does.
    """
    text = _decode(_bounded(data, source), source)
    if not _LOOKS_LIKE_JSON.match(text):
        return [read_statement(text, source=source)]
    lines = [line for line in text.split("\n") if line.strip()]
    one_per_line = (
        len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines) and lines[0].rstrip()[-1] == "}"
    )
    return _from_jsonl(text, source) if one_per_line else _from_json(text, source)


def _read(path: Path) -> bytes:
    """Read a regular file, or what the shell passes as one: /dev/stdin, and /dev/fd/63 for `<(command)`."""
    status = path.stat()
    is_stream = _STREAMS.fullmatch(str(path)) is not None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError
    if not stat.S_ISREG(status.st_mode) and not is_stream:
        raise ProblemError(
            f"{str(path)!r} is no regular file but a device, pipe or socket; name a file, or pipe it to -"
        )
    if status.st_size > MAX_BYTES:
        raise _too_large(str(path))
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return _bounded(data, str(path))


def _bounded(data: bytes, source: str) -> bytes:
    if len(data) > MAX_BYTES:
        raise _too_large(source)
    return data


def _too_large(source: str) -> ProblemError:
    return ProblemError(f"{source!r} is larger than {MAX_BYTES // 1024**2} MiB; split it")


def _decode(data: bytes, source: str) -> str:
    if data.startswith(b"\x1f\x8b"):
        raise ProblemError(f"{source!r} is compressed with gzip; unpack it first: gunzip --keep {source}")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProblemError(
            f"{source!r} is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}; "
            f"convert it, for example: iconv -f latin1 -t utf-8 {source}"
        ) from None


def _from_json(text: str, source: str) -> list[Problem]:
    data = _load(text, source, 1)
    if isinstance(data, dict):
        return [read_record(data, source=source, where=source)]
    if not isinstance(data, list):
        raise ProblemError(f"{source!r} holds {_kind(data)}; a problem is an object with the key 'statement'")
    if not data:
        raise ProblemError(f"{source!r} holds an empty list; a problem is an object with the key 'statement'")
    return _unique((f"{source}[{number}]", item) for number, item in enumerate(data))


def _from_jsonl(text: str, source: str) -> list[Problem]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise ProblemError(f"{source!r} is empty; write one JSON object with the key 'statement' on each line")
    return _unique((f"{source}:{number}", _load(line, source, number)) for number, line in lines)


def _unique(rows: Iterator[tuple[str, object]]) -> list[Problem]:
    problems: dict[str, Problem] = {}
    for where, row in rows:
        if not isinstance(row, dict):
            raise ProblemError(f"{where}: {_kind(row)}; a problem is an object with the key 'statement'")
        problem = read_record(row, source=where, where=where)
        if problem.id in problems:
            raise ProblemError(
                f"{where}: duplicate id {problem.id!r}, already used at {problems[problem.id].source}; "
                "give every problem its own 'id'"
            )
        problems[problem.id] = problem
    return list(problems.values())


def _load(text: str, source: str, first_line: int) -> object:
    try:
        data: object = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, f"{source}:{first_line}"))
    except json.JSONDecodeError as error:
        where = f"{source}:{first_line + error.lineno - 1}:{error.colno}"
        raise ProblemError(f"{where}: broken JSON: {error.msg}; check the file with: python -m json.tool") from None
    except (RecursionError, ValueError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ProblemError(f"{source}:{first_line}: broken JSON: {reason}; simplify that line") from None
    if _SURROGATE.search(text):
        try:
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise ProblemError(
                f"{source}:{first_line}: half a surrogate pair (\\ud800-\\udfff), which is no character; remove it"
            ) from None
    return data


def _object(pairs: list[tuple[str, object]], where: str) -> dict[str, object]:
    """Build one object. Of two equal keys JSON would silently keep the last."""
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ProblemError(f"{where}: duplicate key {twice[:80]!r} in one object; keep one of them")
    return data


def _kind(data: object) -> str:
    names = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "a boolean"}
    return names.get(type(data), "null")
