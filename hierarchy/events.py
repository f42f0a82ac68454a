"""What a run tells while it goes on: the typed events of `hi_moe.stream`."""

from typing import Annotated, Literal

from pydantic import Field

from hierarchy.attempt import Action, Attempt
from hierarchy.base import Frozen
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Plan, Route
from hierarchy.problem import Problem

Tier = Literal["monitor", "architect", "dispatcher", "fleet", "selector"]


class RunStarted(Frozen):
    """The problem was taken in; `resumed` says that finished attempts of an earlier process are kept."""

    kind: Literal["run_started"] = "run_started"
    run_id: str
    problem: Problem
    resumed: bool = False


class TierEntered(Frozen):
    """A tier began to work."""

    kind: Literal["tier_entered"] = "tier_entered"
    tier: Tier
    round: int


class DirectiveIssued(Frozen):
    """The Monitor decided what comes next."""

    kind: Literal["directive_issued"] = "directive_issued"
    directive: Directive


class Planned(Frozen):
    """The Architect decomposed the problem."""

    kind: Literal["planned"] = "planned"
    round: int
    plan: Plan


class Routed(Frozen):
    """The Dispatcher chose who works on a step."""

    kind: Literal["routed"] = "routed"
    round: int
    route: Route


class SamplesStarted(Frozen):
    """A specialist began to write candidates."""

    kind: Literal["samples_started"] = "samples_started"
    round: int
    step: str
    specialist: str
    action: Action
    samples: int


class CandidateJudged(Frozen):
    """A candidate is complete and has its verdict."""

    kind: Literal["candidate_judged"] = "candidate_judged"
    attempt: Attempt
    replayed: bool = False
    """It was finished before a crash and came from the ledger."""


class SamplesCancelled(Frozen):
    """Siblings of a verified candidate were stopped before they were complete."""

    kind: Literal["samples_cancelled"] = "samples_cancelled"
    round: int
    specialist: str
    samples: int


class SelectionMade(Frozen):
    """The selector chose among several candidates."""

    kind: Literal["selection_made"] = "selection_made"
    round: int
    attempt_id: str
    method: str
    agreement: float
    reason: str


class Surprised(Frozen):
    """A round went far from what was predicted."""

    kind: Literal["surprised"] = "surprised"
    round: int
    text: str


class RunFinished(Frozen):
    """The end: the outcome."""

    kind: Literal["run_finished"] = "run_finished"
    outcome: Outcome


Event = Annotated[
    RunStarted
    | TierEntered
    | DirectiveIssued
    | Planned
    | Routed
    | SamplesStarted
    | CandidateJudged
    | SamplesCancelled
    | SelectionMade
    | Surprised
    | RunFinished,
    Field(discriminator="kind"),
]
