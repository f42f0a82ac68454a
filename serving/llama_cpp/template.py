"""From messages to tokens, with the chat template of the weights.

A message's text is hostile: `<|im_end|>` in a problem statement must not end the turn. The template is rendered with
every control text inside a message broken by a marker character; what then still reads as a control text was written
by the template and becomes its control token; the runs in between lose their markers and are tokenised as plain text.
A run is tokenised whole, so an ordinary prompt gets exactly the tokens of an ordinary tokenisation.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from hierarchy.chat import Message
from hierarchy.errors import UsageError
from serving.llama_cpp.weights import Weights

if TYPE_CHECKING:
    from jinja2 import Template

_MARKERS = range(0xE000, 0xF8FF)
"""Unicode's private use area: characters that mean nothing, of which one that no message holds is taken."""


class ChatTemplate:
    """Renders and tokenises prompts for one model."""

    def __init__(self, weights: Weights) -> None:
        """Raises MissingComponent where the weights have no template."""
        self._weights = weights
        self._source = weights.template_text()
        self._ids = weights.special_texts
        longest_first = sorted(self._ids, key=len, reverse=True)
        self._special = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def tokens(self, messages: Sequence[Message]) -> list[int]:
        """The prompt's tokens. A last message of role `assistant` is left open, to be continued.

        Raises UsageError when the template refuses the messages.
        """
        marker = _unused_character(messages)
        safe = [{"role": m.role, "content": self._broken(m.content, marker)} for m in messages]
        opened = safe.pop()["content"] if messages[-1].role == "assistant" else ""
        rendered = self._render(safe) + opened
        found: list[int] = []
        at = 0
        for match in self._special.finditer(rendered):
            found += self._plain(rendered[at : match.start()], marker)
            found.append(self._ids[match.group()])
            at = match.end()
        return found + self._plain(rendered[at:], marker)

    def _plain(self, text: str, marker: str) -> list[int]:
        text = text.replace(marker, "")
        return self._weights.tokenize(text) if text else []

    def _broken(self, text: str, marker: str) -> str:
        """`text` with the marker inside every control text; again, because two of them may overlap."""
        while self._special.search(text):
            text = self._special.sub(lambda match: match.group()[0] + marker + match.group()[1:], text)
        return text

    def _render(self, messages: list[dict[str, str]]) -> str:
        from jinja2.exceptions import TemplateError

        try:
            return self._template.render(
                messages=messages,
                add_generation_prompt=True,
                bos_token=self._weights.special_text("bos"),
                eos_token=self._weights.special_text("eos"),
            )
        except TemplateError as error:
            roles = ", ".join(message["role"] for message in messages)
            raise UsageError(
                f"the chat template of {self._weights.name!r} refuses messages of the roles ({roles}): {error}"
            ) from error

    @cached_property
    def _template(self) -> "Template":
        # A template comes with the weights and is as little trusted as they are: hence the sandbox. The settings are
        # those of transformers' `apply_chat_template`, for which templates are written.
        from jinja2.exceptions import TemplateError
        from jinja2.ext import loopcontrols
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        def raise_exception(message: str) -> None:
            raise TemplateError(message)

        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        environment.globals["raise_exception"] = raise_exception
        environment.globals["strftime_now"] = lambda form: datetime.now().astimezone().strftime(form)
        return environment.from_string(self._source)


def _unused_character(messages: Sequence[Message]) -> str:
    used = set().union(*(message.content for message in messages))
    return next(character for character in map(chr, _MARKERS) if character not in used)
