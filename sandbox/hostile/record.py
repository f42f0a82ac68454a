"""One hostile program, and the ruling on what it did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.bait import Traces
from sandbox.types import Execution, TierName


@dataclass(frozen=True)
class Ruling:
    """Whether a program got through, and otherwise what stopped it, in words taken from the result."""

    through: bool
    stopped_by: str


SLEEPER: Mapping[str, float] = {"wall_seconds": 3.0}
"""Limits of a program that only the wall limit ends: the least that a start on a busy machine cannot use up, because a
run that never began counts as our own failure. Each such program costs the check that time on every tier: have few."""

_LONGEST_DETAIL = 60
"""Characters of a verdict's second word: the program may choose it, as the name of an exception."""

Judge = Callable[[Execution, Traces], Ruling]


@dataclass(frozen=True)
class Hostile:
    """One program. Its `f(bait)` returns its loot; a script reads the bait as JSON from its standard input."""

    name: str
    group: str
    tries: str
    """One line, as in "fill the memory with 1 MiB blocks"."""
    source: str
    judge: Judge
    verdicts: frozenset[str] = frozenset({"ok"})
    """What the run may be told to have been, as `verdict_of` words it."""
    script: bool = False
    limits: Mapping[str, float] = field(default_factory=dict)
    """Changes to the limits of the check, by the names of `sandbox.types.Limits`."""
    beside: str = ""
    """Another program whose `f(bait)` runs at the same time, as a victim."""
    unstopped: Mapping[TierName, str] = field(default_factory=dict)
    """Tiers on which it gets through by nature, with the reason."""


def verdict_of(execution: Execution) -> str:
    """The verdict in one word: the status, and after a slash the limit or the type of the exception."""
    if execution.status != "ok":
        return execution.status
    result = execution.results[0]
    detail = result.limit or result.error_type
    if len(detail) > _LONGEST_DETAIL:
        detail = f"{detail[:_LONGEST_DETAIL]}…"
    return f"{result.status}/{detail}" if detail else result.status
