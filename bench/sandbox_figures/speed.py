"""Verified references per second: every side in turn, round after round, so that all see the same machine."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from bench.sandbox_figures.references import Reference
from bench.sandbox_figures.sides import CHEATS, WORKERS, WRONG, Round, Side, SideFailed
from bench.sandbox_figures.stats import percentile

BASELINE = "plain"
_SHOWN = 16
"""Wrong programs of each kind that a side is shown."""


@dataclass(frozen=True)
class Speed:
    """One side over all rounds."""

    name: str
    accepted: int
    """References accepted in every round."""
    per_second: float
    """Programs a second in the median round."""
    ratio: float
    """Median over the rounds of the baseline's seconds by this side's; 0 without the baseline."""
    p50_ms: float
    p99_ms: float
    fooled_by: list[str]
    """The cheats that it accepted for at least one reference."""
    rounds: list[Round]


async def measure(
    sides: Sequence[Side], tasks: Sequence[Reference], rounds: int, say: Callable[[str], None]
) -> list[Speed]:
    """One round each for warming up, then `rounds` in rotating order.

    Raises `SideFailed` for a side that accepts a wrong program.
    """
    shown = tasks[:: max(len(tasks) // _SHOWN, 1)]
    fooled: dict[str, list[str]] = {}
    for side in sides:
        say(f"warming up {side.name}")
        if await _accepts(side, shown, WRONG):
            raise SideFailed(f"{side.name!r} accepts wrong programs, so it verifies nothing; --without {side.name}")
        fooled[side.name] = [name for name, solution in CHEATS.items() if await _accepts(side, shown, solution)]
        await side.round(tasks)
    found: dict[str, list[Round]] = {side.name: [] for side in sides}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        first = number % len(sides)
        for side in [*sides[first:], *sides[:first]]:
            found[side.name].append(await side.round(tasks))
    return [summary(name, found[name], found.get(BASELINE, []), fooled[name]) for name in found]


async def _accepts(side: Side, tasks: Sequence[Reference], solution: str) -> bool:
    return any((await side.round([replace(task, solution=solution) for task in tasks])).accepted)


def summary(name: str, rounds: Sequence[Round], baseline: Sequence[Round], fooled_by: Sequence[str] = ()) -> Speed:
    """The figures of one side."""
    latencies = [1000 * one for round_ in rounds for one in round_.latencies]
    ratios = [base.seconds / own.seconds for base, own in zip(baseline, rounds, strict=False)]
    return Speed(
        name,
        accepted=sum(map(all, zip(*(round_.accepted for round_ in rounds), strict=True))),
        per_second=len(rounds[0].accepted) / statistics.median(round_.seconds for round_ in rounds),
        ratio=statistics.median(ratios) if ratios else 0.0,
        p50_ms=percentile(latencies, 50),
        p99_ms=percentile(latencies, 99),
        fooled_by=list(fooled_by),
        rounds=list(rounds),
    )


def show(speeds: Sequence[Speed], tasks: Sequence[Reference]) -> list[str]:
    """A table, headed by what was verified."""
    calls = sum(len(task.calls) for task in tasks)
    heads = ("verified references", "accepted", "a second", "x plain", "p50 ms", "p99 ms")
    return [
        f"{len(tasks)} references, {calls} calls of their official tests, {WORKERS} workers, "
        f"{len(speeds[0].rounds)} rounds of every side in turn",
        f"{heads[0]:<19}" + "".join(f"{head:>10}" for head in heads[1:]) + "  fooled by",
        *(
            f"{one.name:<19}{f'{one.accepted}/{len(tasks)}':>10}{one.per_second:>10.1f}{one.ratio:>10.2f}"
            f"{one.p50_ms:>10.1f}{one.p99_ms:>10.1f}  {', '.join(one.fooled_by) or '-'}"
            for one in speeds
        ),
    ]


def raw(speeds: Sequence[Speed]) -> list[dict[str, object]]:
    """Plain data with every measured number."""
    return [asdict(one) for one in speeds]
