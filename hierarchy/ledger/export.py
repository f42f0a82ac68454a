"""A ledger as plain data: one run as a dict, or all of them as JSON lines that any program can read."""

import json
import math
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from hierarchy.errors import LedgerError
from hierarchy.ledger.ledger import Ledger
from hierarchy.ledger.schema import SCHEMA_VERSION


def export_run(ledger: Ledger, run_id: str) -> dict[str, Any]:
    """One run, JSON-ready: `schema_version`, `run`, `usage`, `rounds`, `routes`, `attempts`, `calls`.

    The outcome inside `run` names its attempts by id; an infinite number is null. Raises `UnknownName` for a run that
    is not there.
    """
    run_id = ledger.resolve(run_id)
    run = _plain(ledger.run(run_id))
    if run["outcome"] is not None:
        run["outcome"]["attempts"] = [attempt["id"] for attempt in run["outcome"]["attempts"]]
    return {
        "schema_version": SCHEMA_VERSION,
        "run": run,
        "usage": _plain(ledger.usage(run_id)),
        "rounds": [_plain(each) for each in ledger.rounds(run_id)],
        "routes": [_plain(each) for each in ledger.routes(run_id)],
        "attempts": [_plain(each) for each in ledger.attempts(run_id)],
        "calls": [_plain(each) for each in ledger.calls(run_id)],
    }


def export_all(ledger: Ledger, path: Path, status: str | None = None) -> int:
    """Write every run into the JSON-lines file `path`, oldest first, whole or not at all; how many there were.

    `status` as in `Ledger.runs`. Raises `LedgerError` when the file cannot be written.
    """
    summaries = ledger.runs(limit=None, status=status)
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("w", encoding="ascii") as file:
            for summary in reversed(summaries):
                file.write(json.dumps(export_run(ledger, summary.run_id), allow_nan=False) + "\n")
        unfinished.replace(path)
    except OSError as error:
        raise LedgerError(f"cannot write the export {str(path)!r}: {error.strerror}; name another file") from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return len(summaries)


def _plain(model: BaseModel) -> dict[str, Any]:
    plain: dict[str, Any] = _finite(model.model_dump(mode="json"))
    return plain


def _finite(data: Any) -> Any:
    # JSON has no infinity; a log-probability can be one.
    if isinstance(data, dict):
        return {name: _finite(item) for name, item in data.items()}
    if isinstance(data, list):
        return [_finite(item) for item in data]
    return None if isinstance(data, float) and not math.isfinite(data) else data
