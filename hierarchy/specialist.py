"""A specialist as the ring sees it. The cards that describe one in a file are read by the `specialists` room."""

from pydantic import Field

from hierarchy.base import Frozen
from hierarchy.problem import Task


class Specialist(Frozen):
    """Who can do the work: a prompt, a way of sampling, a model and perhaps an adapter."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    description: str
    """One line on what it is good at; the guided dispatcher reads it."""
    tasks: tuple[Task, ...] = Field(min_length=1)
    """The kinds of answer it can give; it is never asked for another kind."""
    keywords: tuple[str, ...] = ()
    """Words and phrases that point to it, for the keyword router."""
    prompt: str
    """Name of the prompt file it answers with."""
    model: str | None = None
    """Name of the model it needs; None is the profile's default model."""
    adapter: str | None = None
    temperature: float = Field(default=0.8, gt=0, le=2)
    """Of its samples; the `direct` rung is always greedy."""
    top_p: float = Field(default=0.95, gt=0, le=1)
    max_tokens: int = Field(default=1024, ge=1)
