"""What goes into the sandbox and what comes out. Expected outputs never go in; only data comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["python", "cpp", "javascript"]

TierName = Literal["pool", "one-shot", "reduced"]
"""How strongly and how fast: see `sandbox.sandbox`. `reduced` has no namespaces and is never chosen by itself."""

LimitKind = Literal["", "cpu", "wall", "memory", "output", "file", "processes", "threads"]

CaseStatus = Literal["ok", "exception", "time_limit", "memory_limit", "output_limit", "crashed", "not_run"]
"""`crashed`: the process died (signal, `os._exit`); `not_run`: an earlier case ended the process."""

ExecutionStatus = Literal["ok", "compile_error", "load_error", "infrastructure"]
"""`ok`: the program loaded and the cases have their own status. `compile_error`: it is no valid program.
`load_error`: its top level raised, hit a limit or lacks the entry point. `infrastructure`: our own failure."""


@dataclass(frozen=True)
class Program:
    """A program, as text or as the bytes of a file."""

    source: str | bytes
    language: Language = "python"


@dataclass(frozen=True)
class Limits:
    """Bounds of one run. Times in seconds, sizes in MiB or bytes as named."""

    cpu_seconds: float = 5.0
    """CPU time per case; a case that uses more is a `time_limit`."""
    wall_seconds: float = 20.0
    """Wall time of the whole run: a sleeper is stopped by it."""
    memory_mib: int = 512
    """Address space of the run beyond what the interpreter itself needs."""
    output_bytes: int = 1_048_576
    """Per case: the returned value as typed JSON, and printed text, each."""
    file_mib: int = 16
    """Largest file the program may write, and the size of its only writable directory."""
    threads: int = 16


@dataclass(frozen=True)
class Call:
    """Call `entry_point(*args, **kwargs)`; `Class.method` instantiates the class without arguments first."""

    entry_point: str
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Evaluate:
    """Evaluate a Python expression in the program's namespace."""

    expression: str


@dataclass(frozen=True)
class Stdin:
    """Run the program from the start with this standard input; the result's `stdout` is what counts."""

    text: str


Input = Call | Evaluate | Stdin


@dataclass(frozen=True)
class CaseResult:
    """What one input did. `value` is decoded from typed JSON: plain built-ins or `sandbox.values.Opaque`."""

    status: CaseStatus
    value: object = None
    error_type: str = ""
    error_message: str = ""
    stdout: str = ""
    cpu_seconds: float = 0.0
    limit: LimitKind = ""
    """Which limit ended the case, or was hit by the exception that did."""


@dataclass(frozen=True)
class Execution:
    """The whole run."""

    status: ExecutionStatus
    results: tuple[CaseResult, ...] = ()
    """One per input, in order; empty unless `status` is `ok`."""
    detail: str = ""
    """For anything but `ok`: one line, with the line number of a syntax error."""
    isolation: str = "one-shot"
    wall_seconds: float = 0.0
