"""Files of rows: JSON lines, plain or compressed, and JSON lists. Bounded, because a file may be hostile."""

import gzip
import io
import json
import sys

from evals.sets.base import Row
from evals.sets.origins import Origin
from hierarchy.errors import UsageError

MAX_BYTES = 2 << 30
"""Of a decompressed file: the largest published set (CodeContests' test split) is well below."""
_MAX_DIGITS = 100_000
"""Of one whole number: EvalPlus has inputs beyond Python's default of 4,300."""


def read_rows(origin: Origin) -> list[Row]:
    """The rows of a file. Raises `UsageError` that names the line."""
    data = _unpacked(origin)
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(_MAX_DIGITS)
    try:
        rows = _list(data, origin.name) if data.lstrip()[:1] == b"[" else _lines(data, origin.name)
    finally:
        sys.set_int_max_str_digits(before)
    if not rows:
        raise UsageError(f"{origin.name!r} holds no rows")
    return rows


def _unpacked(origin: Origin) -> bytes:
    if not origin.data.startswith(b"\x1f\x8b"):
        return origin.data
    try:
        with gzip.open(io.BytesIO(origin.data)) as packed:
            data = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        raise UsageError(f"{origin.name!r} is no sound gzip file: {error}; fetch it again") from None
    if len(data) > MAX_BYTES:
        raise UsageError(f"{origin.name!r} unpacks to more than {MAX_BYTES >> 20} MiB; split it")
    return data


def _list(data: bytes, name: str) -> list[Row]:
    rows = _load(data, f"{name!r}")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UsageError(f"{name!r} holds no list of objects; one object per row")
    return rows


def _lines(data: bytes, name: str) -> list[Row]:
    rows: list[Row] = []
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        row = _load(line, f"{name}:{number}")
        if not isinstance(row, dict):
            raise UsageError(f"{name}:{number}: no JSON object; one object per row")
        rows.append(row)
    return rows


def _load(data: bytes, where: str) -> object:
    try:
        loaded: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: broken JSON: {error}; fetch or mend the file") from None
    return loaded
