"""The `[routing]` section of the settings."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from hierarchy.base import Frozen


class RoutingSettings(Frozen):
    """Who is asked, and when the model decides about that."""

    cards: Path | None = None
    """A folder of further specialist cards (*.toml); a card of the same name replaces the shipped one."""
    keyword_threshold: float = Field(default=0.6, ge=0, le=1)
    """The keyword router decides alone at this confidence; below it the guided model is asked."""
    prompt: Literal["few_shot", "minimal"] = "few_shot"
    """The guided dispatcher's prompt: at most 360 tokens, or at most 130."""
    specialist: str | None = None
    """Always use this specialist and route nothing."""
