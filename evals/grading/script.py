"""A set's own test program, run after the candidate in one process: right is what comes to its end without an error.

The weakest of the checks: expected values are beside the candidate, which could read or patch them. It is for sets that
publish nothing else, and has the isolation of any other run. Time limits are scaled from the reference under the same
script; without one they are those of the sandbox.
"""

import asyncio
from dataclasses import replace

from evals.grading.judged import Judged
from evals.item import Item, ScriptCheck
from hierarchy.errors import InfrastructureError
from hierarchy.judge import Judge
from hierarchy.judging.results import load_status, one_line
from sandbox.errors import ReferenceFailed
from sandbox.scaling import scaled
from sandbox.types import Evaluate, Execution, Limits


class ScriptGrader:
    """Runs candidates with the scripts of a set; safe to ask from many tasks of one loop."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._limits: dict[tuple[str, str], Limits] = {}
        self._locks: dict[tuple[str, str], asyncio.Lock] = {}

    async def grade(self, item: Item, check: ScriptCheck, code: str) -> Judged:
        """Run candidate and script. Raises `InfrastructureError` where the reference does not pass its own script."""
        execution = await self._run(code, check, await self._scaled(item, check))
        status = load_status(execution)
        if status == "runtime_error" and execution.detail.startswith("AssertionError"):
            status = "wrong_answer"
        detail = "" if status == "accepted" else one_line(execution.detail)
        return Judged(status, None, detail, None, execution.wall_seconds)

    async def _run(self, code: str, check: ScriptCheck, limits: Limits) -> Execution:
        return await self._judge.run(f"{code}\n\n{check.script}\n", [Evaluate("None")], limits)

    async def _scaled(self, item: Item, check: ScriptCheck) -> Limits:
        limits = self._judge.limits
        if item.reference is None:
            return limits
        key = item.reference, check.script
        async with self._locks.setdefault(key, asyncio.Lock()):
            if key not in self._limits:
                execution = await self._run(item.reference, check, replace(limits, cpu_seconds=60, wall_seconds=300))
                self._limits[key] = _of_reference(item, execution, limits)
            return self._limits[key]


def _of_reference(item: Item, execution: Execution, limits: Limits) -> Limits:
    try:
        return scaled(limits, execution)
    except ReferenceFailed as error:
        raise InfrastructureError(
            f"the reference of {item.id!r} does not pass its own test: {error}; check the set with: "
            "hi-moe eval validate"
        ) from None
