"""The selector: among several attempts, the one to answer with.

For programs, evidence is weighed in this order: public tests passed; then how alike the programs behave on generated
edge-case inputs; then, where that leaves it open, the model's answer to one narrow question about one input on which
the leading behaviours differ. Final answers of mathematics problems are put to a vote.
"""

import ast
import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from hierarchy.attempt import Attempt
from hierarchy.judge import Judge, Observation
from hierarchy.problem import Problem, TestCase
from hierarchy.protocols import Models
from hierarchy.selection.adjudicate import OnCall, Question, adjudicate, is_narrow, shown
from hierarchy.selection.answers import vote
from hierarchy.selection.clusters import Behaviour, Cluster, clusters, counted_inputs, disagreements
from hierarchy.selection.inputs import edge_inputs, magnitude
from hierarchy.selection.selection import Method, Selection
from hierarchy.settings import LadderSettings
from hierarchy.usage import Usage
from sandbox.types import Call, Stdin

_REPEATED = 4
"""Inputs that every program gets twice: it must do the same both times, or its outputs are no behaviour at all."""


OBSERVED_CPU_SECONDS, OBSERVED_WALL_SECONDS = 1.0, 8.0
"""Bounds of comparing one candidate, per input and in all: a program that hangs on generated inputs must not hold up
the others. The sandbox's own limits count where they are tighter."""


class _Field(NamedTuple):
    """The attempts in question, the distinct programs among them, and what these did."""

    attempts: tuple[Attempt, ...]
    programs: tuple[str, ...]
    program_of: tuple[int, ...]
    """For each attempt the index of its program."""
    inputs: tuple[Call | Stdin, ...] = ()
    seen: tuple[tuple[Observation, ...], ...] = ()
    """For each program what it did on the first few inputs and then on every input; empty when there was nothing to
    compare."""

    def behaviours(self) -> list[Behaviour]:
        """What each attempt did."""
        outputs = [self._outputs(row) for row in self.seen] or [()] * len(self.programs)
        return [
            Behaviour(outputs[program], attempt.candidate.mean_logprob)
            for attempt, program in zip(self.attempts, self.program_of, strict=True)
        ]

    def identities(self) -> list[Behaviour]:
        """Each attempt as its program: equal where the programs are."""
        return [
            Behaviour((str(program),), attempt.candidate.mean_logprob)
            for attempt, program in zip(self.attempts, self.program_of, strict=True)
        ]

    def _outputs(self, row: Sequence[Observation]) -> tuple[str | None, ...]:
        outputs = tuple(one.key if one.ran else None for one in row)
        extra = len(row) - len(self.inputs)
        earlier, every = outputs[:extra], outputs[extra:]
        # A program that draws lots agrees with no one, least of all with a copy of itself.
        steady = all(one in (other, None) or other is None for one, other in zip(earlier, every, strict=False))
        return every if steady else (None,) * len(every)

    def without_failures_of_ours(self) -> "_Field":
        """Leave out programs that the sandbox failed on: that says nothing about them. All stay if it failed on all."""
        kept = [index for index, row in enumerate(self.seen) if not _is_ours(row)]
        if len(kept) == len(self.programs):
            return self
        if not kept:
            return self._replace(seen=())
        pairs = [(a, kept.index(p)) for a, p in zip(self.attempts, self.program_of, strict=True) if p in kept]
        return self._replace(
            attempts=tuple(attempt for attempt, _ in pairs),
            programs=tuple(self.programs[index] for index in kept),
            program_of=tuple(program for _, program in pairs),
            seen=tuple(self.seen[index] for index in kept),
        )

    def questions(self, ranked: Sequence[Cluster], counted: Sequence[int]) -> list[Question]:
        """Calls on which the two leading clusters differ, the shortest first."""
        if len(ranked) < 2 or not self.seen:
            return []
        pair = [self.program_of[cluster.members[0]] for cluster in ranked[:2]]
        behaviours = self.behaviours()
        first, second = (behaviours[cluster.members[0]] for cluster in ranked[:2])
        found = []
        for index in disagreements(first, second, counted):
            call = self.inputs[index]
            outputs = tuple(self.seen[program][index - len(self.inputs)].value for program in pair)
            if isinstance(call, Call) and is_narrow(call, outputs):
                found.append(Question(call, outputs))
        return sorted(found, key=lambda question: len(shown(question.call)))


