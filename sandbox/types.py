"""What goes into the sandbox and what comes out. Expected outputs never go in; only data comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, UnionType
from typing import Literal, get_args

from sandbox.errors import LimitsError

Language = Literal["python", "cpp", "javascript"]

TierName = Literal["pool", "one-shot", "reduced"]
"""How strongly and how fast: see `sandbox.sandbox`. `reduced` has no namespaces and is never chosen by itself."""

LimitKind = Literal["", "cpu", "wall", "memory", "output", "file", "processes", "threads"]

CaseStatus = Literal["ok", "exception", "time_limit", "memory_limit", "output_limit", "crashed", "not_run"]
"""`crashed`: the process died (signal, `os._exit`); `not_run`: an earlier case ended the process."""

ExecutionStatus = Literal["ok", "compile_error", "load_error", "infrastructure"]
"""`ok`: the program loaded and the cases have their own status. `compile_error`: it is no valid program.
`load_error`: its top level raised, hit a limit or lacks the entry point. `infrastructure`: our own failure."""


def _require(what: str, value: object, kind: type | UnionType, words: str) -> None:
    if not isinstance(value, kind):
        raise TypeError(f"{what} must be {words}, not {type(value).__name__}")


@dataclass(frozen=True)
class Program:
    """A program, as text or as the bytes of a file."""

    source: str | bytes
    language: Language = "python"

    def __post_init__(self) -> None:
        _require("a program", self.source, str | bytes, "text or bytes")
        if self.language not in get_args(Language):
            raise ValueError(f"{self.language!r} is no language of the sandbox: {', '.join(get_args(Language))}")


LIMIT_BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "cpu_seconds": (0.001, 3600),
        "wall_seconds": (0.001, 86_400),
        "memory_mib": (16, 1_048_576),
        "output_bytes": (1, 1 << 30),
        "file_mib": (1, 65_536),
        "threads": (1, 4096),
        "processes": (4, 4096),
    }
)
"""Least and most of each field of `Limits`, in its own unit. Below a millisecond a timer may round to none at all."""


@dataclass(frozen=True)
class Limits:
    """Bounds of one run. Times in seconds, sizes in MiB or bytes as named.

    Raises `LimitsError` for anything but a number within `LIMIT_BOUNDS`; sizes and counts are whole numbers.
    """

    cpu_seconds: float = 5.0
    """CPU time per case, 1 ms to 1 hour; a case that uses more is a `time_limit`."""
    wall_seconds: float = 20.0
    """Wall time of the whole run, 1 ms to 1 day: a sleeper is stopped by it."""
    memory_mib: int = 512
    """Address space of the run, 16 MiB to 1 TiB. Some 50 MiB more are there for the interpreter's own needs: that
    much more may fit."""
    output_bytes: int = 1_048_576
    """Per case, at most 1 GiB: the returned value as typed JSON, and printed text, each."""
    file_mib: int = 16
    """Largest file the program may write, and the size of its only writable directory, 1 MiB to 64 GiB."""
    threads: int = 16
    """Threads that the program may start, 1 to 4096."""
    processes: int = 32
    """Processes of a compiler at a time, 4 to 4096: a driver, what it calls, and their helpers. A program has one."""

    def __post_init__(self) -> None:
        for name, (least, most) in LIMIT_BOUNDS.items():
            value = getattr(self, name)
            whole = isinstance(least, int)
            # `True` is an int for Python and no limit for anybody; nan fails every comparison.
            if type(value) not in ((int,) if whole else (int, float)) or not least <= value <= most:
                raise LimitsError(name, value, least, most, whole=whole)


@dataclass(frozen=True)
class Call:
    """Call `entry_point(*args, **kwargs)`; `Class.method` instantiates the class without arguments first."""

    entry_point: str
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require("an entry point", self.entry_point, str, "text")
        _require(f"the arguments of {self.entry_point!r}", self.args, tuple | list, "a tuple")
        _require(f"the keyword arguments of {self.entry_point!r}", self.kwargs, Mapping, "a dict")
        for name in self.kwargs:
            _require(f"a keyword argument's name of {self.entry_point!r}", name, str, "text")


@dataclass(frozen=True)
class Evaluate:
    """Evaluate a Python expression in the program's namespace."""

    expression: str

    def __post_init__(self) -> None:
        _require("an expression", self.expression, str, "text")


@dataclass(frozen=True)
class Stdin:
    """Run the program from the start with this standard input; the result's `stdout` is what counts."""

    text: str

    def __post_init__(self) -> None:
        _require("a standard input", self.text, str, "text")


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
    load_cpu_seconds: float = 0.0
    """CPU time that the program's top level took before its calls, at most; a `Stdin` counts it as its own."""
