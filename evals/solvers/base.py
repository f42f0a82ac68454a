"""What a run asks of a solver."""

from typing import NamedTuple, Protocol

from hierarchy.ledger.records import ModelCall
from hierarchy.outcome import Outcome
from hierarchy.problem import Problem


class Solved(NamedTuple):
    """An outcome with what every tier and specialist spent on it."""

    outcome: Outcome
    calls: tuple[ModelCall, ...] = ()


class Solver(Protocol):
    """Answers problems; safe to ask from many tasks of one event loop."""

    async def solve(self, problem: Problem, *, seed: int) -> Solved:
        """Answer one problem; all randomness follows from `seed`.

        Raises `PromptTooLong` and `ProblemError` for a problem that it cannot take, which counts as not solved, and
        `InfrastructureError` for a failure of ours, which a run retries. Anything else, such as `MissingComponent`,
        stops the run.
        """
        ...
