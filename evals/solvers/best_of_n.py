"""Best-of-n: the control that keeps us honest. The same model, the same public-test filter, no ring.

The first sample is greedy, the others are drawn at a temperature. With public tests the first candidate that passes
them all is the answer, and nothing more is drawn; without, the answer that most samples agree on (mathematics), or the
first that is well-formed (code).

*Matched*: instead of n there is a budget of tokens for each problem: what another run, usually the hierarchy's, spent
on it. Samples are drawn while the next one is expected to fit, by the mean length of those so far; a wave may overshoot
by what its samples are longer than that, which favours this side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.solvers.asking import Asker, Session
from evals.solvers.base import Solved
from hierarchy.attempt import Attempt
from hierarchy.confidence import Evidence, p_correct
from hierarchy.errors import UsageError
from hierarchy.fleet import MIN_TOKENS, derive_seed
from hierarchy.problem import Problem
from hierarchy.selection.answers import vote

_MOST = 64
"""Samples per problem, whatever the budget."""


@dataclass(frozen=True)
class BestOfN:
    """Draws n samples, or as many as the budget of the problem allows."""

    asker: Asker
    n: int = 8
    temperature: float = 0.8
    budgets: Mapping[str, int] | None = None
    """Problem id → tokens, prompt and completion together; None: n samples each."""

    async def solve(self, problem: Problem, *, seed: int) -> Solved:
        """Sample, filter, answer. Raises what `Asker.open` and `Session.draw` raise, and `UsageError` for a problem
        without a budget."""
        if self.budgets is not None and problem.id not in self.budgets:
            raise UsageError(f"the run to match has no finished sample of {problem.id!r}; finish it first (--resume)")
        session = await self.asker.open(problem)
        budget = None if self.budgets is None else self.budgets[problem.id]
        left = None if budget is None else max(budget - session.prompt_tokens, MIN_TOKENS)
        await session.draw([session.sampling(0.0, seed, max_tokens=left)], "direct")
        while not self._settled(session, problem):
            wave = self._wave(session, budget)
            if wave <= 0:
                break
            drawn = sum(call.samples for call in session.calls)
            seeds = [derive_seed(seed, len(session.calls), "answer", drawn + index) for index in range(wave)]
            samples = [session.sampling(self.temperature, one) for one in seeds]
            await session.draw(samples, "sample", lambda attempt: attempt.verdict.solved)
        return _answer(session, problem)

    def _settled(self, session: Session, problem: Problem) -> bool:
        return bool(problem.public_tests) and any(attempt.verdict.solved for attempt in session.attempts)

    def _wave(self, session: Session, budget: int | None) -> int:
        """How many samples to draw next."""
        drawn = sum(call.samples for call in session.calls)
        if budget is None:
            return self.n - drawn
        lengths = [attempt.candidate.usage.completion_tokens for attempt in session.attempts]
        expected = max(sum(lengths) / len(lengths) if lengths else MIN_TOKENS, MIN_TOKENS)
        room = budget - session.usage.tokens - session.prompt_tokens
        return min(int(room // expected), _MOST - drawn)


def _answer(session: Session, problem: Problem) -> Solved:
    formed = [attempt for attempt in session.attempts if attempt.verdict.status != "compile_error"]
    drawn = len(session.attempts)
    if not formed:
        return session.solved(None, "abstained", 0.0, f"none of {drawn} samples holds an answer")
    passing = next((attempt for attempt in formed if attempt.verdict.solved), None)
    if passing is not None:
        p = _p(passing)
        return session.solved(passing, "verified", p, f"first of {drawn} samples that passes the public tests")
    if problem.task == "math":
        return _voted(session, formed)
    best = max(formed, key=lambda attempt: (attempt.verdict.status == "accepted", attempt.verdict.tests_passed))
    return session.solved(best, "unverified", _p(best), f"nearest of {drawn} samples")


def _voted(session: Session, formed: Sequence[Attempt]) -> Solved:
    result = vote(
        [attempt.candidate.answer for attempt in formed], [attempt.candidate.mean_logprob for attempt in formed]
    )
    if result is None:
        return session.solved(formed[0], "unverified", 0.02, "no answers to vote on")
    chosen = formed[result.winner]
    p = p_correct(Evidence(first_try=chosen.action == "direct", agreement=result.agreement, voters=result.voters))
    agreed = result.agreement > 0.5 and result.voters > 1
    reason = f"{result.sizes[0]} of {result.voters} samples agree"
    return session.solved(chosen, "agreed" if agreed else "unverified", p, reason)


def _p(attempt: Attempt) -> float:
    verdict = attempt.verdict
    if verdict.status != "accepted":
        return 0.02
    first = attempt.action == "direct"
    return p_correct(Evidence(tests_passed=verdict.tests_passed, tests_total=verdict.tests_total, first_try=first))
