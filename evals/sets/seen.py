"""Which file a set was read from last time: a changed file is another set under the same name, and is said aloud."""

import json
import os
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

RECORD = "sets.json"
"""In the platform's data folder of hi-moe: the name of each set to the sha256 of its file and the day it was noted."""


def noted(name: str, sha256: str, record: Path | None = None) -> str | None:
    """Note what the set `name` is now. Returns a line for people when it was something else before.

    `record`: another file than the platform's. Where none can be kept, such as on a full or read-only disk, nothing is
    noted and nothing changes: what a run was made from stands in its manifest anyway.
    """
    record = record or _default()
    known = _read(record)
    before = known.get(name)
    if before is not None and before["sha256"] == sha256:
        return None
    known[name] = {"sha256": sha256, "since": datetime.now(UTC).date().isoformat()}
    with suppress(OSError):
        _write(record, known)
    if before is None:
        return None
    return f"file of {name!r} changed since {before['since']}: sha256 {before['sha256'][:16]}… → {sha256[:16]}…"


def _default() -> Path:
    from platformdirs import user_data_path

    return user_data_path("hi-moe") / RECORD


def _read(record: Path) -> dict[str, dict[str, str]]:
    """What was noted; nothing of a file that is not there, or that something else has written."""
    try:
        data = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return {}
    entries = data.items() if isinstance(data, dict) else ()
    return {
        name: {key: str(entry[key]) for key in ("sha256", "since")}
        for name, entry in entries
        if isinstance(entry, dict) and {"sha256", "since"} <= set(entry)
    }


def _write(record: Path, known: dict[str, dict[str, str]]) -> None:
    """Atomically: another command may be reading."""
    record.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=record.parent, prefix=record.name)
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(known, file, indent=1, sort_keys=True)
        os.replace(name, record)
    except OSError:
        os.unlink(name)
        raise
