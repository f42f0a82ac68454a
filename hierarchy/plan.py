"""What to do next: directive, plan, ranking, route."""

from typing import Literal

from pydantic import Field, model_validator

from hierarchy.attempt import Action
from hierarchy.base import Frozen
from hierarchy.problem import TestCase
from hierarchy.usage import Usage

Status = Literal["verified", "agreed", "unverified", "abstained"]
"""How sure an outcome is: public tests passed; independent answers agree; neither; nothing worth showing."""


class Directive(Frozen):
    """The Monitor's decision for one round of the ring."""

    action: Action
    reason: str
    round: int = Field(ge=0)
    samples: int = Field(default=1, ge=0)
    effort: Literal["direct", "plan"] = "direct"
    """What the Architect is to do: pass the problem through, or decompose it."""
    parent_id: str | None = None
    """The attempt to repair."""
    avoid: tuple[str, ...] = ()
    """Specialists that are stuck and should not be chosen again where another can be."""
    predicted: float = Field(default=0.5, ge=0, le=1)
    """P(this round solves it), for surprise detection."""
    selected_id: str | None = None
    """With `stop`: the attempt to answer with."""
    status: Status | None = None
    """With `stop`: what the outcome may claim."""
    p_correct: float | None = Field(default=None, ge=0, le=1)


class Step(Frozen):
    """One step of a plan."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    goal: str = Field(min_length=1)
    depends_on: tuple[str, ...] = ()


class Plan(Frozen):
    """Steps with dependencies, the last of which answers the problem, and extra checks for selection.

    At effort `direct` it is one step: the problem itself.
    """

    steps: tuple[Step, ...] = Field(min_length=1)
    checks: tuple[TestCase, ...] = ()
    """Tests the Architect wrote: they help to select among candidates and are never shown to a repair."""

    @model_validator(mode="after")
    def _is_a_dag(self) -> "Plan":
        known: set[str] = set()
        for step in self.steps:
            if step.id in known:
                raise ValueError(f"step id {step.id!r} appears twice")
            missing = [name for name in step.depends_on if name not in known]
            if missing:
                raise ValueError(f"step {step.id!r} depends on {missing[0]!r}, which is no earlier step")
            known.add(step.id)
        return self

    @property
    def final(self) -> Step:
        """The step whose candidates answer the problem."""
        return self.steps[-1]

    def ready(self, done: frozenset[str]) -> tuple[Step, ...]:
        """The next wave: undone steps all of whose dependencies are done. The final step is a wave of its own."""
        wave = tuple(
            step for step in self.steps if step.id not in done and all(name in done for name in step.depends_on)
        )
        early = tuple(step for step in wave if step != self.final)
        if early:
            return early
        return wave if len(done) >= len(self.steps) - 1 else ()


class Ranking(Frozen):
    """A router's answer: every specialist it considers with a probability, best first."""

    scores: tuple[tuple[str, float], ...] = Field(min_length=1)
    router: str
    reason: str = ""
    usage: Usage = Usage()
    """What the router's model calls cost; `calls` is 0 when none was made, and what follows is then empty."""
    model: str = ""
    """The model that was asked, with the prompt it was asked with."""
    prompt: str = ""
    prompt_version: str = ""
    prompt_sha256: str = ""

    @property
    def best(self) -> str:
        """The specialist ranked first."""
        return self.scores[0][0]

    @property
    def confidence(self) -> float:
        """The probability of the specialist ranked first."""
        return self.scores[0][1]


class Route(Frozen):
    """Who works on a step, and with how many samples each."""

    step: str
    shares: tuple[tuple[str, int], ...] = Field(min_length=1)
    """(specialist, samples), best first; the samples add up to the directive's."""
    router: str
    confidence: float
    reason: str = ""
