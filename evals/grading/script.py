"""A set's own test program, run after the candidate in one process: right is what comes to its end without an error.

The weakest of the checks: expected values are beside the candidate, which could read or patch them. It is for sets that
publish nothing else, and has the isolation of any other run. Time limits are scaled from the reference under the same
script; without one they are those of the sandbox.
"""

from evals.grading.judged import Judged
from evals.grading.scaled import ScaledLimits
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
        self._limits = ScaledLimits(judge.limits)

    async def grade(self, item: Item, check: ScriptCheck, code: str) -> Judged:
        """Run candidate and script. Raises `InfrastructureError` where the reference does not pass its own script."""

        async def of_reference(reference: str, generous: Limits) -> Limits:
            return _scaled(item, await self._run(reference, check, generous), self._judge.limits)

        execution = await self._run(code, check, await self._limits.of(item, of_reference))
        status = load_status(execution)
        if status == "runtime_error" and execution.detail.startswith("AssertionError"):
            status = "wrong_answer"
        detail = "" if status == "accepted" else one_line(execution.detail)
        return Judged(status, None, detail, None, execution.wall_seconds)

    async def _run(self, code: str, check: ScriptCheck, limits: Limits) -> Execution:
        return await self._judge.run(f"{code}\n\n{check.script}\n", [Evaluate("None")], limits)


def _scaled(item: Item, execution: Execution, limits: Limits) -> Limits:
    try:
        return scaled(limits, execution)
    except ReferenceFailed as error:
        raise InfrastructureError(
            f"the reference of {item.id!r} does not pass its own test: {error}; check the set with: "
            "hi-moe eval validate"
        ) from None
