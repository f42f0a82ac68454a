"""All references on every input of HumanEval+, each accepted or not.

As EvalPlus defines it, the expected values are those of the canonical solution: a first run of it computes them, a
second one is the candidate, and the parent compares, with EvalPlus's tolerances.
Inputs come from JSON, where a tuple is a list; EvalPlus hands them over like that (it restores types for MBPP only), so
both runs see the same lists. HumanEval/32 has many right answers: what counts there, here as in EvalPlus, is that the
polynomial is within `atol` of zero.
"""

import asyncio
import gzip
import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from bench.sandbox_figures.sides import WORKERS
from sandbox import values
from sandbox.compare.tolerance import Tolerance
from sandbox.compare.values import same
from sandbox.sandbox import Sandbox
from sandbox.types import Call, CaseResult, Execution, Limits, Program

REFERENCE_SUFFIX = """
def _reference(*args):
    import copy
    given = copy.deepcopy(args)
    value = {entry_point}(*given)
    return [value, repr(given) != repr(args)]
"""
"""The value, and whether the call changed its arguments."""
FLOAT_ATOL = 1e-6
"""What EvalPlus takes for an expected float where the row says 0."""
RTOL = 1e-7
REFERENCE_LIMITS = Limits(cpu_seconds=60, wall_seconds=300, memory_mib=2048, output_bytes=256 << 20)
"""For the first run: whatever it takes. The second run, the one that counts, has the limits of the sandbox."""
ORACLE = "find_zero"


@dataclass(frozen=True)
class Row:
    """One reference."""

    task_id: str
    inputs: int
    accepted: bool
    why_not: str
    time_limits: int
    """Inputs that ended in a time limit."""
    cpu_seconds: float
    """Of the slowest input."""
    changing: int
    """Inputs whose arguments the solution changes."""
    largest_input: int
    """Characters of JSON."""
    largest_output: int
    """Bytes of typed JSON."""
    seconds: float
    """Wall seconds of the second run."""


@dataclass(frozen=True)
class Plus:
    """All of them."""

    rows: list[Row]
    running_seconds: float
    """Both runs of each."""
    comparing_seconds: float
    """Sizes of the outputs included."""
    output_bytes: int
    """Cap of the second run."""


def load(path: Path) -> list[dict[str, Any]]:
    """The rows of `humaneval_plus.jsonl.gz`."""
    with gzip.open(path, "rt") as lines:
        return [json.loads(line) for line in lines]


async def measure(box: Sandbox, rows: Sequence[Mapping[str, Any]], limits: Limits) -> Plus:
    """Every row, `WORKERS` at a time; values are compared while nothing runs, because that would slow the runs."""
    judged: list[Row] = []
    running = comparing = 0.0
    for first in range(0, len(rows), WORKERS):
        group = rows[first : first + WORKERS]
        started = time.perf_counter()
        executions = await asyncio.gather(*(_run_twice(box, row, limits) for row in group))
        ran = time.perf_counter()
        judged += [_compared(row, *runs) for row, runs in zip(group, executions, strict=True)]
        running, comparing = running + ran - started, comparing + time.perf_counter() - ran
    return Plus(judged, running, comparing, limits.output_bytes)


async def _run_twice(box: Sandbox, row: Mapping[str, Any], limits: Limits) -> tuple[Execution, Execution]:
    entry, source = row["entry_point"], row["prompt"] + row["canonical_solution"]
    arguments = [tuple(args) for args in _inputs(row)]
    reference = Program(source + REFERENCE_SUFFIX.format(entry_point=entry))
    expected = await box.run(reference, [Call("_reference", args) for args in arguments], REFERENCE_LIMITS)
    return expected, await box.run(Program(source), [Call(entry, args) for args in arguments], limits)


def _inputs(row: Mapping[str, Any]) -> list[list[Any]]:
    return [*row["base_input"], *row["plus_input"]]


