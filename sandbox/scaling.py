"""Limits for a candidate from what a reference solution needed: tight on easy problems, fair on slow ones.

The rule and its factor are those of EvalPlus 0.3.1 (`evalplus/config.py`: `DEFAULT_GT_TIME_LIMIT_FACTOR = 4.0`,
`DEFAULT_MIN_TIME_LIMIT = 1.0`; `evalplus/eval/__init__.py`: `max(min_time_limit, gt_time_limit_factor * t)` for each
test), with two differences: the time is CPU time and not that of the clock, which a busy machine stretches, and all
cases get the limit of the slowest, because `Limits` has one for all, and for loading the program, too.
"""

from dataclasses import replace
from math import isfinite

from sandbox.errors import ReferenceFailed
from sandbox.types import LIMIT_BOUNDS, Execution, Limits

FACTOR = 4.0
FLOOR_SECONDS = 1.0
CLOCK_FACTOR = 2.0
"""Wall seconds per CPU second that a run may take at its very limit, on a machine that others use too."""
START_SECONDS = 5.0
"""Wall seconds for starting processes."""


def scaled(
    limits: Limits, reference: Execution, *, factor: float = FACTOR, floor_seconds: float = FLOOR_SECONDS
) -> Limits:
    """`limits` with the times that `reference`, a run of a right program on the same inputs, suggests.

    CPU seconds per case: `factor` times those of the slowest case, or of the load if that took longer, at least
    `floor_seconds`. Wall seconds of the run: 5 for the start, and twice the CPU seconds that load and cases have
    together, so that the clock never stops a program that is within its CPU limit, unless the machine gives it less
    than half a core. The result may be above the times of `limits`, because a reference that is slow itself must be
    met; it is never above `LIMIT_BOUNDS`. Everything but the times stays as it is.

    Raises `ReferenceFailed` for a reference that did not do all its cases, and `ValueError` for a `factor` below 1 or
    a `floor_seconds` that is no limit.
    """
    if not (isfinite(factor) and factor >= 1):
        raise ValueError(f"factor={factor!r}: a candidate gets at least the time of the reference, so at least 1")
    least, most = LIMIT_BOUNDS["cpu_seconds"]
    if not least <= floor_seconds <= most:
        raise ValueError(f"floor_seconds={floor_seconds!r} is no limit: allowed is a number from {least:,} to {most:,}")
    cpu = min(max(floor_seconds, factor * _slowest(reference)), most)
    wall = START_SECONDS + CLOCK_FACTOR * cpu * (len(reference.results) + 1)
    return replace(limits, cpu_seconds=cpu, wall_seconds=min(wall, LIMIT_BOUNDS["wall_seconds"][1]))


def _slowest(reference: Execution) -> float:
    if reference.status != "ok":
        raise ReferenceFailed(f"{reference.status}: {reference.detail}")
    if not reference.results:
        raise ReferenceFailed("it had no inputs")
    for number, result in enumerate(reference.results, 1):
        if result.status != "ok":
            said = " ".join(part for part in (result.error_type, result.error_message) if part)
            raise ReferenceFailed(f"case {number} of {len(reference.results)}: {result.status}: {said}")
    return max(reference.load_cpu_seconds, *(result.cpu_seconds for result in reference.results))
