"""Hidden tests in our own form: a program may take its time on each of them, as much as the reference suggests.

All tests are one run, and the clock of a run stops sleepers and programs that end on no test. With many tests, or on a
busy machine, it would also stop a program that is within its CPU limit on every one. So where the clock alone stood
against it, the tests are run again a few at a time, each few with a clock of their own, up to the first that fails.
"""

from dataclasses import replace

from evals.grading.judged import Judged, of_verdict
from evals.grading.scaled import ScaledLimits
from evals.item import Item, TestsCheck
from hierarchy.errors import InfrastructureError
from hierarchy.judge import Judge
from sandbox.errors import ReferenceFailed
from sandbox.scaling import CLOCK_FACTOR, FACTOR, START_SECONDS, scaled
from sandbox.types import Execution, Limits

_TRIES = 2
"""Times that a reference is run before a failure of ours is given up on."""
_MOST_SECONDS = 600.0
"""Wall seconds that the tests of one program may take when they are run a few at a time."""


class TestsGrader:
    """Runs candidates on hidden tests; safe to ask from many tasks of one loop."""

    __test__ = False
    """Not for pytest to collect."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._limits = ScaledLimits(judge.limits)

    async def grade(self, item: Item, check: TestsCheck, code: str) -> Judged:
        """What the tests say of a program; the status is `infrastructure` for a failure of ours.

        A reference only gives the time limits here, since expected values are the set's own: one that cannot be run
        leaves those of the sandbox, and is for `hi-moe eval validate` to name. Raises `InfrastructureError` where that
        is our own machinery's fault.
        """

        async def of_reference(reference: str, generous: Limits) -> Limits:
            for _ in range(_TRIES):
                execution = await self._judge.times(item.problem, reference, check.tests, generous)
                if execution.status != "infrastructure":
                    return _scaled(self._judge.limits, execution)
            raise InfrastructureError(
                f"the reference of {item.id!r} could not be run: {execution.detail}; see: hi-moe sandbox check"
            )

        return await self._judged(item, check, code, await self._limits.of(item, of_reference))

    async def _judged(self, item: Item, check: TestsCheck, code: str, limits: Limits) -> Judged:
        tests = check.tests
        judged = of_verdict(await self._judge.judge(item.problem, code, tests, limits))
        few = _few(limits)
        if not _by_clock(judged) or len(tests) <= few:
            return judged
        seconds = judged.seconds
        for begin in range(0, len(tests), few):
            if seconds > _MOST_SECONDS:
                return judged._replace(seconds=seconds)
            part = tests[begin : begin + few]
            verdict = await self._judge.judge(item.problem, code, part, limits)
            seconds += verdict.sandbox_seconds
            if verdict.status != "accepted":
                detail = verdict.detail
                if verdict.status == "wrong_answer":
                    detail = f"{begin + verdict.tests_passed} of the first {begin + len(part)} tests passed"
                failure = verdict.failure
                if failure is not None:
                    failure = failure.model_copy(update={"test_index": begin + failure.test_index})
                return Judged(verdict.status, None, detail, failure, seconds)
        return Judged("accepted", seconds=seconds)


def _scaled(limits: Limits, reference: Execution) -> Limits:
    """CPU seconds of each test as the reference suggests; the clock lets a program that is as slow as it may be on
    every test come to its end, and one that never ends on a test use up that test's limit."""
    try:
        found = scaled(limits, reference)
    except ReferenceFailed:
        return limits
    total = reference.load_cpu_seconds + sum(result.cpu_seconds for result in reference.results)
    wall = START_SECONDS + CLOCK_FACTOR * (found.cpu_seconds + FACTOR * total)
    return replace(found, wall_seconds=min(wall, found.wall_seconds))


def _by_clock(judged: Judged) -> bool:
    return judged.status == "time_limit" and "wall time" in judged.detail


def _few(limits: Limits) -> int:
    """As many tests as can all use up their CPU limit before the clock stops the run."""
    return max(1, int(limits.wall_seconds / (CLOCK_FACTOR * limits.cpu_seconds)))
