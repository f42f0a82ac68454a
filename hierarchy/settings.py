"""The `[ladder]` and `[ledger]` sections of the settings; `[budget]` is `hierarchy.usage.Budget`."""

from pydantic import Field

from hierarchy.base import Frozen
from hierarchy.usage import Budget


class LadderSettings(Frozen):
    """How far and how hard the ring tries."""

    samples: int = Field(default=8, ge=2, le=64)
    """Candidates of the `sample` rung."""
    portfolio: int = Field(default=2, ge=1, le=7)
    """Over how many specialists the samples are spread, at most."""
    repairs: int = Field(default=2, ge=0, le=10)
    """Repairs of the best failed candidate, one after the other."""
    plan: bool = True
    """Whether the Architect may decompose the problem once the cheap rungs failed."""
    confidence: float = Field(default=0.7, ge=0, le=1)
    """Go on up the ladder, even from a verified answer, while P(correct) is estimated below this. 0 stops at the
    first answer that passes its public tests. At 0.7 a first answer that passes any stops; among later samples, which
    are right less often, the selector chooses unless there are six tests or more."""
    selection_inputs: int = Field(default=96, ge=0, le=500)
    """Generated edge-case inputs on which candidates are compared."""
    adjudications: int = Field(default=0, ge=0, le=50)
    """Narrow questions the selector may ask the model about inputs on which candidates disagree. None by default: the
    1.5B answered 2 of 6 of them right (docs/log.md)."""
    stuck_rounds: int = Field(default=2, ge=1, le=10)
    """Rounds without progress after which a rung is left."""


class LedgerSettings(Frozen):
    """Where runs are recorded."""

    url: str | None = None
    """SQLAlchemy URL; by default `sqlite:///` of `ledger.sqlite3` in the platform's data folder."""


class Policy(Frozen):
    """What `decide` may reckon with."""

    ladder: LadderSettings
    budget: Budget
    max_tokens: int = Field(default=1024, ge=1)
    """Longest completion of a candidate; a specialist's card may ask for less."""
    can_escalate: bool = False
    """A bigger engine is configured."""
