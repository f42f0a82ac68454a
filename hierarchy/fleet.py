"""The Fleet: do it. Samples candidates from the chosen specialists and judges each as soon as it is complete.

All sampling happens inside one node: the engine decodes the samples as one batch, each finished one goes to the
sandbox while its siblings are still decoding, and the siblings are cancelled once a candidate is verified with enough
confidence. Every finished attempt is in the ledger before the node ends, so that a killed run repeats none of them.
"""

import asyncio
import hashlib
from collections.abc import Sequence

from hierarchy.asking import messages_of
from hierarchy.attempt import Attempt, Verdict
from hierarchy.briefs import Brief, brief, candidate_of
from hierarchy.chat import ChatRequest, Completion, Sampling
from hierarchy.confidence import evidence_of, p_correct
from hierarchy.context import Emit, Ring, model_call
from hierarchy.dispatcher import plan_final
from hierarchy.errors import BudgetTooSmall, HiMoeError, InfrastructureError, PromptTooLong
from hierarchy.events import CandidateJudged, SamplesCancelled, SamplesStarted
from hierarchy.plan import Route, Step
from hierarchy.protocols import ChatModel, Generation
from hierarchy.selecting import select
from hierarchy.specialist import Specialist
from hierarchy.state import Json, RingState
from hierarchy.usage import Usage

MIN_TOKENS = 32
"""Below this many tokens a sample is not worth starting."""


async def fleet(state: RingState, ring: Ring, emit: Emit) -> Json:
    """The Fleet's node: the attempts of this round, with their verdicts, and the best answer among all so far."""
    work = FleetRound(state, ring, emit)
    await work.run()
    attempts = tuple(sorted(work.attempts, key=lambda attempt: attempt.id))
    update: Json = {
        "attempts": [attempt.model_dump(mode="json") for attempt in attempts],
        "usage": work.usage.model_dump(mode="json"),
        "step_results": {**state.step_results, **_step_results(attempts, state)},
    }
    after = state.model_copy(update={"attempts": (*state.attempts, *attempts)})
    if not work.settled:
        chosen, spent = await select(after, ring, emit)
        if chosen:
            update["selection"] = chosen.model_dump(mode="json")
        update["usage"] = (work.usage + spent).model_dump(mode="json")
    return update


def _step_results(attempts: Sequence[Attempt], state: RingState) -> dict[str, str]:
    """The attempt that stands for each step worked on: the best verdict, the earliest among equals."""
    if state.plan is None or len(state.plan.steps) == 1:
        return {}
    results: dict[str, str] = {}
    for attempt in attempts:
        if attempt.verdict.status == "infrastructure":
            continue
        step = attempt.step or state.plan.final.id
        held = next((other for other in attempts if other.id == results.get(step)), None)
        if held is None or (attempt.verdict.status == "accepted") > (held.verdict.status == "accepted"):
            results[step] = attempt.id
    # A step whose model call was cut off counts as done without a result: the final step can do without it.
    return results | {route.step: "" for route in state.routes if route.step not in results}


