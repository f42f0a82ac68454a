"""What comes out: the answer, how sure it is, and what it cost."""

from hierarchy.attempt import Attempt
from hierarchy.base import Frozen
from hierarchy.plan import Status
from hierarchy.usage import Usage


class Outcome(Frozen):
    """The result of one run."""

    run_id: str
    problem_id: str
    status: Status
    p_correct: float
    """The estimated probability that the answer is right, in [0, 1]."""
    text: str
    """The chosen answer as the model wrote it; empty when abstained."""
    code: str | None = None
    answer: str | None = None
    reason: str
    """Why the Monitor stopped, one line."""
    selected_id: str | None = None
    attempts: tuple[Attempt, ...] = ()
    usage: Usage = Usage()
    rounds: int = 0
    seconds: float = 0.0
    """Wall seconds of the run, the time before a resume included."""
    surprises: tuple[str, ...] = ()
    """Rounds that went far from what was predicted, one line each."""
