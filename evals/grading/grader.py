"""Grades samples: each kind of check has its grader, and our own failures never become a verdict.

    async with Sandbox() as sandbox, Grader(sandbox) as grader:
        grade = await grader.grade(item, sample)

Every candidate that answered the whole problem is graded beside the answer that was chosen, because a report says what
the selection had to choose from (oracle@n).
"""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from evals.grading.answers_boxed import given_answer
from evals.grading.code import InputsGrader
from evals.grading.hidden import TestsGrader
from evals.grading.judged import NO_ANSWER, NO_PROGRAM, Judged
from evals.grading.references import References, default_folder
from evals.grading.script import ScriptGrader
from evals.item import AnswerCheck, InputsCheck, Item, TestsCheck
from evals.sample import Grade, Sample
from hierarchy.attempt import Attempt, Failure
from hierarchy.errors import InfrastructureError
from hierarchy.judge import Judge
from hierarchy.judging.results import one_line
from hierarchy.judging.texts import LIMIT
from sandbox.compare.text import shorten
from sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from evals.grading.answers import AnswerChecker

_TRIES = 2
"""Times that an answer is judged before a failure of ours is given up on."""


class Grader:
    """Grades samples in `sandbox`, which stays the caller's; safe to ask from many tasks of one loop.

    Entered as an async context manager it also owns the process that compares mathematical answers, which starts with
    the first of them. `expected`: the folder where outputs of references are kept, instead of the user's cache.
    """

    def __init__(self, sandbox: Sandbox, expected: Path | None = None) -> None:
        self._judge = Judge(sandbox)
        self._inputs = InputsGrader(self._judge, References(self._judge, expected or default_folder()))
        self._tests = TestsGrader(self._judge)
        self._scripts = ScriptGrader(self._judge)
        self._answers: AnswerChecker | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End the process that compares answers, where one was started."""
        checker, self._answers = self._answers, None
        if checker is not None:
            await checker.close()

    @staticmethod
    def require(items: Iterable[Item]) -> None:
        """Raise `MissingComponent` for what the checks of `items` need and is not there: worth asking before hours of
        generation."""
        if any(isinstance(item.check, AnswerCheck) for item in items):
            from evals.grading.answers_process import require_libraries

            require_libraries()

    async def grade(self, item: Item, sample: Sample) -> Grade:
        """Grade a sample and the candidates it was chosen from.

        Raises `InfrastructureError` for a failure of ours that a second try did not mend: it says nothing of the
        sample. Raises `MissingComponent` where nothing can be isolated, or a library is not installed.
        """
        known: dict[str, Judged] = {}
        chosen = await self._judged(item, _given(item, sample.solution, sample.text), known)
        candidates: dict[str, bool] = {}
        for attempt in sample.attempts:
            if attempt.step is None:
                candidates[attempt.id] = (await self._judged(item, _answer(item, attempt), known)).passed
        return Grade(
            task_id=sample.task_id,
            sample=sample.sample,
            key=sample.key,
            passed=chosen.passed,
            base=chosen.base,
            status=chosen.status,
            detail=chosen.detail,
            failure=chosen.failure,
            candidates=candidates,
            seconds=sum(judged.seconds for judged in known.values()),
        )

    async def _judged(self, item: Item, answer: str | None, known: dict[str, Judged]) -> Judged:
        if answer is None or not answer.strip():
            missing = NO_ANSWER if isinstance(item.check, AnswerCheck) else NO_PROGRAM
            return missing._replace(base=False) if isinstance(item.check, InputsCheck) else missing
        if answer in known:
            return known[answer]
        for _ in range(_TRIES):
            judged = await self._check(item, answer)
            if judged.status != "infrastructure":
                known[answer] = judged
                return judged
        raise InfrastructureError(f"{item.id!r} could not be graded: {judged.detail}; see: hi-moe sandbox check")

    async def _check(self, item: Item, answer: str) -> Judged:
        check = item.check
        if isinstance(check, InputsCheck):
            return await self._inputs.grade(item.id, check, answer)
        if isinstance(check, TestsCheck):
            return await self._tests.grade(item, check, answer)
        if isinstance(check, AnswerCheck):
            return await self._equivalent(check, answer)
        return await self._scripts.grade(item, check, answer)

    async def _equivalent(self, check: AnswerCheck, answer: str) -> Judged:
        if self._answers is None:
            from evals.grading.answers import AnswerChecker

            self._answers = AnswerChecker()
        verdict = await self._answers.equivalent(check.expected, answer)
        if verdict.status == "accepted":
            return Judged("accepted", seconds=verdict.seconds)
        expected, actual = shorten(check.expected, LIMIT), shorten(answer, LIMIT)
        failure = Failure(test_index=0, input="the final answer", expected=expected, actual=actual)
        detail = one_line(verdict.detail) or "another answer"
        return Judged(verdict.status, None, detail, failure, verdict.seconds)


def _answer(item: Item, attempt: Attempt) -> str | None:
    candidate = attempt.candidate
    return _given(item, candidate.answer if isinstance(item.check, AnswerCheck) else candidate.code, candidate.text)


def _given(item: Item, answer: str | None, text: str) -> str | None:
    """What is graded: the answer as it was extracted, or all boxes of the text where several values are expected."""
    return given_answer(item.check.expected, answer, text) if isinstance(item.check, AnswerCheck) else answer
