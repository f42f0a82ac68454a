"""Programs on hidden inputs, by EvalPlus's rule: right is what the reference returns (Liu et al., NeurIPS 2023).

Base inputs come first; a sample that fails them is wrong, and its plus inputs are not run. Each part is one run of the
sandbox, as in EvalPlus each is one process: the program is loaded once and globals live on from call to call. Only
inputs go in. Expected values stay here, where the results are compared (`evals.grading.comparisons`).
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from evals.grading.comparisons import Comparison
from evals.grading.digests import Digest, received, with_digests
from evals.grading.judged import Judged
from evals.grading.references import Expected, References
from evals.grading.together import WORTH, apart, together
from evals.item import InputsCheck
from hierarchy.attempt import Failure, Status
from hierarchy.judge import Judge
from hierarchy.judging.results import failed, load_status, one_line
from hierarchy.judging.texts import LIMIT
from sandbox.compare.text import shorten, show
from sandbox.scaling import FACTOR
from sandbox.types import Call, CaseResult, Execution, Limits

_PART_SECONDS = 60.0
"""Wall seconds that EvalPlus gives all inputs of a part together (`EVALPLUS_TIMEOUT_PER_TASK`)."""
_QUICK = 1.5
"""CPU limits that the first look at a part may take in wall seconds, beside what the reference suggests."""
_GROWTH = 2.0
_WHOLE = 1 << 62
_MATERIALISED = """

def {name}(*args):
    found = {entry_point}(*args)
    return found if isinstance(found, (list, tuple, set, frozenset, dict, str)) else set(found)
