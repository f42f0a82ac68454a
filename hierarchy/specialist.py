"""A specialist as the ring sees it. The cards that describe one in a file are read by the `specialists` room."""

from pydantic import Field

from hierarchy.base import Frozen
from hierarchy.problem import Task


class Specialist(Frozen):
    """Who can do the work: a prompt per kind of task, a way of sampling, a model and perhaps an adapter."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    description: str = Field(min_length=1, max_length=80)
    """A few words on what it is good at; the guided dispatcher reads them, so they count against its token budget."""
    prompts: dict[Task, str] = Field(min_length=1)
    """For each kind of answer it can give, the name of the prompt file it answers with; it is never asked for
    another kind. Each prompt takes the variables `statement` and `entry_point` (which may be empty)."""
    keywords: dict[str, float] = Field(default_factory=dict)
    """Words and phrases that point to it, for the keyword router, each with its weight: a weight of 1 doubles the
    odds (`specialists.keyword`)."""
    priors: dict[Task, float] = Field(default_factory=dict)
    """How likely it is for a kind of task before anything is read, in the same unit as `keywords`; 0 by default."""
    model: str | None = None
    """Name of the model it needs; None is the profile's default model."""
    adapter: str | None = None
    temperature: float = Field(default=0.8, gt=0, le=2)
    """Of its samples; the `direct` rung is always greedy."""
    top_p: float = Field(default=0.95, gt=0, le=1)
    max_tokens: int = Field(default=1024, ge=1)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The kinds of answer it can give."""
        return tuple(self.prompts)

    def prompt_for(self, task: Task) -> str:
        """Name of the prompt for `task`. Raises `KeyError` for a task it does not serve."""
        return self.prompts[task]
