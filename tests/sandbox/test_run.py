"""How the wall time of a run is counted over its processes and tiers: plain reports in place of processes."""

import asyncio
from collections.abc import Callable

from sandbox.report import Report
from sandbox.request import Request
from sandbox.run import Run
from sandbox.types import Call, CaseResult, Limits, TierName

LIMITS = Limits(wall_seconds=20)
ONE_CASE = Report(started=True, loaded=True, results=[CaseResult("memory_limit")], late_seconds=60.0)


class Told:
    """A tier that answers as told, and remembers until when it might have worked."""

    name: TierName = "pool"

    def __init__(self, answer: Callable[[], Report]) -> None:
        self._answer = answer
        self.deadlines: list[float] = []

    async def process(self, request: Request, limits: Limits, deadline: float, stdin: bytes | None) -> Report:
        self.deadlines.append(deadline)
        await asyncio.sleep(0.01)
        return self._answer()

    async def aclose(self) -> None:
        """Nothing to end."""


def failed() -> Report:
    raise OSError("no room")


async def test_the_time_until_there_was_a_process_is_given_back() -> None:
    tier = Told(lambda: ONE_CASE)
    execution = await Run([tier], "", [Call("f"), Call("f")], LIMITS).execute()
    assert [result.status for result in execution.results] == ["memory_limit", "memory_limit"]
    first, second = tier.deadlines
    assert second == first + 60


async def test_the_time_of_a_tier_that_could_not_start_is_given_back() -> None:
    broken, other = Told(failed), Told(lambda: ONE_CASE)
    execution = await Run([broken, other], "", [Call("f")], LIMITS).execute()
    assert execution.results[0].status == "memory_limit"
    assert other.deadlines[0] > broken.deadlines[0]


async def test_where_no_tier_starts_it_is_our_failure() -> None:
    execution = await Run([Told(failed)], "", [Call("f")], LIMITS).execute()
    assert (execution.status, execution.detail) == ("infrastructure", "no sandbox could be started: no room")
