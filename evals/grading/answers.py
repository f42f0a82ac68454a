"""Whether a final answer is the expected one: exact numbers first, then form, then words, then algebra.

What counts as the same (each line is a test):

- Numbers are exact: `0.5` is `\\frac{1}{2}`, `0.333` is not `\\frac{1}{3}`. No rounding, no conversion of units.
- A unit, a currency, a degree sign, the base of a numeral or the name of a variable that one side alone writes was left
  off; two that differ are wrong: `5 cm` is `5` and not `5 m`, `x = 5` is `5` and not `y = 5`.
- Words that change a number are no units: `5 million` is `5000000`, and `5 squared`, `5 or more`, `5 i` are not `5`.
- `50%` is `50` (the sign left off) and `0.5` (its value); `50` is not `0.5`.
- `3:4` is `6:8` and not `3/4`; where a time of day may be expected (`2:15`), hours and minutes are compared.
- Brackets count: `(1, 2]` is not `(1, 2)`, and a tuple `(1, 2)` is not the set `\\{1, 2\\}`. A list without brackets
  is a set, in any order; `\\pm` stands for both values. `x=1, y=2` and `(x,y)=(1,2)` are the tuple `(1,2)`.
- `x<1 or x>2` is a union, `x>1 and x<2` an intersection, `\\{x \\mid 1<x<2\\}` what its condition says.
- Formulas are the same when algebra says so; capital and small letters differ in formulas and not in words.

Hostile text never meets unbounded arithmetic here: lengths, depths and exponents are bounded before, and algebra is
done by a process (`answers_process`) that the kernel stops after `seconds` of CPU time.
"""

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Literal

from evals.grading.answers_compare import Comparison
from evals.grading.answers_latex import too_much
from evals.grading.answers_process import AnswerProcess
from evals.grading.answers_shape import has_variables, read
from hierarchy.attempt import Status
from hierarchy.errors import InfrastructureError

Layer = Literal["none", "number", "normal form", "text", "math-verify"]

_MOST_PAIRS = 600
"""Of values in one question; more than the square of the largest set that is compared."""
_TRIES = 2
"""For a question whose process died: the first death may have been somebody else's doing."""


@dataclass(frozen=True)
class AnswerVerdict:
    """Whether an answer is right, and how that was found."""

    right: bool
    how: Layer
    """The dearest layer that was needed; `none` when nothing could be compared."""
    status: Status
    """`accepted`, `wrong_answer`, `time_limit`, `runtime_error` (the comparison ended its process twice) or
    `infrastructure`, which says nothing about the answer."""
    detail: str = ""
    seconds: float = 0.0


class AnswerChecker:
    """Compares answers; safe for many at once, which wait for each other only where algebra is needed."""

    def __init__(self, *, seconds: float = 5.0) -> None:
        """`seconds`: CPU seconds for the algebra of one question."""
        self._process = AnswerProcess(seconds=seconds)
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> "AnswerChecker":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the process, if one was needed."""
        await self._process.close()

    async def equivalent(self, expected: str, given: str | None) -> AnswerVerdict:
        """Whether `given` is the answer that `expected` stands for.

        Raises `MissingComponent` when algebra is needed and math-verify is not installed.
        """
        started = time.monotonic()
        verdict = await self._verdict(expected, given)
        return replace(verdict, seconds=time.monotonic() - started)

    async def _verdict(self, expected: str, given: str | None) -> AnswerVerdict:
        if given is None or not given.strip():
            return _wrong("no answer was given")
        if expected.strip() == given.strip():
            return AnswerVerdict(True, "normal form", "accepted")
        for text, whose in ((expected, "the expected answer"), (given, "the answer")):
            if reason := too_much(text):
                return _wrong(f"{whose} cannot be compared: {reason}")
        known = read(expected)
        shape = read(given, loose=not has_variables(known))
        comparison = Comparison()
        same = comparison.same(known, shape)
        if same is None:
            failed = await self._learn(comparison)
            if failed is not None:
                return failed
            same = comparison.same(known, shape)
        layer: Layer = comparison.layer  # type: ignore[assignment]
        return AnswerVerdict(bool(same), layer, "accepted" if same else "wrong_answer", comparison.reason)

    async def _learn(self, comparison: Comparison) -> AnswerVerdict | None:
        """Have the comparison's open questions answered; a verdict where that fails."""
        pairs = comparison.needed[:_MOST_PAIRS]
        try:
            async with self._lock:
                for _ in range(_TRIES):
                    reply = await self._process.ask(pairs)
                    if reply.end != "died":
                        break
        except InfrastructureError as error:
            return AnswerVerdict(False, "none", "infrastructure", str(error))
        if reply.end == "late":
            return AnswerVerdict(False, "math-verify", "time_limit", "the comparison took too much CPU time")
        if reply.end == "died":
            return AnswerVerdict(False, "math-verify", "runtime_error", "the comparison ended its process twice")
        comparison.known = dict.fromkeys(comparison.needed, False) | dict(zip(pairs, reply.same, strict=True))
        comparison.notes = dict(zip(pairs, reply.notes, strict=True))
        return None


def _wrong(detail: str) -> AnswerVerdict:
    return AnswerVerdict(False, "none", "wrong_answer", detail)