class Selector:
    """Chooses among attempts; safe to use from many tasks of one event loop."""

    def __init__(self, judge: Judge, models: Models, ladder: LadderSettings, model_name: str | None = None) -> None:
        self._judge = judge
        self._models = models
        self._ladder = ladder
        self._model_name = model_name

    async def select(
        self, problem: Problem, attempts: Sequence[Attempt], checks: Sequence[TestCase], *, on_call: OnCall
    ) -> Selection:
        """The best of `attempts`; `checks` are tests nobody vouches for, the Architect's.

        Raises `ValueError` without attempts; what the sandbox and the engine raise passes through.
        """
        if not attempts:
            raise ValueError("there is no attempt to select from")
        if not problem.is_code:
            return _by_answer(attempts)
        field = _leading(attempts)
        if len(field.attempts) == 1:
            return _lone(field.attempts[0], len(attempts))
        if len(field.programs) > 1:
            # The smallest first: a program that is too slow for the large ones has then shown what it does.
            inputs = tuple(sorted(edge_inputs(problem, self._ladder.selection_inputs), key=magnitude))
            twice = inputs[: _REPEATED if problem.task == "function" else 1]
            began = time.perf_counter()
            if inputs:
                seen = await asyncio.gather(
                    *(self._observed(problem, program, (*twice, *inputs)) for program in field.programs)
                )
                field = field._replace(inputs=inputs, seen=tuple(seen)).without_failures_of_ours()
            usage = Usage(sandbox_seconds=time.perf_counter() - began)
        else:
            usage = Usage()
        selection = await self._by_behaviour(problem, field, checks, on_call)
        return selection.model_copy(update={"usage": selection.usage + usage})

    async def _observed(
        self, problem: Problem, program: str, inputs: Sequence[Call | Stdin]
    ) -> tuple[Observation, ...]:
        """What the program does; asked again once where our own machinery failed."""
        own = self._judge.limits
        limits = replace(
            own,
            cpu_seconds=min(own.cpu_seconds, OBSERVED_CPU_SECONDS),
            wall_seconds=min(own.wall_seconds, OBSERVED_WALL_SECONDS),
        )
        seen = await self._judge.observe(problem, program, inputs, limits)
        return await self._judge.observe(problem, program, inputs, limits) if _is_ours(seen) else seen

    async def _by_behaviour(
        self, problem: Problem, field: _Field, checks: Sequence[TestCase], on_call: OnCall
    ) -> Selection:
        behaviours = field.behaviours()
        counted = counted_inputs(behaviours)
        # Where nothing was observed, only copies of one program can be said to agree.
        ranked = clusters(behaviours, counted) if counted else clusters(field.identities(), (0,))
        seconds = 0.0
        if checks and len(ranked) > 1:
            ranked, seconds = await self._weighed(problem, field, ranked, checks)
        winner, usage = ranked[0], Usage(sandbox_seconds=seconds)
        method: Method = "clusters" if counted else "likelihood"
        questions = field.questions(ranked, counted)[: self._ladder.adjudications]
        if questions:
            model = await self._models.get(self._model_name)
            tally = await adjudicate(model, problem, questions, on_call)
            usage += tally.usage
            if tally.votes[1] > tally.votes[0]:
                winner, method = ranked[1], "adjudicated"
        return Selection(
            attempt_id=field.attempts[winner.members[0]].id,
            agreement=len(winner.members) / len(behaviours),
            voters=len(behaviours),
            method=method,
            reason=_reason(winner, ranked, len(counted)),
            usage=usage,
            cluster_sizes=tuple(sorted((len(cluster.members) for cluster in ranked), reverse=True)),
            inputs=len(counted),
        )

    async def _weighed(
        self, problem: Problem, field: _Field, ranked: Sequence[Cluster], checks: Sequence[TestCase]
    ) -> tuple[tuple[Cluster, ...], float]:
        """The clusters by size times the share of the checks they pass, and the sandbox seconds that took.

        The product is CodeT's (Chen et al., ICLR 2023): a test nobody vouches for counts as much as a vote.
        """
        leaders = [field.programs[field.program_of[cluster.members[0]]] for cluster in ranked]
        verdicts = await asyncio.gather(*(self._judge.judge(problem, code, checks) for code in leaders))
        weights = [
            len(cluster.members) * (1 + verdict.tests_passed) for cluster, verdict in zip(ranked, verdicts, strict=True)
        ]
        order = sorted(range(len(ranked)), key=lambda index: (-weights[index], index))
        return tuple(ranked[index] for index in order), sum(verdict.sandbox_seconds for verdict in verdicts)


