"""Judging assertions: values from the candidate's process, the check over them in a process without the candidate."""

from collections.abc import Sequence
from dataclasses import dataclass

from hierarchy.judging.dissect import AssertionRefused, Dissected, dissect
from hierarchy.judging.results import ACCEPTED, Result, failed
from hierarchy.judging.texts import LIMIT
from hierarchy.problem import AssertionTest
from sandbox.compare.checker import Runner
from sandbox.compare.text import shorten, show
from sandbox.types import Call, CaseResult, Evaluate
from sandbox.values import ValueCodecError, encode


@dataclass(frozen=True)
class Prepared:
    """An assertion ready to be judged, or the reason why it cannot be."""

    dissected: Dissected | None
    refusal: str = ""

    @property
    def inputs(self) -> tuple[Evaluate, ...]:
        """What the candidate's process has to evaluate."""
        return tuple(Evaluate(part) for part in self.dissected.parts) if self.dissected else ()


def prepare(test: AssertionTest, entry_point: str | None) -> Prepared:
    """Take the assertion apart."""
    try:
        return Prepared(dissect(test.code, entry_point))
    except AssertionRefused as error:
        return Prepared(None, f"the assertion cannot be judged: {error}")


async def check(
    prepared: Sequence[Prepared], cases: Sequence[Sequence[CaseResult]], run: Runner
) -> tuple[list[Result], float]:
    """The results of assertions whose values are known, in order, and the wall seconds of the process that checked."""
    results: list[Result | None] = [_unchecked(one, values) for one, values in zip(prepared, cases, strict=True)]
    waiting = [index for index, result in enumerate(results) if result is None]
    dissected = {index: one for index in waiting if (one := prepared[index].dissected)}
    if not dissected:
        return [result or ACCEPTED for result in results], 0.0
    source = "\n".join(_function(index, one) for index, one in dissected.items())
    calls = [Call(f"check_{index}", tuple(case.value for case in cases[index])) for index in dissected]
    execution = await run(source, calls)
    for position, (index, one) in enumerate(dissected.items()):
        if execution.status != "ok":
            results[index] = Result("infrastructure", f"the assertion cannot be evaluated: {execution.detail}")
        else:
            results[index] = _checked(one, cases[index], execution.results[position])
    return [result or ACCEPTED for result in results], execution.wall_seconds


def _unchecked(prepared: Prepared, cases: Sequence[CaseResult]) -> Result | None:
    """The result where it is clear without a check: no assertion, or values that could not be computed or sent."""
    if prepared.dissected is None:
        return Result("infrastructure", prepared.refusal)
    broken = next((case for case in cases if case.status != "ok"), None)
    if broken:
        return failed(broken)
    try:
        encode([case.value for case in cases])
    except ValueCodecError as error:
        return Result("wrong_answer", f"the returned value is {error}")
    return None


def _function(index: int, dissected: Dissected) -> str:
    parameters = ", ".join(dissected.parameters)
    return f"{dissected.imports}\ndef check_{index}({parameters}):\n    return bool({dissected.check})\n"


def _checked(dissected: Dissected, values: Sequence[CaseResult], outcome: CaseResult) -> Result:
    if outcome.status == "ok" and outcome.value is True:
        return ACCEPTED
    shown = "; ".join(f"{part} is {show(case.value)}" for part, case in zip(dissected.parts, values, strict=True))
    if outcome.status == "exception":
        # A value of the wrong type: `len(None)`, `'a' < 1`.
        return Result("wrong_answer", shorten(f"{shown} ({outcome.error_type}: {outcome.error_message})", LIMIT))
    return Result("wrong_answer", shorten(shown, LIMIT)) if outcome.status == "ok" else failed(outcome)
