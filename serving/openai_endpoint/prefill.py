"""Answers with a given beginning, from servers that cannot be told to continue one.

The beginning is asked for in words, and what comes back is cut behind it, so that a completion is what it is elsewhere:
what follows the prefill. A model that says something else first, or opens the code fence of the beginning in words of
its own, is understood; one that does neither is taken as it is.
"""

import re
from collections.abc import Sequence

from hierarchy.chat import Message

_FENCE = "```"
_OPENING = re.compile(r"```[\w+-]*[ \t]*\n")


def asked_in_words(messages: Sequence[Message]) -> tuple[tuple[Message, ...], str]:
    """(the messages without the last one of the assistant, but with a request for its text; that text)."""
    if messages[-1].role != "assistant":
        return tuple(messages), ""
    opening = messages[-1].content
    wish = f"Begin your answer with exactly this text and go on from there:\n{opening}"
    return added(messages[:-1], wish), opening


def added(messages: Sequence[Message], text: str) -> tuple[Message, ...]:
    """The messages with `text` at the end of what the user said last."""
    if not messages or messages[-1].role != "user":
        return (*messages, Message(role="user", content=text))
    last = messages[-1]
    return (*messages[:-1], Message(role="user", content=f"{last.content}\n\n{text}"))


class Cut:
    """Lets through what comes after the opening."""

    def __init__(self, opening: str) -> None:
        self._opening = opening.strip()
        self._ends_line = opening.endswith("\n")
        self._fenced = opening.count(_FENCE) % 2 == 1
        self._held = ""
        self.open = not self._opening
        """Whether the beginning has been seen; until then the text is held back."""

    def push(self, text: str) -> str:
        """Take what came; give what follows the opening."""
        if self.open:
            return text
        self._held += text
        at = self._held.find(self._opening)
        if at < 0:
            return ""
        rest = self._held[at + len(self._opening) :]
        if self._ends_line and not rest.startswith("\n"):
            if not rest:
                return ""  # the line break may come with the next token
        elif self._ends_line:
            rest = rest[1:]
        self.open = True
        return rest

    def rest(self) -> str:
        """At the end: what was held back, cut behind the fence where only that was repeated."""
        if self.open:
            return ""
        self.open = True
        found = _OPENING.search(self._held) if self._fenced else None
        if found is None:
            return self._held
        inside = self._held[found.end() :]
        return inside if self._ends_line else f"\n{inside}"