def _compared(row: Mapping[str, Any], first: Execution, second: Execution) -> Row:
    inputs = _inputs(row)
    oracle = row["entry_point"] == ORACLE
    why, changing, largest = "", 0, 0
    for run in (first, second):
        if run.status != "ok" and not why:
            why = f"{run.status}: {run.detail}"
    for args, wanted, found in zip(inputs, first.results, second.results, strict=False):
        expected, changed = wanted.value if isinstance(wanted.value, list) else (None, False)
        changing += bool(changed)
        if wanted.status == "ok":
            largest = max(largest, size(expected))
        right = wanted.status == found.status == "ok" and (
            is_zero(args[0], found.value, row["atol"]) if oracle else close(expected, found.value, row["atol"])
        )
        if not right and not why:
            why = _reason(args, wanted, found)
    return Row(
        row["task_id"],
        len(inputs),
        not why,
        why,
        time_limits=sum(result.status == "time_limit" for run in (first, second) for result in run.results),
        cpu_seconds=max((result.cpu_seconds for result in second.results), default=0.0),
        changing=changing,
        largest_input=max(len(json.dumps(args)) for args in inputs),
        largest_output=largest,
        seconds=second.wall_seconds,
    )


def close(expected: object, found: object, atol: float) -> bool:
    """Whether the values agree within `atol`, or within `FLOAT_ATOL` where floats are expected."""
    return same(expected, found, Tolerance(rtol=RTOL, atol=atol or FLOAT_ATOL))


def is_zero(coefficients: Sequence[float], x: object, atol: float) -> bool:
    """Whether `x` is a number and the polynomial is within `atol` of zero at `x`."""
    if type(x) not in (int, float):
        return False
    try:
        return abs(sum(factor * math.pow(cast(float, x), power) for power, factor in enumerate(coefficients))) <= atol
    except OverflowError:
        return False


def size(value: object) -> int:
    """Bytes of the value as typed JSON."""
    return len(json.dumps(values.encode(value), separators=(",", ":")))


def _reason(args: list[Any], wanted: CaseResult, found: CaseResult) -> str:
    for name, result in (("the reference", wanted), ("the candidate", found)):
        if result.status != "ok":
            return f"{name} on {args!r:.80}: {result.status} {result.error_type} {result.error_message}".strip()
    return f"on {args!r:.80}: {found.value!r:.80} where {wanted.value!r:.80} was expected"


def show(plus: Plus) -> list[str]:
    """The totals, and every row that was not accepted."""
    rows = plus.rows
    over = [row for row in rows if row.largest_output > Limits().output_bytes]
    changing = [row for row in rows if row.changing]
    slowest = max(rows, key=lambda row: row.cpu_seconds)
    longest = max(rows, key=lambda row: row.seconds)
    biggest = max(rows, key=lambda row: row.largest_input)
    widest = max(rows, key=lambda row: row.largest_output)
    return [
        f"HumanEval+: {sum(row.accepted for row in rows)} of {len(rows)} references accepted on "
        f"{sum(row.inputs for row in rows)} inputs, {sum(row.time_limits for row in rows)} time limits, "
        f"{plus.running_seconds:.1f} s for both runs of each and {plus.comparing_seconds:.1f} s to compare, no tokens",
        f"slowest input {slowest.cpu_seconds:.2f} CPU s ({slowest.task_id}), longest run {longest.seconds:.2f} s "
        f"({longest.task_id}); largest input {biggest.largest_input} characters ({biggest.task_id})",
        f"arguments changed by {len(changing)} references, on {sum(row.changing for row in changing)} inputs: "
        f"{', '.join(row.task_id for row in changing)}",
        f"largest output {widest.largest_output} bytes ({widest.task_id}); beyond the default cap of "
        f"{Limits().output_bytes}: {', '.join(row.task_id for row in over) or 'none'} (cap here {plus.output_bytes})",
        *(f"NOT ACCEPTED {row.task_id}: {row.why_not}" for row in rows if not row.accepted),
    ]


def raw(plus: Plus) -> dict[str, object]:
    """Plain data with every measured number."""
    return asdict(plus)