def _is_ours(seen: Sequence[Observation]) -> bool:
    return bool(seen) and all(one.error_type == "infrastructure" for one in seen)


def _leading(attempts: Sequence[Attempt]) -> _Field:
    """The attempts with the best verdicts. Programs that differ in layout or comments only are one program."""
    best = max(map(_standing, attempts))
    leading = tuple(attempt for attempt in attempts if _standing(attempt) == best)
    programs: dict[str, int] = {}
    sources: list[str] = []
    program_of = []
    for attempt in leading:
        code = attempt.candidate.code or ""
        known = programs.setdefault(_essence(code), len(sources))
        if known == len(sources):
            sources.append(code)
        program_of.append(known)
    return _Field(leading, tuple(sources), tuple(program_of))


def _standing(attempt: Attempt) -> tuple[bool, bool, int]:
    verdict = attempt.verdict
    return attempt.candidate.code is not None, verdict.status == "accepted", verdict.tests_passed


def _essence(code: str) -> str:
    try:
        return ast.unparse(ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code


def _lone(attempt: Attempt, attempts: int) -> Selection:
    verdict = attempt.verdict
    shown = f"passes {verdict.tests_passed} of {verdict.tests_total} public tests"
    reason = f"the only one of {attempts} that {shown}" if attempts > 1 else "the only candidate"
    method: Method = "public_tests" if attempts > 1 else "only_one"
    return Selection(attempt_id=attempt.id, agreement=1.0, voters=1, method=method, reason=reason, cluster_sizes=(1,))


def _by_answer(attempts: Sequence[Attempt]) -> Selection:
    """The final answer most attempts arrive at."""
    usable = [attempt for attempt in attempts if attempt.verdict.status == "accepted"] or list(attempts)
    result = vote([a.candidate.answer for a in usable], [a.candidate.mean_logprob for a in usable])
    if result is None:
        return Selection(
            attempt_id=usable[0].id, agreement=0.0, voters=0, method="likelihood", reason="nobody gave an answer"
        )
    chosen = usable[result.winner]
    return Selection(
        attempt_id=chosen.id,
        agreement=result.agreement,
        voters=result.voters,
        method="answers" if len(attempts) > 1 else "only_one",
        reason=f"{result.sizes[0]} of {result.voters} answers agree",
        cluster_sizes=result.sizes,
    )


def _reason(winner: Cluster, ranked: Sequence[Cluster], counted: int) -> str:
    voters = sum(len(cluster.members) for cluster in ranked)
    if not counted:
        same = f"; {len(winner.members)} are the same program" if len(winner.members) > 1 else ""
        return f"the best guess among {voters} candidates that could not be compared{same}"
    alike = f"{len(winner.members)} of {voters} candidates behave alike on {counted} generated inputs"
    if winner is not ranked[0]:
        return f"{alike}; the model sides with them where they differ from the {len(ranked[0].members)} that lead"
    return alike
