"""What the parent sends into a sandbox. Apart from `runner`, which then starts 10 ms sooner without `typing`."""

from typing import TypedDict


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
