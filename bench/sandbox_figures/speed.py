"""Verified references per second: every side in turn, round after round, so that all see the same machine."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from bench.sandbox_figures.references import Reference
from bench.sandbox_figures.sides import WORKERS, WRONG, Round, Side, SideFailed
from bench.sandbox_figures.stats import percentile

BASELINE = "plain"
_WRONG = 16


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
    rounds: list[Round]


async def measure(
    sides: Sequence[Side], tasks: Sequence[Reference], rounds: int, say: Callable[[str], None]
) -> list[Speed]:
    """One round each for warming up, then `rounds` in rotating order.

    Raises `SideFailed` for a side that accepts a wrong program.
    """
    wrong = [replace(task, solution=WRONG) for task in tasks[:: max(len(tasks) // _WRONG, 1)]]
    for side in sides:
        say(f"warming up {side.name}")
        if any((await side.round(wrong)).accepted):
            raise SideFailed(f"{side.name!r} accepts wrong programs, so it verifies nothing; --without {side.name}")
        await side.round(tasks)
    found: dict[str, list[Round]] = {side.name: [] for side in sides}
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        first = number % len(sides)
        for side in [*sides[first:], *sides[:first]]:
            found[side.name].append(await side.round(tasks))
    return [summary(name, found[name], found.get(BASELINE, [])) for name in found]


def summary(name: str, rounds: Sequence[Round], baseline: Sequence[Round]) -> Speed:
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
        rounds=list(rounds),
    )


def show(speeds: Sequence[Speed], tasks: Sequence[Reference]) -> list[str]:
    """A table, headed by what was verified."""
    calls = sum(len(task.calls) for task in tasks)
    lines = [
        f"{len(tasks)} references, {calls} calls of their official tests, {WORKERS} workers, "
        f"{len(speeds[0].rounds)} rounds of every side in turn",
        f"{'verified references':<18}{'accepted':>11}{'a second':>10}{'x plain':>9}{'p50 ms':>8}{'p99 ms':>8}",
    ]
    for one in speeds:
        accepted = f"{one.accepted}/{len(tasks)}"
        lines.append(
            f"{one.name:<18}{accepted:>11}{one.per_second:>10.1f}{one.ratio:>9.2f}{one.p50_ms:>8.1f}{one.p99_ms:>8.1f}"
        )
    return lines


def raw(speeds: Sequence[Speed]) -> list[dict[str, object]]:
    """Plain data with every measured number."""
    return [asdict(one) for one in speeds]
