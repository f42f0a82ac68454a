"""One call: the baseline that everything else must beat."""

from dataclasses import dataclass

from evals.solvers.asking import Asker
from evals.solvers.base import Solved
from hierarchy.confidence import evidence_of, p_correct
from hierarchy.plan import Status
from hierarchy.problem import Problem


@dataclass(frozen=True)
class Direct:
    """Asks once, greedily unless there is a temperature, and answers with what comes."""

    asker: Asker
    temperature: float = 0.0

    async def solve(self, problem: Problem, *, seed: int) -> Solved:
        """One sample. Raises what `Asker.open` and `Session.draw` raise."""
        session = await self.asker.open(problem)
        await session.draw([session.sampling(self.temperature, seed)], "direct")
        if not session.attempts:
            return session.solved(None, "abstained", 0.0, "the engine cut the answer off")
        only = session.attempts[0]
        if only.verdict.status == "compile_error":
            return session.solved(only, "abstained", 0.0, only.verdict.detail)
        status: Status = "verified" if only.verdict.solved else "unverified"
        evidence = evidence_of(only.verdict, first_try=True)
        p = p_correct(evidence) if only.verdict.status == "accepted" else 0.02
        return session.solved(only, status, p, "one call")
