"""A fresh interpreter that opens a sandbox, gets one verdict, rests and looks at what its pool holds.

`python -m bench.sandbox_figures.cold TIER STARTED PLAIN`: the monotonic clock when the caller, `measure`, started this,
and the seconds that a plain interpreter took it. Prints one JSON object.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

from bench.sandbox_figures.inputs import PROGRAM
from bench.sandbox_figures.machine import ROOT
from bench.sandbox_figures.processes import Unreadable, descendants, resident_mib, usage
from sandbox.sandbox import Sandbox
from sandbox.types import Call, TierName

_REST_SECONDS = 1.0
"""Long enough for a pool that fills itself in the background."""


@dataclass(frozen=True)
class Cold:
    """One fresh start."""

    from_process_ms: float
    """Since the interpreter was started: imports count."""
    from_sandbox_ms: float
    """Since the `Sandbox` was made."""
    plain_ms: float
    """One `python -I -c pass` just before, to compare with."""
    parent_mib: float
    """Resident memory of the interpreter that holds the sandbox."""
    processes: int
    """At rest, below that interpreter."""
    pss_mib: float


def measure(tier: TierName, repeats: int) -> list[Cold]:
    """`repeats` fresh starts, one after another. Raises `Unreadable`."""
    found = []
    for _ in range(repeats):
        before = time.monotonic()
        subprocess.run([sys.executable, "-I", "-c", "pass"], check=True)
        started = time.monotonic()
        command = [sys.executable, "-m", "bench.sandbox_figures.cold", tier, repr(started), repr(started - before)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        answer = json.loads(done.stdout)
        if "unreadable" in answer:
            raise Unreadable(answer["unreadable"])
        found.append(Cold(**answer))
    return found


def show(found: Sequence[Cold], tier: str) -> list[str]:
    """Medians as text."""
    names = ("from_process_ms", "from_sandbox_ms", "plain_ms", "parent_mib", "processes", "pss_mib")
    median = {name: statistics.median(getattr(one, name) for one in found) for name in names}
    plain = median["plain_ms"]
    process, sandbox = (f"{median[name]:.1f} ms ({median[name] / plain:.1f}x)" for name in names[:2])
    return [
        f"first verdict from cold ({tier}): {sandbox} after the Sandbox was made, "
        f"{process} after its interpreter was started; x: a plain `python -I -c pass` beside it, {plain:.1f} ms",
        f"at rest: {median['processes']:.0f} processes below, PSS {median['pss_mib']:.1f} MiB; "
        f"the interpreter above: RSS {median['parent_mib']:.1f} MiB",
    ]


def raw(found: Sequence[Cold]) -> list[dict[str, object]]:
    """Plain data with every measured number."""
    return [asdict(one) for one in found]


async def _start(tier: TierName, started: float, plain: float) -> Cold:
    made = time.monotonic()
    async with Sandbox(tier=tier) as box:
        done = await box.run(PROGRAM, [Call("add", (1, 2))])
        verdict = time.monotonic()
        assert done.results[0].value == 3
        await asyncio.sleep(_REST_SECONDS)
        below = usage(descendants(os.getpid()))
        return Cold(
            1e3 * (verdict - started),
            1e3 * (verdict - made),
            1e3 * plain,
            resident_mib(os.getpid()),
            below.processes,
            below.pss_mib,
        )


def main() -> None:
    """Print one start, or why its memory cannot be read."""
    try:
        answer = asdict(asyncio.run(_start(cast(TierName, sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))))
    except Unreadable as error:
        answer = {"unreadable": str(error)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