class FleetRound:
    """One round's worth of sampling and judging."""

    def __init__(self, state: RingState, ring: Ring, emit: Emit) -> None:
        self._state = state
        self._ring = ring
        self._emit = emit
        self._generations: list[Generation] = []
        self._stopped = False
        self._cancelling: set[asyncio.Task[None]] = set()
        shares = [samples for route in state.routes for _, samples in route.shares]
        self._planned, self._prompts = sum(shares), len(shares)
        self._finished = {attempt.id: attempt for attempt in ring.ledger.attempts(ring.run_id, state.round)}
        self._calls = ring.ledger.calls(ring.run_id)
        self.attempts: list[Attempt] = []
        self.usage = Usage()
        self.settled = False
        """A candidate was verified with enough confidence: nothing more is sampled."""

    async def run(self) -> None:
        """Sample and judge all routes; returns when everything is complete, cancelled or out of time."""
        loop = asyncio.get_running_loop()
        left = self._ring.policy.budget.wall_seconds - self._ring.stopwatch.elapsed()
        alarm = loop.call_later(max(left, 0.0), self._stop_sampling)
        try:
            async with asyncio.TaskGroup() as group:
                for route in self._state.routes:
                    first = 0
                    for name, samples in route.shares:
                        indexes = range(first, first + samples)
                        group.create_task(self._share(group, route, self._ring.specialists[name], indexes))
                        first += samples
        except ExceptionGroup as errors:
            # One cause, one message: the first error of our own, else the first of all.
            ours = errors.subgroup(HiMoeError)
            raise _first(ours or errors) from errors
        finally:
            alarm.cancel()
        failed = [attempt.verdict.detail for attempt in self.attempts if attempt.verdict.status == "infrastructure"]
        if failed and len(failed) == len(self.attempts):
            raise InfrastructureError(f"the sandbox failed on every answer: {failed[0]}; see: hi-moe doctor")

    async def _share(self, group: asyncio.TaskGroup, route: Route, specialist: Specialist, indexes: range) -> None:
        """One specialist's samples of one step."""
        step = self._step(route.step)
        call_id = f"{self._state.round}.fleet.{step.id}.{specialist.name}"
        earlier = [call for call in self._calls if call.call_id.startswith(f"{call_id}.")]
        self.usage += sum((call.usage for call in earlier), Usage())
        todo = [index for index in indexes if not self._replay(step, index, counted=bool(earlier))]
        if not todo or self._stopped:
            return
        asked = brief(self._state, step, specialist)
        model = await self._ring.models.get(self._model_name(specialist))
        messages = messages_of(asked.turns)
        prompt_tokens = model.count_tokens(messages)
        room = min(self._room(model, prompt_tokens), specialist.max_tokens, self._ring.policy.max_tokens)
        if room < min(MIN_TOKENS, specialist.max_tokens, self._ring.policy.max_tokens) and self._state.directives[1:]:
            return
        if self._stopped:  # while the model was being opened
            return
        budget = self._ring.policy.budget.tokens
        if prompt_tokens < model.card.context_tokens and prompt_tokens >= budget:
            raise BudgetTooSmall(
                f"the prompt alone has {prompt_tokens} tokens, and budget.tokens is {budget}; raise it: --budget-tokens"
            )
        samples = tuple(self._sampling(step, index, specialist, asked, max(room, 1)) for index in todo)
        request = ChatRequest(messages=messages, samples=samples, adapter=specialist.adapter)
        try:
            generation = model.generate(request)
        except PromptTooLong:
            if self._state.directive.action == "direct":
                raise
            return  # A repair or an assembly that outgrew the context: the ladder goes on without it.
        self._emit(
            SamplesStarted(
                round=self._state.round,
                step=step.id,
                specialist=specialist.name,
                action=self._state.directive.action,
                samples=len(todo),
            )
        )
        complete = 0
        self._generations.append(generation)
        try:
            async for completion in generation:
                complete += 1
                index = todo[completion.index]
                sampling = samples[completion.index]
                group.create_task(self._judge(step, index, specialist, asked, model, sampling, completion))
        finally:
            await generation.cancel()
            self._record(f"{call_id}.{len(earlier)}", asked, specialist, model, generation.usage, len(todo), complete)

    async def _judge(
        self,
        step: Step,
        index: int,
        specialist: Specialist,
        asked: Brief,
        model: ChatModel,
        sampling: Sampling,
        completion: Completion,
    ) -> None:
        final = plan_final(step, self._state)
        candidate = candidate_of(
            asked,
            completion,
            self._state.problem,
            specialist=specialist.name,
            model=model.card.name,
            sampling=sampling,
            final=final,
        )
        code, answer = candidate.code, candidate.answer
        verdict = await self._verdict(code, answer, final=final)
        if verdict.status == "infrastructure":  # ours, and perhaps passing: once more
            verdict = await self._verdict(code, answer, final=final)
        attempt = Attempt(
            id=self._id(step, index),
            parent_id=self._state.directive.parent_id,
            round=self._state.round,
            action=self._state.directive.action,
            step=None if final else step.id,
            candidate=candidate,
            verdict=verdict,
        )
        if verdict.status != "infrastructure":  # not finished, so that a resumed run judges it anew
            self._ring.ledger.record_attempt(self._ring.run_id, attempt)
        self._take(attempt, replayed=False)

    async def _verdict(self, code: str | None, answer: str | None, *, final: bool) -> Verdict:
        problem = self._state.problem
        if not problem.is_code:
            return self._ring.judge.judge_answer(answer)
        if not final:
            problem = problem.model_copy(update={"entry_point": None, "public_tests": (), "task": "function"})
        return await self._ring.judge.judge(problem, code)

    def _take(self, attempt: Attempt, *, replayed: bool) -> None:
        self.attempts.append(attempt)
        self.usage += Usage(sandbox_seconds=attempt.verdict.sandbox_seconds)
        self._emit(CandidateJudged(attempt=attempt, replayed=replayed))
        p = p_correct(evidence_of(attempt.verdict, first_try=attempt.action == "direct"))
        if attempt.step is None and attempt.verdict.solved and p >= self._ring.policy.ladder.confidence:
            self.settled = True
            self._stop_sampling()

    def _replay(self, step: Step, index: int, *, counted: bool) -> bool:
        """Take an attempt that an earlier process finished; its tokens count, unless its call's were `counted`."""
        attempt = self._finished.get(self._id(step, index))
        if attempt is None:
            return False
        if not counted:
            self.usage += attempt.candidate.usage
        self._take(attempt, replayed=True)
        return True

    def _stop_sampling(self) -> None:
        self._stopped = True
        for generation in self._generations:
            task = asyncio.ensure_future(generation.cancel())
            self._cancelling.add(task)
            task.add_done_callback(self._cancelling.discard)

    def _record(
        self,
        call_id: str,
        asked: Brief,
        specialist: Specialist,
        model: ChatModel,
        usage: Usage,
        samples: int,
        complete: int,
    ) -> None:
        self.usage += usage
        call = model_call(
            call_id,
            "fleet",
            specialist.name,
            model,
            asked.prompt,
            usage,
            samples=samples,
            cancelled=samples - complete,
        )
        self._ring.ledger.record_call(self._ring.run_id, call)
        if complete < samples:
            self._emit(
                SamplesCancelled(round=self._state.round, specialist=specialist.name, samples=samples - complete)
            )

    def _sampling(self, step: Step, index: int, specialist: Specialist, asked: Brief, room: int) -> Sampling:
        greedy = self._state.directive.action == "direct" or (
            self._state.directive.action == "repair" and self._is_first_repair()
        )
        return Sampling(
            temperature=0.0 if greedy else specialist.temperature,
            top_p=1.0 if greedy else specialist.top_p,
            max_tokens=room,
            stop=asked.stop,
            seed=derive_seed(self._state.seed, self._state.round, step.id, index),
        )

    def _is_first_repair(self) -> bool:
        return [directive.action for directive in self._state.directives].count("repair") == 1

    def _room(self, model: ChatModel, prompt_tokens: int) -> int:
        """Tokens each sample may take: what the context leaves, and its part of what the budget leaves."""
        left = self._ring.policy.budget.tokens - self._state.usage.tokens - prompt_tokens * self._prompts
        return min(model.card.context_tokens - prompt_tokens, left // self._planned)

    def _model_name(self, specialist: Specialist) -> str | None:
        if self._state.directive.action == "escalate":
            return self._ring.roles.escalation
        return specialist.model

    def _step(self, step_id: str) -> Step:
        if self._state.plan is None:
            raise ValueError("the fleet was entered without a plan")
        return next(step for step in self._state.plan.steps if step.id == step_id)

    def _id(self, step: Step, index: int) -> str:
        return f"{self._state.round}.{step.id}.{index}"


def derive_seed(seed: int, round_number: int, step: str, index: int) -> int:
    """A seed of its own for every sample, the same again for the same run seed: the first 32 bits of a SHA-256."""
    text = f"{seed}:{round_number}:{step}:{index}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def _first(errors: BaseExceptionGroup[Exception]) -> Exception:
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, Exception) else RuntimeError(str(error))
