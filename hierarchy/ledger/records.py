"""What the ledger takes in and gives back, besides the domain types: runs, rounds, routes and model calls."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from hierarchy.base import Frozen
from hierarchy.events import Tier
from hierarchy.ledger.redact import redact
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Route, Status
from hierarchy.problem import Problem, Task
from hierarchy.usage import Usage

State = Literal["running", "finished", "interrupted"]
"""A run killed without warning stays `running`; it can be resumed like an interrupted one."""

Utc = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""A moment with a time zone, kept in UTC."""


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class RunRecord(Frozen):
    """One run and all that produced it, so that its result can be explained and repeated."""

    run_id: str = Field(min_length=4)
    created_at: Utc = Field(default_factory=utc_now)
    problem: Problem
    settings: dict[str, object] = Field(default_factory=dict)
    """The resolved settings, JSON-ready. Passwords and keys in it are written to the ledger as `***`."""
    seed: int = 0
    version: str = ""
    """Of hi-moe."""
    git_revision: str | None = None
    profile: str = ""
    """The settings profile it ran with."""
    models: dict[str, str] = Field(default_factory=dict)
    """Name → sha256 of the weights; empty where there are no weights to hash."""
    prompts: dict[str, str] = Field(default_factory=dict)
    """`name@version` → sha256 of the prompt file."""
    isolation: str = "none"
    """The sandbox tier that was configured."""
    state: State = "running"
    outcome: Outcome | None = None
    finished_at: Utc | None = None
    seconds: float = 0.0
    """Wall seconds up to its end, or up to its last interruption."""

    @property
    def settings_sha256(self) -> str:
        """Hash of the settings as the ledger keeps them: two runs with the same one were set up alike."""
        text = json.dumps(redact(self.settings), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class RunSummary(Frozen):
    """A line of `hi-moe runs list`."""

    run_id: str
    created_at: Utc
    state: State
    status: Status | None = None
    p_correct: float | None = None
    problem_id: str
    task: Task
    title: str
    """The first line of the statement."""
    attempts: int
    tokens: int
    """Prompt plus completion tokens of all recorded calls."""
    rounds: int
    seconds: float
    """Wall seconds up to its end or its last interruption."""


class RoundRecord(Frozen):
    """One pass through the ring: what the Monitor decided, and whether the result was a surprise."""

    directive: Directive
    surprise: str | None = None
    """One line when the outcome of the round was far from `directive.predicted`."""


class RouteRecord(Frozen):
    """Who worked on a step of a round."""

    round: int
    route: Route


class ModelCall(Frozen):
    """One model call; the N samples of one prompt are one call."""

    call_id: str = Field(pattern=r"^\d+\.")
    """`ROUND.TIER.K`, unique within a run: the same call replayed after a crash has the same id."""
    tier: Tier
    """Who asked the model."""
    specialist: str | None = None
    model: str
    prompt: str
    """Name of the prompt file."""
    prompt_version: str = ""
    prompt_sha256: str
    usage: Usage
    samples: int = Field(default=1, ge=0)
    cancelled: int = Field(default=0, ge=0)
    """How many of the samples were cancelled before they were complete."""

    @property
    def round(self) -> int:
        """The round of the ring it was made in."""
        return int(self.call_id.partition(".")[0])