"""
"""For results compared as sets: what is no plain collection, such as a generator, is read out where it still can be."""


class InputsGrader:
    """Grades programs on the inputs of an item; safe to ask from many tasks of one loop."""

    def __init__(self, judge: Judge, references: References) -> None:
        self._judge = judge
        self._references = references

    async def grade(self, item_id: str, check: InputsCheck, code: str) -> Judged:
        """Base, then plus. Raises `InfrastructureError` where the reference does not work."""
        base = await self._part(item_id, check, code, "base", check.base)
        if not base.passed or not check.plus:
            return base
        plus = await self._part(item_id, check, code, "plus", check.plus)
        return plus._replace(base=True, seconds=base.seconds + plus.seconds)

    async def _part(
        self, item_id: str, check: InputsCheck, code: str, name: str, inputs: Sequence[tuple[object, ...]]
    ) -> Judged:
        if not inputs:
            return Judged("accepted", base=True)
        expected = await self._references.expected(item_id, check, inputs)
        part, has_digests = _Part(check, name, inputs, expected), any(isinstance(v, Digest) for v in expected.values)
        if has_digests and part.compares_by_digest:
            with suppress(_Unsure):
                return await self._rounds(part, code)
        if has_digests:
            part = _Part(check, name, inputs, await self._references.plain(item_id, check, inputs))
        return await self._rounds(part, code)

    async def _rounds(self, part: "_Part", code: str) -> Judged:
        source, calls = part.program(code)
        judged, seconds = await self._at_once(part, source)
        for limits, is_last in part.rounds(self._judge.limits):
            if judged is not None:
                break
            execution = await self._judge.run(source, calls, limits)
            seconds += execution.wall_seconds
            judged = part.judged(execution, is_last)
        assert judged is not None, "the last round gives a verdict"
        return judged._replace(seconds=seconds)

    async def _at_once(self, part: "_Part", source: str) -> tuple[Judged | None, float]:
        """The verdict of all inputs as one case, if that gives one, and what it took."""
        limits = part.expected.limits_together(self._judge.limits) if len(part.inputs) >= WORTH else None
        if limits is None:
            return None, 0.0
        source, call = together(source, part.called, part.inputs)
        execution = await self._judge.run(source, [call], limits)
        most = part.expected.limits(self._judge.limits).cpu_seconds
        cases = apart(execution, len(part.inputs), most)
        return None if cases is None else part.judged(cases, is_last=True), execution.wall_seconds


class _Unsure(Exception):
    """Digests differ, and nothing else is wrong: the values have to be compared."""


class _Part:
    """The base or the plus inputs of one item."""

    def __init__(self, check: InputsCheck, name: str, inputs: Sequence[tuple[object, ...]], expected: Expected) -> None:
        self._check = check
        self._name = name
        self.inputs = inputs
        self.expected = expected
        self._compare = Comparison(check.comparison, check.entry_point, check.atol)
        values = expected.values
        self._values = [value is not None for value in values] if self._compare.only_presence else values
        self._digests = {index: value for index, value in enumerate(values) if isinstance(value, Digest)}
        self.compares_by_digest = bool(self._digests) and self._compare.is_equality
        self.called = check.entry_point

    def program(self, code: str) -> tuple[str, list[Call]]:
        """The program to run, and the calls."""
        if self.compares_by_digest:
            self.called, code = with_digests(self._check, code)
        elif self._compare.in_any_order:
            self.called = f"_{self._check.entry_point}_read"
            code += _MATERIALISED.format(name=self.called, entry_point=self._check.entry_point)
        return code, [Call(self.called, args) for args in self.inputs]

    def rounds(self, limits: Limits) -> list[tuple[Limits, bool]]:
        """Limits to try, each time with more of the clock, and whether they are the last ones.

        A program that never ends would take the CPU limit for every input. The clock ends its run soon after the first
        time, and that one limit is verdict enough. Where the clock alone ended it, because the program slept or the
        machine was busy, nothing is said and it gets more.
        """
        scaled = self.expected.limits(limits)
        suggested = 2 * FACTOR * self.expected.cpu_seconds
        most = min(scaled.wall_seconds, _PART_SECONDS + suggested)
        step, rounds = _QUICK * scaled.cpu_seconds + suggested, []
        while step < most:
            rounds.append((replace(scaled, wall_seconds=step), False))
            step *= _GROWTH
        return [*rounds, (replace(scaled, wall_seconds=most), True)]

    def judged(self, execution: Execution, is_last: bool) -> Judged | None:
        """The verdict; None where only the clock stood against the program, and there is more of it."""
        status = load_status(execution)
        if status != "accepted":
            by_clock = status == "infrastructure" or "wall time" in execution.detail
            return None if by_clock and not is_last else self._refused(status, execution.detail)
        cases = execution.results
        found = {index: case.value for index, case in enumerate(cases) if case.status == "ok"}
        unsure = self._take_digests(cases, found) if self.compares_by_digest else set()
        wrong = set(self._compare.failing(self.inputs, self._values, found))
        cut = set() if is_last else {index for index, case in enumerate(cases) if _by_clock(case)}
        ended = {index for index, case in enumerate(cases) if case.status != "ok"}
        failing = sorted(wrong | (ended - cut - unsure))
        if failing:
            return self._failed(cases, failing, {index: found[index] for index in wrong})
        if unsure:
            raise _Unsure
        return None if cut else Judged("accepted", base=True)

    def _take_digests(self, cases: Sequence[CaseResult], found: dict[int, object]) -> set[int]:
        """Make values of what such a program returned; those of which a digest is all there is are taken out. Which of
        these may still be right."""
        unsure = {index for index in self._digests if cases[index].status == "output_limit"}
        for index, value in list(found.items()):
            found[index] = received(value)
            if index in self._digests or isinstance(found[index], Digest):
                unsure |= {index} if found.pop(index) != self._digests.get(index) else set()
        return unsure

    def _failed(self, cases: Sequence[CaseResult], failing: Sequence[int], wrong: Mapping[int, object]) -> Judged:
        """`wrong`: what was returned where that is what is wrong."""
        first, ran = cases[failing[0]], [index for index in failing if cases[index].status != "not_run"]
        shown = min(ran or failing, key=lambda index: (len(self._input(index, _WHOLE)), index))
        status: Status = "wrong_answer" if failing[0] in wrong else failed(first).status
        done = sum(case.status != "not_run" for case in cases)
        detail = f"wrong on {len(ran)} of {done} {self._name} inputs"
        if status != "wrong_answer":
            detail = one_line(failed(first).actual)
        actual = show(wrong[shown], LIMIT) if shown in wrong else failed(cases[shown]).actual
        return Judged(status, self._name != "base", detail, self._failure(shown, actual))

    def _refused(self, status: Status, detail: str) -> Judged:
        """A program that did not load."""
        detail = one_line(detail).removeprefix("LookupError: ").replace(self.called, self._check.entry_point)
        return Judged(status, self._name != "base", detail)

    def _failure(self, index: int, actual: str) -> Failure:
        place = index if self._name == "base" else len(self._check.base) + index
        expected = self._compare.describe(self._values[index], LIMIT)
        return Failure(test_index=place, input=self._input(index, LIMIT), expected=expected, actual=actual)

    def _input(self, index: int, limit: int) -> str:
        arguments = ", ".join(show(argument, limit) for argument in self.inputs[index])
        return shorten(f"{self._check.entry_point}({arguments})", limit)


def _by_clock(case: CaseResult) -> bool:
    """Whether the wall time of the run ended it, or came before it."""
    return case.status == "not_run" or (case.status == "time_limit" and case.limit == "wall")
