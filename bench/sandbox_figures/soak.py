"""Thousands of runs through one sandbox: does anything grow?

Most runs are honest; the others crash, exit, raise, run into a limit or print too much, so that every way of ending a
run takes part. The counts of descriptors, zombies and processes must be no more than they were after the warm-up (the
first tenth); memory may move, and its slope says whether it grows.
"""

import asyncio
import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from bench.sandbox_figures.processes import descendants, resident_mib, usage
from bench.sandbox_figures.sides import WORKERS
from bench.sandbox_figures.stats import fit
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Limits, Program

SOURCE = """
import ctypes, os, sys
def add(a, b):
    return a + b
def fail(a, b):
    raise ValueError(a)
def leave(a, b):
    os._exit(0)
def crash(a, b):
    ctypes.string_at(0)
def fill(a, b):
    return bytearray(1 << 34)
def talk(a, b):
    print("x" * (1 << 22))
def spin(a, b):
    while True:
        pass
"""
LIMITS = Limits(cpu_seconds=0.2, wall_seconds=10, memory_mib=256)
CASES = ("add",) * 10 + ("fail", "leave", "crash", "fill", "talk")
VERDICTS = {
    "add": "ok",
    "fail": "exception",
    "leave": "crashed",
    "crash": "crashed",
    "fill": "memory_limit",
    "talk": "output_limit",
    "spin": "time_limit",
}
SPIN_EVERY = 500
"""Runs between two that end at their CPU limit: each costs 0.2 s."""
TOLERANCE_MIB = 4.0
"""Over all runs after the warm-up: below what one leaked object of 0.5 KiB a run would add in 10,000 runs."""
WARM_UP = 0.1
LOOKS = 10
_MEMORY = ("own_rss_mib", "pool_pss_mib")
_COUNTS = ("own_descriptors", "pool_descriptors", "zombies", "processes")
_QUIET_SECONDS = 0.3
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True)
class Moment:
    """At rest after `runs` runs; memory in MiB."""

    runs: int
    own_descriptors: int
    pool_descriptors: int
    zombies: int
    processes: int
    own_rss_mib: float
    pool_pss_mib: float


@dataclass(frozen=True)
class Soak:
    """All moments, and how the runs ended."""

    moments: list[Moment]
    seconds: float
    statuses: dict[str, int]
    """How often each case got each status."""
    wrong: list[str]
    """Runs that did not get the verdict of their case, in one line each."""


async def measure(box: Sandbox, runs: int, say: Callable[[str], None], looks: int = LOOKS) -> Soak:
    """`runs` runs, `WORKERS` at a time, with a look before them and after every `looks`th part.

    Raises `Unreadable`.
    """
    counts, wrong = Counter[str](), list[str]()
    await _work(box, iter(range(WORKERS)), counts, wrong)
    started, moments = time.monotonic(), [await _look(0)]
    step = max(runs // looks, 1)
    for first in range(0, runs, step):
        last = min(first + step, runs)
        numbers = iter(range(first, last))
        await asyncio.gather(*(_work(box, numbers, counts, wrong) for _ in range(WORKERS)))
        moments.append(await _look(last))
        say(f"{last} of {runs} runs")
    return Soak(moments, time.monotonic() - started, dict(counts), wrong)


async def _work(box: Sandbox, numbers: Iterator[int], counts: Counter[str], wrong: list[str]) -> None:
    program = Program(SOURCE)
    for number in numbers:
        case = "spin" if number % SPIN_EVERY == SPIN_EVERY - 1 else CASES[number % len(CASES)]
        done = await box.run(program, [Call(case, (number, 1))], LIMITS)
        status = done.results[0].status if done.results else done.status
        counts[f"{case}: {status}"] += 1
        if status != VERDICTS[case] or (case == "add" and done.results[0].value != number + 1):
            wrong.append(f"run {number}, {case}: {done}")


async def _look(runs: int) -> Moment:
    """The figures, once no process has come or gone for a while."""
    gc.collect()
    waited, before = 0.0, descendants(os.getpid())
    while waited < _PATIENCE_SECONDS:
        await asyncio.sleep(_QUIET_SECONDS)
        now = descendants(os.getpid())
        if now == before:
            break
        waited, before = waited + _QUIET_SECONDS, now
    below = usage(before)
    return Moment(
        runs,
        own_descriptors=len(os.listdir("/proc/self/fd")),
        pool_descriptors=below.descriptors,
        zombies=below.zombies,
        processes=below.processes,
        own_rss_mib=resident_mib(os.getpid()),
        pool_pss_mib=below.pss_mib,
    )


def settled(moments: Sequence[Moment]) -> Sequence[Moment]:
    """The moments from the end of the warm-up on."""
    return [one for one in moments if one.runs >= WARM_UP * moments[-1].runs]


def growth(moments: Sequence[Moment]) -> list[str]:
    """What grew: counts compared exactly with the end of the warm-up, memory by its slope; empty when nothing did."""
    tail = settled(moments)
    first, last = tail[0], tail[-1]
    grown = [name for name in _COUNTS if getattr(last, name) > getattr(first, name)]
    for name in _MEMORY:
        line = fit([one.runs for one in tail], [getattr(one, name) for one in tail])
        if line.slope * (last.runs - first.runs) > TOLERANCE_MIB:
            grown.append(name)
    return [f"{name} {getattr(first, name):.4g} to {getattr(last, name):.4g}" for name in grown]


def show(soak: Soak) -> list[str]:
    """A table of the moments, the ends of the runs, the verdict."""
    runs = soak.moments[-1].runs
    ends = ", ".join(f"{count} x {end}" for end, count in sorted(soak.statuses.items()))
    grown = growth(soak.moments)
    return [
        f"{'runs':>7}{'own fds':>9}{'pool fds':>10}{'zombies':>9}{'processes':>11}{'own RSS':>9}{'pool PSS':>10}  MiB",
        *(
            f"{one.runs:>7}{one.own_descriptors:>9}{one.pool_descriptors:>10}{one.zombies:>9}{one.processes:>11}"
            f"{one.own_rss_mib:>9.1f}{one.pool_pss_mib:>10.1f}"
            for one in soak.moments
        ),
        *(f"{name}: {_slope(soak.moments, name):+.1f} KiB per 1,000 runs after the warm-up" for name in _MEMORY),
        f"{runs} runs in {soak.seconds:.0f} s: {ends}",
        *(f"WRONG VERDICT {line:.300}" for line in soak.wrong),
        f"GREW: {'; '.join(grown)}" if grown else "nothing grew",
    ]


def _slope(moments: Sequence[Moment], name: str) -> float:
    tail = settled(moments)
    return fit([one.runs for one in tail], [getattr(one, name) for one in tail]).slope * 1024 * 1000


def raw(soak: Soak) -> dict[str, object]:
    """Plain data with every measured number."""
    return asdict(soak)
