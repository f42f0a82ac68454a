"""Asking functions about values that somebody hostile made, so that no value spoils what is said of the others.

All calls go into one process where they fit. A value at which that process dies, hangs or cannot even start costs only
its own answer: what was not reached is asked in another process.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sandbox.types import Call, CaseResult, Evaluate, Execution, Input

MAX_SECONDS = 120.0
"""Wall seconds after which nothing more is asked: six times the default `Limits.wall_seconds`."""
_BATCH = 16 << 20
"""Weight of the values that go into one process. Encoding them holds up this one for some 0.1 s."""

Runner = Callable[[str, Sequence[Input]], Awaitable[Execution]]
"""Runs a program's source on inputs: `lambda source, inputs: sandbox.run(Program(source), inputs)`."""


@dataclass(frozen=True)
class Answers:
    """What the functions did, one case for each call in order."""

    cases: tuple[CaseResult, ...]
    """Empty when there is a `failure`. `not_run`: `MAX_SECONDS` were over."""
    seconds: float = 0.0
    """Wall time of the processes that were asked."""
    failure: str = ""
    """Why nothing can be asked at all, whatever the values are: the source does not load, or no process starts."""


async def ask(source: str, calls: Sequence[Call], weights: Sequence[int], run: Runner) -> Answers:
    """Call functions of `source`; `weights` are those of the arguments of each call."""
    over = CaseResult("not_run", error_message=f"other values took the {MAX_SECONDS:g} s that there are for all")
    cases = [over] * len(calls)
    waiting = deque(range(len(calls)))
    seconds, most = 0.0, _BATCH
    while waiting and seconds < MAX_SECONDS:
        batch = _take(waiting, weights, most)
        execution = await run(source, [calls[index] for index in batch])
        seconds += execution.wall_seconds
        again: list[int] = []
        if execution.status == "ok":
            for position, (index, case) in enumerate(zip(batch, execution.results, strict=True)):
                cases[index] = case
                if position and _is_cut_short(case):
                    again.append(index)
        elif not await _is_sound(source, calls, run):
            return Answers((), seconds, execution.detail)
        elif len(batch) > 1:
            # One of them is too much for the process. Alone, each can only harm itself.
            again, most = batch, 0
        else:
            cases[batch[0]] = CaseResult("crashed", error_message=f"it cannot be handed over: {execution.detail}")
        waiting.extendleft(reversed(again))
    return Answers(tuple(cases), seconds)


def _take(waiting: "deque[int]", weights: Sequence[int], most: int) -> list[int]:
    """The next calls: at least one, and as many as weigh no more than `most` together."""
    batch = [waiting.popleft()]
    total = weights[batch[0]]
    while waiting and (total := total + weights[waiting[0]]) <= most:
        batch.append(waiting.popleft())
    return batch


def _is_cut_short(case: CaseResult) -> bool:
    """Whether the wall time, which all calls of a process share, ended before this one was done."""
    return case.status == "not_run" or (case.status == "time_limit" and case.limit == "wall")


async def _is_sound(source: str, calls: Sequence[Call], run: Runner) -> bool:
    """Whether the source loads and has its functions while no value is there."""
    names = sorted({call.entry_point for call in calls})
    execution = await run(source, [Evaluate(f"callable({name})") for name in names])
    return execution.status == "ok" and all(case.value is True for case in execution.results)
