"""Hidden tests in our own form: a program may take its time on each of them.

All tests are one run, and the clock of a run stops sleepers. With many tests, or on a busy machine, it would also stop
a program that is far below the CPU limit on every one. So where the clock alone stood against it, the tests are run
again a few at a time, each few with a clock of their own, up to the first that fails.
"""

from collections.abc import Sequence

from evals.grading.judged import Judged, of_verdict
from hierarchy.judge import Judge
from hierarchy.problem import Problem, TestCase
from sandbox.types import Limits

_CLOCK_FACTOR = 2.0
"""Wall seconds for a CPU second, as in `sandbox.scaling`."""


async def judged_tests(judge: Judge, problem: Problem, code: str, tests: Sequence[TestCase]) -> Judged:
    """What `tests` say of a program; the status is `infrastructure` for a failure of ours."""
    judged = of_verdict(await judge.judge(problem, code, tests))
    few = _few(judge.limits)
    if not _by_clock(judged) or len(tests) <= few:
        return judged
    seconds = judged.seconds
    for begin in range(0, len(tests), few):
        part = tests[begin : begin + few]
        verdict = await judge.judge(problem, code, part)
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


def _by_clock(judged: Judged) -> bool:
    return judged.status == "time_limit" and "wall time" in judged.detail


def _few(limits: Limits) -> int:
    """As many tests as can all use up their CPU limit before the clock stops the run."""
    return max(1, int(limits.wall_seconds / (_CLOCK_FACTOR * limits.cpu_seconds)))
