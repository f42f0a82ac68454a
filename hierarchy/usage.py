"""What a run may spend and what it has spent."""

from pydantic import Field

from hierarchy.base import Frozen


class Budget(Frozen):
    """Upper bounds of one run; whichever is reached first ends it. The answer found so far is kept."""

    tokens: int = Field(default=20_000, gt=0)
    """Prompt plus completion tokens, over all tiers."""
    calls: int = Field(default=40, gt=0)
    """Model calls; the N samples of one prompt are one call."""
    rounds: int = Field(default=8, gt=0)
    """Passes through the ring."""
    wall_seconds: float = Field(default=600.0, gt=0, allow_inf_nan=False)
    """Seconds on the clock, those before a resume included."""


class Usage(Frozen):
    """What something cost; usages add up."""

    prompt_tokens: int = 0
    """Tokens that were prefilled; a prompt shared by N samples counts once."""
    completion_tokens: int = 0
    """Tokens decoded, those of cancelled samples included."""
    calls: int = 0
    model_seconds: float = 0.0
    """Seconds in which the engine worked for this (wall time of the call, less its queueing)."""
    queue_seconds: float = 0.0
    sandbox_seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """Prompt plus completion tokens."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(**{name: getattr(self, name) + getattr(other, name) for name in Usage.model_fields})
