"""A completion out of the chunks of one stream."""

from typing import Literal

from hierarchy.chat import Completion, Sampling, Token
from serving.llama_cpp.stopping import TextStream
from serving.openai_endpoint.failures import BadReply
from serving.openai_endpoint.prefill import Cut
from serving.openai_endpoint.wire import TokenReply, checked_reply

_CHARACTERS = 256
"""Of one token at most, for the bound on a text: the longest in use are runs of 128 spaces."""
_ENDS: dict[str, Literal["stop", "length"]] = {"stop": "stop", "eos": "stop", "length": "length"}


class Reading:
    """What one sample has become. `limit`: tokens that were asked for; `opening`: see `prefill.Cut`."""

    def __init__(self, index: int, sampling: Sampling, limit: int, opening: str = "") -> None:
        self.index = index
        self.prompt_tokens: int | None = None
        """As the server counts them."""
        self._stream = TextStream(sampling.stop)
        self._cut = Cut(opening)
        self._bound = 1024 + _CHARACTERS * limit
        self._characters = 0
        self._alternatives = sampling.top_logprobs
        self._tokens: list[Token] = []
        self._measured = True
        self._counted = 0
        self._stated: int | None = None
        self._end: str | None = None

    @property
    def completion_tokens(self) -> int:
        """As the server states them, else counted: a token per entry of its log-probabilities, or per chunk."""
        return self._counted if self._stated is None else self._stated

    @property
    def stopped(self) -> bool:
        """Whether a stop string was met: nothing more is wanted."""
        return self._stream.stopped

    def take(self, data: object) -> None:
        """Take one event. Raises BadReply."""
        reply = checked_reply(data)
        if reply.usage is not None:
            self.prompt_tokens, self._stated = reply.usage.prompt_tokens, reply.usage.completion_tokens
        if not reply.choices:
            return
        choice = reply.choices[0]
        said = choice.delta or choice.message
        text = (said and said.content) or ""
        thought = (said and (said.reasoning or said.reasoning_content)) or ""
        self._characters += len(text) + len(thought)
        if self._characters > self._bound:
            raise BadReply(f"more than {self._bound} characters, which the tokens asked for cannot have")
        entries = (choice.logprobs and choice.logprobs.content) or ()
        if text or thought:
            self._counted += len(entries) or 1
            self._measured &= bool(entries) and not thought
        self._note(entries)
        self._push(self._cut.push(text))
        self._end = choice.finish_reason or self._end

    def finish(self) -> Completion:
        """The completion, at the end of the stream or once `stopped`. Raises BadReply for one that was broken off."""
        if not self.stopped:
            if self._end is None:
                raise BadReply("an answer without its end: no finish_reason")
            if self._end not in _ENDS:
                raise BadReply(f"an answer that ended with {self._end[:40]!r}")
            if not self._cut.open:
                self._push(self._cut.rest())
        return Completion(
            index=self.index,
            text=self._stream.text,
            finish_reason="stop" if self.stopped else _ENDS[self._end or "stop"],
            tokens=tuple(self._tokens) if self._measured else (),
            completion_tokens=self.completion_tokens,
        )

    def _push(self, text: str) -> None:
        # A lone surrogate, which JSON can write, is no text.
        if text and not self._stream.stopped:
            self._stream.push(text.encode("utf-8", errors="replace"))

    def _note(self, entries: tuple[TokenReply, ...]) -> None:
        for entry in entries:
            if entry.logprob is None or not entry.usable:
                self._measured = False
                continue
            top = tuple(
                (_clean(other.token), min(other.logprob, 0.0))
                for other in (entry.top_logprobs or ())[: self._alternatives]
                if other.logprob is not None and other.logprob > float("-inf")
            )
            self._tokens.append(Token(text=_clean(entry.token), logprob=min(entry.logprob, 0.0), top=top))


def _clean(text: str) -> str:
    return text.encode("utf-8", errors="replace").decode("utf-8")
