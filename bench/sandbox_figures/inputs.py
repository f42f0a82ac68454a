"""What n test inputs cost in one run: a constant for the run and a slope for each input."""

import statistics
import time
from dataclasses import asdict, dataclass

from bench.sandbox_figures.stats import Line, fit
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Program

PROGRAM = Program("def add(a, b):\n    return a + b\n")
"""Trivial, so that the time is the sandbox's."""
COUNTS = (1, 3, 10, 30, 100, 300, 1000)


@dataclass(frozen=True)
class Cost:
    """Seconds of one run with each number of inputs, and the line through the medians."""

    seconds: dict[int, list[float]]
    medians: dict[int, float]
    line: Line

    @property
    def last_ratio(self) -> float:
        """Seconds of 1000 inputs by those of 100: 10 where nothing but the slope counts, less for the constant."""
        return self.medians[1000] / self.medians[100]


async def measure(box: Sandbox, repeats: int) -> Cost:
    """Every count in turn, `repeats` times after one round for warming up."""
    seconds: dict[int, list[float]] = {count: [] for count in COUNTS}
    for number in range(repeats + 1):
        for count in COUNTS:
            started = time.perf_counter()
            done = await box.run(PROGRAM, [Call("add", (value, 1)) for value in range(count)])
            spent = time.perf_counter() - started
            assert [result.value for result in done.results] == list(range(1, count + 1))
            if number:
                seconds[count].append(spent)
    medians = {count: statistics.median(found) for count, found in seconds.items()}
    return Cost(seconds, medians, fit(list(medians), list(medians.values())))


def show(cost: Cost) -> list[str]:
    """A table and the line."""
    lines = [f"{'inputs in one run':<18}{'ms':>9}{'line':>9}"]
    for count, seconds in cost.medians.items():
        expected = cost.line.constant + cost.line.slope * count
        lines.append(f"{count:<18}{1e3 * seconds:>9.2f}{1e3 * expected:>9.2f}")
    line = cost.line
    return [
        *lines,
        f"constant {1e3 * line.constant:.2f} ms, {1e6 * line.slope:.1f} us an input, R^2 {line.r_squared:.5f}; "
        f"t(1000)/t(100) = {cost.last_ratio:.2f}",
    ]


def raw(cost: Cost) -> dict[str, object]:
    """Plain data with every measured number."""
    return asdict(cost)
