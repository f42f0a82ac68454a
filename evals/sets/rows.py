"""Files of rows: JSON lines and lists, plain or compressed, Parquet, TOML. Bounded, because a file may be hostile."""

import gzip
import io
import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath

from evals.sets.base import Row
from evals.sets.origins import MAX_BYTES, Origin
from hierarchy.errors import MissingComponent, UsageError

_MAX_DIGITS = 100_000
"""Of one whole number: EvalPlus has inputs beyond Python's default of 4,300."""
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"


def read_rows(origin: Origin) -> list[tuple[str, Row]]:
    """The rows of an origin's files, each with its place for messages, such as `HumanEval.jsonl:3`.

    Raises `UsageError` that names the place, `MissingComponent` where Parquet cannot be read.
    """
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(_MAX_DIGITS)
    try:
        rows = [row for name, data in origin.files for row in _read(name, data)]
    finally:
        sys.set_int_max_str_digits(before)
    if not rows:
        raise UsageError(f"{origin.files[0][0]!r} holds no rows")
    return rows


def _read(name: str, data: bytes) -> Iterator[tuple[str, Row]]:
    if data.startswith(_GZIP):
        data = _unpacked(name, data)
    if data.startswith(_PARQUET):
        return _parquet(name, data)
    if name.endswith(".toml"):
        return iter([(name, _toml(name, data))])
    return _list(name, data) if data.lstrip()[:1] == b"[" else _lines(name, data)


def _unpacked(name: str, data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            unpacked = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        raise UsageError(f"{name!r} is no sound gzip file: {error}; fetch it again") from None
    if len(unpacked) > MAX_BYTES:
        raise UsageError(f"{name!r} unpacks to more than {MAX_BYTES >> 20} MiB; split it")
    return unpacked


def _list(name: str, data: bytes) -> Iterator[tuple[str, Row]]:
    rows = _load(data, f"{name!r}")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{name!r} holds no list of objects; one object per row")
    return ((f"{name}[{number}]", row) for number, row in enumerate(rows))


def _lines(name: str, data: bytes) -> Iterator[tuple[str, Row]]:
    # Not splitlines: it would also split at characters that JSON allows inside of a text.
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        row = _load(line, f"{name}:{number}")
        if not isinstance(row, dict):
            raise UsageError(f"{name}:{number}: no JSON object; one object per row")
        yield f"{name}:{number}", row


def _load(data: bytes, where: str) -> object:
    try:
        loaded: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: broken JSON: {error}; fetch or mend the file") from None
    return loaded


def _toml(name: str, data: bytes) -> Row:
    """One problem. What it does not say itself, its place does: its id is its path, its family the folder."""
    try:
        row = tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:  # TOMLDecodeError and UnicodeDecodeError are both
        raise UsageError(f"{name}: broken TOML: {error}; mend the file") from None
    place = PurePosixPath(name).with_suffix("")
    row.setdefault("id", str(place))
    if len(place.parts) > 1:
        row.setdefault("family", place.parts[0])
    return row


def _parquet(name: str, data: bytes) -> Iterator[tuple[str, Row]]:
    try:
        from pyarrow import ArrowException, BufferReader  # type: ignore[import-untyped]
        from pyarrow.parquet import ParquetFile  # type: ignore[import-untyped]
    except ImportError:
        raise MissingComponent(
            f"{name!r} is a Parquet file, which needs pyarrow: pip install 'hi-moe[evals]'"
        ) from None
    number = 0
    try:
        file = ParquetFile(BufferReader(data))
        size = sum(file.metadata.row_group(each).total_byte_size for each in range(file.metadata.num_row_groups))
        if size > MAX_BYTES:
            raise UsageError(f"{name!r} unpacks to more than {MAX_BYTES >> 20} MiB; split it")
        size = 0
        for batch in file.iter_batches(batch_size=16):
            # What the file says of its size leaves out that one text may stand in many rows.
            size += batch.nbytes
            if size > MAX_BYTES:
                raise UsageError(f"{name!r} unpacks to more than {MAX_BYTES >> 20} MiB; split it")
            for row in batch.to_pylist():
                yield f"{name}[{number}]", row
                number += 1
    except (ArrowException, OSError, ValueError) as error:
        raise UsageError(f"{name!r} is no sound Parquet file: {str(error).splitlines()[0]}; fetch it again") from None
