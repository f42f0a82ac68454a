"""Judging assertions: values from the candidate's process, the check over them in a process without the candidate."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from hierarchy.judging.dissect import AssertionRefused, Dissected, dissect
from hierarchy.judging.results import ACCEPTED, Result, failed
from hierarchy.judging.texts import LIMIT
from hierarchy.problem import AssertionTest
from sandbox.compare.asking import Runner, ask
from sandbox.compare.text import shorten, show
from sandbox.compare.weight import Unfit, weigh_together
from sandbox.types import Call, CaseResult, Evaluate


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
    """The results of assertions whose values are known, in order, and the wall seconds of the process that checked.

    Values at which the check raises, hits a limit or dies are wrong: the program chose them.
    """
    results: list[Result] = []
    dissected: dict[int, Dissected] = {}
    calls: list[Call] = []
    weights: list[int] = []
    for index, (one, values) in enumerate(zip(prepared, cases, strict=True)):
        broken = next((case for case in values if case.status != "ok"), None)
        if one.dissected is None or broken:
            results.append(failed(broken) if broken else Result("infrastructure", one.refusal))
            continue
        arguments = tuple(case.value for case in values)
        try:
            weights.append(weigh_together(arguments))
            calls.append(Call(f"check_{index}", arguments))
            dissected[index] = one.dissected
            results.append(ACCEPTED)
        except Unfit as error:
            results.append(Result("wrong_answer", f"the returned value is {error}"))
        # A value may have a million parts: whatever else this process does goes on between two of them.
        await asyncio.sleep(0)
    if not dissected:
        return results, 0.0
    source = "\n".join(_function(index, one) for index, one in dissected.items())
    answers = await ask(source, calls, weights, run)
    for position, (index, assertion) in enumerate(dissected.items()):
        if answers.failure:
            results[index] = Result("infrastructure", f"the assertion cannot be evaluated: {answers.failure}")
        else:
            results[index] = _checked(assertion, cases[index], answers.cases[position])
    return results, answers.seconds


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
    if outcome.status != "ok":
        # Why first: a long value would push it out of sight.
        return Result("wrong_answer", shorten(f"the check did not end: {failed(outcome).actual}: {shown}", LIMIT))
    return Result("wrong_answer", shorten(shown, LIMIT))
