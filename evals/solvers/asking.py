"""How the solvers without a ring ask: one prompt, one request, each completion judged on the public tests."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evals.solvers.base import Solved
from hierarchy.asking import messages_of
from hierarchy.attempt import Action, Attempt, Verdict
from hierarchy.briefs import Brief, candidate_of
from hierarchy.chat import ChatRequest, Completion, Sampling
from hierarchy.context import model_call
from hierarchy.errors import InfrastructureError, SettingsError
from hierarchy.judge import Judge
from hierarchy.ledger.ids import new_run_id
from hierarchy.ledger.records import ModelCall
from hierarchy.outcome import Outcome
from hierarchy.plan import Status
from hierarchy.problem import Problem
from hierarchy.protocols import ChatModel, Generation, Models
from hierarchy.specialist import Specialist
from hierarchy.usage import Usage
from prompts.loader import load

PLAIN = Specialist(
    name="plain",
    description="each task's plain prompt, nobody's speciality",
    prompts={"function": "solve_function", "program": "solve_program", "math": "solve_math", "text": "solve_text"},
)
"""Who is asked where no specialist is: the prompts that EvalPlus and the model's authors use."""

_Done = Callable[[Attempt], bool]
"""Whether to stop sampling once this attempt is judged."""


@dataclass(frozen=True)
class Asker:
    """Models, judge and the one specialist of a solver."""

    models: Models
    judge: Judge
    max_tokens: int
    """Longest completion."""
    specialist: Specialist = PLAIN

    async def open(self, problem: Problem) -> "Session":
        """The model and the rendered prompt for a problem.

        Raises `SettingsError` when the specialist does not serve its task, `MissingComponent`, `EngineFailed`.
        """
        if problem.task not in self.specialist.prompts:
            raise SettingsError(
                f"the specialist {self.specialist.name!r} serves {', '.join(self.specialist.tasks)}, not the task "
                f"{problem.task!r} of {problem.id!r}; choose another solver, or leave such items out with --ids"
            )
        prompt = load(self.specialist.prompt_for(problem.task))
        turns = prompt.render(statement=problem.statement, entry_point=problem.must_define)
        model = await self.models.get(self.specialist.model)
        return Session(self, problem, Brief(prompt, turns, problem.task == "function"), model)


class Session:
    """One problem: every request made for it, and what came of each."""

    def __init__(self, asker: Asker, problem: Problem, asked: Brief, model: ChatModel) -> None:
        self._asker = asker
        self._problem = problem
        self._asked = asked
        self._model = model
        self._messages = messages_of(asked.turns)
        self._start = time.monotonic()
        self.prompt_tokens = model.count_tokens(self._messages)
        self.attempts: list[Attempt] = []
        self.calls: list[ModelCall] = []

    @property
    def usage(self) -> Usage:
        """All that was spent so far."""
        sandbox = Usage(sandbox_seconds=sum(attempt.verdict.sandbox_seconds for attempt in self.attempts))
        return sum((call.usage for call in self.calls), sandbox)

    def sampling(self, temperature: float, seed: int, *, max_tokens: int | None = None) -> Sampling:
        """One sample's parameters, bounded by what the context leaves."""
        specialist = self._asker.specialist
        room = self._model.card.context_tokens - self.prompt_tokens
        longest = min(self._asker.max_tokens, specialist.max_tokens, max(room, 1))
        return Sampling(
            temperature=temperature,
            top_p=specialist.top_p if temperature else 1.0,
            max_tokens=max(1, min(longest, max_tokens or longest)),
            stop=self._asked.stop,
            seed=seed % 2**32,
        )

    async def draw(self, samples: Sequence[Sampling], action: Action, enough: _Done = lambda attempt: False) -> None:
        """One request; each completion is judged while the others decode. Samples still decoding when `enough` says so
        are cancelled. Raises `PromptTooLong`, `EngineFailed`, and `InfrastructureError` where the sandbox failed."""
        number = len(self.calls)
        generation = self._model.generate(
            ChatRequest(messages=self._messages, samples=tuple(samples), adapter=self._asker.specialist.adapter)
        )
        judging: list[asyncio.Task[Attempt]] = []
        try:
            async with asyncio.TaskGroup() as group:
                async for completion in generation:
                    work = self._judged(number, samples, action, completion, generation, enough)
                    judging.append(group.create_task(work))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from errors
        finally:
            await generation.cancel()
            done = len(judging)
            call = model_call(
                f"{number}.fleet.{self._asker.specialist.name}",
                "fleet",
                self._asker.specialist.name,
                self._model,
                self._asked.prompt,
                generation.usage,
                samples=len(samples),
                cancelled=len(samples) - done,
            )
            self.calls.append(call)
        self.attempts += sorted((task.result() for task in judging), key=lambda attempt: attempt.id)

    async def _judged(
        self,
        number: int,
        samples: Sequence[Sampling],
        action: Action,
        completion: Completion,
        generation: Generation,
        enough: _Done,
    ) -> Attempt:
        candidate = candidate_of(
            self._asked,
            completion,
            self._problem,
            specialist=self._asker.specialist.name,
            model=self._model.card.name,
            sampling=samples[completion.index],
            final=True,
        )
        verdict = await self._verdict(candidate.code, candidate.answer)
        if verdict.status == "infrastructure":
            verdict = await self._verdict(candidate.code, candidate.answer)
        if verdict.status == "infrastructure":
            raise InfrastructureError(f"the sandbox failed on an answer: {verdict.detail}; see: hi-moe doctor")
        attempt = Attempt(
            id=f"{number}.answer.{completion.index}", round=number, action=action, candidate=candidate, verdict=verdict
        )
        if enough(attempt):
            await generation.cancel()
        return attempt

    async def _verdict(self, code: str | None, answer: str | None) -> Verdict:
        if self._problem.is_code:
            return await self._asker.judge.judge(self._problem, code)
        return self._asker.judge.judge_answer(answer)

    def solved(self, chosen: Attempt | None, status: Status, p_correct: float, reason: str) -> Solved:
        """The outcome that answers with `chosen`."""
        outcome = Outcome(
            run_id=new_run_id(),
            problem_id=self._problem.id,
            status=status,
            p_correct=p_correct,
            text=chosen.candidate.text if chosen else "",
            code=chosen.candidate.code if chosen else None,
            answer=chosen.candidate.answer if chosen else None,
            reason=reason,
            selected_id=chosen.id if chosen else None,
            attempts=tuple(self.attempts),
            usage=self.usage,
            rounds=len(self.calls),
            seconds=time.monotonic() - self._start,
        )
        return Solved(outcome, tuple(self.calls))
