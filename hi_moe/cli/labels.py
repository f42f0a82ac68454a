"""Text for rich's trees, without the control characters of whoever wrote it."""

from typing import Self

from rich.style import Style
from rich.text import Text

from hi_moe.cli.streams import visible


class Label(Text):
    """A `Text` whose plain strings were made visible: rich itself drops only some of the control characters."""

    def __init__(self, text: str = "", style: str | Style = "") -> None:
        super().__init__(visible(text), style)

    def append(self, text: Text | str, style: str | Style | None = None) -> Self:
        """Add text at the end."""
        super().append(visible(text) if isinstance(text, str) else text, style)
        return self
