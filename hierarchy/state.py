"""The state of a run: plain JSON while LangGraph carries and stores it, typed wherever a tier looks at it.

A checkpoint file is input like any other: keeping only JSON in it means that reading one back revives no class.
"""

from typing import Annotated, TypedDict

from pydantic import Field, TypeAdapter

from hierarchy.attempt import Attempt
from hierarchy.base import Frozen
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Plan, Ranking, Route
from hierarchy.problem import Problem
from hierarchy.usage import Usage

Json = dict[str, object]


def merge_attempts(old: list[Json], new: list[Json]) -> list[Json]:
    """Reducer: attempts by id, so that a replayed node adds nothing twice."""
    merged = {attempt["id"]: attempt for attempt in old}
    merged.update({attempt["id"]: attempt for attempt in new})
    return list(merged.values())


def append(old: list[Json], new: list[Json]) -> list[Json]:
    """Reducer: a growing list."""
    return old + new


def add_usage(old: Json, new: Json) -> Json:
    """Reducer: usages add up."""
    return (Usage.model_validate(old or {}) + Usage.model_validate(new)).model_dump(mode="json")


class State(TypedDict, total=False):
    """LangGraph's channels."""

    run_id: str
    problem: Json
    seed: int
    directives: Annotated[list[Json], append]
    attempts: Annotated[list[Json], merge_attempts]
    usage: Annotated[Json, add_usage]
    plan: Json | None
    rankings: dict[str, Json]
    """Router answers by step goal, so that no goal is routed twice."""
    routes: list[Json]
    step_results: dict[str, str]
    """Attempt ids by finished plan step."""
    selection: Json | None
    elapsed: float
    """Wall seconds of the run so far, over all processes that worked on it."""
    critique: float | None
    """Open text only: the model's own P(right) of the answer at hand."""
    surprises: list[str]
    outcome: Json | None


class Chosen(Frozen):
    """What the selector found best among the candidates so far."""

    attempt_id: str
    agreement: float | None = None
    voters: int = 0
    p_correct: float
    method: str
    reason: str = ""


class RingState(Frozen):
    """A typed, immutable view of `State`."""

    run_id: str
    problem: Problem
    seed: int = 0
    directives: tuple[Directive, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    usage: Usage = Usage()
    plan: Plan | None = None
    rankings: dict[str, Ranking] = Field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    step_results: dict[str, str] = Field(default_factory=dict)
    selection: Chosen | None = None
    elapsed: float = 0.0
    critique: float | None = None
    surprises: tuple[str, ...] = ()
    outcome: Outcome | None = None

    @property
    def directive(self) -> Directive:
        """The directive in force."""
        return self.directives[-1]

    @property
    def round(self) -> int:
        """The round in progress, from 0."""
        return self.directive.round if self.directives else 0

    @property
    def answers(self) -> tuple[Attempt, ...]:
        """Attempts at the whole problem, plan steps left out, our own failures left out."""
        return tuple(
            attempt for attempt in self.attempts if attempt.step is None and attempt.verdict.status != "infrastructure"
        )

    def attempt(self, attempt_id: str) -> Attempt:
        """The attempt with this id. Raises `KeyError`."""
        for attempt in self.attempts:
            if attempt.id == attempt_id:
                return attempt
        raise KeyError(attempt_id)


_VIEW = TypeAdapter(RingState)


def view(state: State) -> RingState:
    """The typed view of the channels."""
    return _VIEW.validate_python({name: value for name, value in state.items() if value is not None})
