"""One sample under way: its random numbers, its constraint, its text."""

from typing import Literal

import numpy as np

from hierarchy.chat import Completion, Sampling, Token
from serving.llama_cpp.constraint import TokenGuide
from serving.llama_cpp.sampler import Floats, draw, most_likely
from serving.llama_cpp.stopping import TextStream
from serving.llama_cpp.weights import Weights


class Sample:
    """What a completion is made of, token by token. `limit`: the tokens it may have in this context."""

    def __init__(self, index: int, sampling: Sampling, limit: int) -> None:
        self.index = index
        self.sampling = sampling
        self.limit = limit
        self.guide: TokenGuide | None = None
        self.last = -1
        """The token drawn last, not yet decoded."""
        self.finish_reason: Literal["stop", "length"] | None = None
        self._random = np.random.default_rng(sampling.seed)
        self._stream = TextStream(sampling.stop)
        self._tokens: list[Token] = []

    def __len__(self) -> int:
        """Tokens drawn so far; the one that ends a turn is not counted."""
        return len(self._tokens)

    def step(self, logits: Floats, normalizer: float, weights: Weights) -> bool:
        """Draw the next token from a row of logits; True when the sample goes on."""
        token = draw(logits, self.sampling, self._random, None if self.guide is None else self.guide.allowed)
        if token in weights.ends:
            self.finish_reason = "stop"
            return False
        text = self._stream.push(weights.pieces[token])
        top = tuple(
            (weights.pieces[other].decode("utf-8", errors="replace"), float(logits[other]) - normalizer)
            for other in (most_likely(logits, self.sampling.top_logprobs) if self.sampling.top_logprobs else ())
        )
        self._tokens.append(Token(text=text, logprob=float(logits[token]) - normalizer, top=top))
        self.last = token
        if self.guide is not None:
            self.guide.advance(token)
        if self._stream.stopped or (self.guide is not None and self.guide.finished):
            self.finish_reason = "stop"
        elif len(self) >= self.limit:
            self.finish_reason = "length"
        return self.finish_reason is None

    def completion(self) -> Completion:
        """What it has become; call it once `step` said False."""
        return Completion(
            index=self.index,
            text=self._stream.text,
            finish_reason=self.finish_reason or "cancelled",
            tokens=tuple(self._tokens),
            completion_tokens=len(self._tokens),
        )
