"""What the parent sends into a sandbox. Apart from `runner`, which then starts 10 ms sooner without `typing`."""

import os
import secrets
from collections.abc import Sequence
from math import ceil
from typing import TypedDict

from sandbox import values
from sandbox.types import Call, Evaluate, Limits

_DESCRIPTORS = range(16, 60)
"""Where the runner may hide its channel: above what the interpreter opens, below the limit of open files."""


class Case(TypedDict):
    """A `Call` (`kind` "call") or an `Evaluate` (`kind` "evaluate")."""

    kind: str
    text: str
    """The entry point or the expression."""
    args: object
    """Typed JSON, as `kwargs`."""
    kwargs: object


class Request(TypedDict):
    """Everything the runner knows."""

    token: str
    """Marks the messages of this run."""
    descriptor: int
    """Where the runner keeps its channel."""
    source: str
    script: bool
    """Run as `__main__` on the standard input of the process, instead of running cases."""
    cases: list[Case]
    cpu_seconds: float
    cpu_hard_seconds: int
    memory_mib: int
    output_bytes: int
    file_mib: int
    threads: int
    path: list[str]
    """Folders of packages that the program may import."""


def make_request(
    source: str, cases: Sequence[Call | Evaluate], limits: Limits, script: bool, path: Sequence[str] = ()
) -> Request:
    """What the runner must know. Arguments are encoded here: the runner decodes them afresh for each call.

    Raises `values.ValueCodecError` for an argument that typed JSON cannot carry, and names its type.
    """
    return {
        "token": secrets.token_hex(16),
        "descriptor": secrets.choice(_DESCRIPTORS),
        "source": source,
        "script": script,
        "cases": [_encode(case) for case in cases],
        "cpu_seconds": limits.cpu_seconds,
        "cpu_hard_seconds": _hard_seconds(limits, 1 if script else len(cases) + 1),
        "memory_mib": limits.memory_mib,
        "output_bytes": limits.output_bytes,
        "file_mib": limits.file_mib,
        "threads": limits.threads,
        "path": list(path),
    }


def _hard_seconds(limits: Limits, parts: int) -> int:
    """Of the whole process: loading and each case may take `cpu_seconds`, but not more than all cores have until the
    wall time is over. A second more, so that the limit of a case is met first."""
    cores = min(limits.threads + 1, len(os.sched_getaffinity(0)))
    return ceil(min(limits.cpu_seconds * parts, limits.wall_seconds * cores)) + 1


def _encode(case: Call | Evaluate) -> Case:
    if isinstance(case, Evaluate):
        return {"kind": "evaluate", "text": case.expression, "args": [], "kwargs": {}}
    try:
        args, kwargs = values.encode(list(case.args), strict=True), values.encode(dict(case.kwargs), strict=True)
    except values.ValueCodecError as error:
        raise values.ValueCodecError(f"an argument of {case.entry_point!r} is {error}") from None
    return {"kind": "call", "text": case.entry_point, "args": args, "kwargs": kwargs}
