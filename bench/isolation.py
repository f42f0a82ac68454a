"""What isolation costs: one sandbox run against a plain interpreter, alternating so that both see the same machine.

The program is trivial, so that nearly all of the time is the start and end of processes. Compare the ratio, not the
milliseconds: those belong to the machine. Usage: `python bench/isolation.py --runs 100`.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time

from sandbox.sandbox import Sandbox
from sandbox.types import Call, Program

SOURCE = "def add(a, b):\n    return a + b\n"
INPUTS = [Call("add", (number, 1)) for number in range(3)]


def plain(interpreter: str) -> float:
    """Seconds of a plain `python -I -S -c` that computes the same."""
    started = time.perf_counter()
    code = f"{SOURCE}\nprint([add(n, 1) for n in range(3)])"
    subprocess.run([interpreter, "-I", "-S", "-c", code], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


async def isolated(box: Sandbox) -> float:
    """Seconds of one sandbox run with three inputs."""
    started = time.perf_counter()
    execution = await box.run(Program(SOURCE), INPUTS)
    assert [result.value for result in execution.results] == [1, 2, 3]
    return time.perf_counter() - started


async def measure(interpreter: str, runs: int) -> tuple[list[float], list[float]]:
    """Both, in turn, `runs` times after one warm-up each."""
    apart: list[float] = []
    together: list[float] = []
    async with Sandbox(tier="one-shot") as box:
        for _ in range(runs + 1):
            apart.append(plain(interpreter))
            together.append(await isolated(box))
    return apart[1:], together[1:]


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=100, help="pairs of runs; more make the p95 steadier")
    base, sandboxed = asyncio.run(measure(os.path.realpath(sys.executable), parser.parse_args().runs))
    reference = statistics.median(base)
    print(f"{'':<28}{'p50 ms':>8}{'p95 ms':>8}{'ratio':>7}")
    for name, seconds in (("plain python -I -S -c", base), ("one-shot sandbox, 3 inputs", sandboxed)):
        p95 = statistics.quantiles(seconds, n=20)[-1]
        middle = statistics.median(seconds)
        print(f"{name:<28}{middle * 1e3:>8.1f}{p95 * 1e3:>8.1f}{middle / reference:>7.2f}")


if __name__ == "__main__":
    main()
