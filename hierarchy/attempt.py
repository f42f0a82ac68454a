"""What was tried and how it went: candidate, verdict, attempt."""

from typing import Literal

from hierarchy.base import Frozen
from hierarchy.usage import Usage

Status = Literal[
    "accepted",
    "wrong_answer",
    "runtime_error",
    "compile_error",
    "time_limit",
    "memory_limit",
    "output_limit",
    "infrastructure",
]
"""`infrastructure` is our own failure: it never counts against a model and never becomes training data."""

Action = Literal["direct", "sample", "repair", "plan", "escalate", "stop"]
"""The rungs of the ladder, cheapest first."""


class Failure(Frozen):
    """The public test with the shortest input that a candidate failed, as texts to show to a person or a model."""

    test_index: int
    input: str
    """The call or the stdin, e.g. `two_sum([2, 7], 9)`."""
    expected: str
    actual: str
    """What came back, or the error: `ZeroDivisionError: division by zero`."""

    @property
    def signature(self) -> tuple[int, str]:
        """Two failures with the same signature are the same failure again."""
        return self.test_index, self.actual


class Verdict(Frozen):
    """What running the candidate showed."""

    status: Status
    tests_passed: int = 0
    tests_total: int = 0
    """0 means that nothing could be compared: `accepted` then says only that the answer is well-formed and loads."""
    failure: Failure | None = None
    detail: str = ""
    """One line for a person: the compiler's message, the limit that was hit, what was missing."""
    isolation: str = "none"
    """The sandbox tier it ran in; `none` when nothing was executed."""
    sandbox_seconds: float = 0.0

    @property
    def solved(self) -> bool:
        """Every public test passed, and there was at least one."""
        return self.status == "accepted" and self.tests_total > 0


class Candidate(Frozen):
    """One answer of one specialist."""

    text: str
    """What the model wrote, whole."""
    code: str | None = None
    """The program found in it, for code tasks."""
    answer: str | None = None
    """The final answer found in it, for math; the text itself for open text."""
    specialist: str
    model: str
    prompt_sha256: str
    seed: int
    temperature: float
    finish_reason: Literal["stop", "length", "cancelled"]
    mean_logprob: float | None = None
    """Mean natural log-probability of its tokens, where the engine reports them."""
    usage: Usage


class Attempt(Frozen):
    """A candidate with its verdict and its place in the run's tree."""

    id: str
    """`ROUND.STEP.INDEX`, unique within a run: the same step replayed after a crash has the same id."""
    parent_id: str | None = None
    """The attempt it repairs or builds on."""
    round: int
    action: Action
    step: str | None = None
    """The plan step it belongs to; None when it answers the whole problem."""
    candidate: Candidate
    verdict: Verdict
