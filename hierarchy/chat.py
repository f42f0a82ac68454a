"""The wire between the ring and the engines: messages, sampling, constraints, completions."""

from typing import Literal

from pydantic import Field

from hierarchy.base import Frozen


class Message(Frozen):
    """One chat message. A last message of role `assistant` is continued, not answered."""

    role: Literal["system", "user", "assistant"]
    content: str


class JsonConstraint(Frozen):
    """The output is one JSON document of this JSON Schema, without optional white space."""

    kind: Literal["json"] = "json"
    schema_text: str
    """The JSON Schema as a JSON text; a text because the compiled automaton is cached by it."""


class RegexConstraint(Frozen):
    """The output matches this regular expression as a whole."""

    kind: Literal["regex"] = "regex"
    pattern: str


class Sampling(Frozen):
    """How one sample is drawn. Temperature 0 is greedy: the other knobs are then without effect."""

    temperature: float = Field(default=0.0, ge=0, le=5)
    top_p: float = Field(default=1.0, gt=0, le=1)
    top_k: int = Field(default=0, ge=0)
    """Keep the k most likely tokens; 0 keeps all."""
    min_p: float = Field(default=0.0, ge=0, lt=1)
    max_tokens: int = Field(default=1024, gt=0)
    stop: tuple[str, ...] = ()
    seed: int = Field(default=0, ge=0, lt=2**32)
    constraint: JsonConstraint | RegexConstraint | None = Field(default=None, discriminator="kind")
    top_logprobs: int = Field(default=0, ge=0, le=50)
    """How many alternatives to report per token; the chosen token's log-probability is always reported."""


class ChatRequest(Frozen):
    """One prompt and one sampling per wanted sample. All samples share the prompt's prefill."""

    messages: tuple[Message, ...] = Field(min_length=1)
    samples: tuple[Sampling, ...] = Field(min_length=1)
    adapter: str | None = None


class Token(Frozen):
    """A decoded token. Log-probabilities are natural, of the model's own distribution before temperature and
    constraint."""

    text: str
    logprob: float
    top: tuple[tuple[str, float], ...] = ()


class Completion(Frozen):
    """One finished sample."""

    index: int
    """Its place in `ChatRequest.samples`."""
    text: str
    finish_reason: Literal["stop", "length", "cancelled"]
    tokens: tuple[Token, ...] = ()
    completion_tokens: int = 0

    @property
    def mean_logprob(self) -> float | None:
        """Mean natural log-probability per token, None without tokens."""
        return sum(token.logprob for token in self.tokens) / len(self.tokens) if self.tokens else None


class ModelCard(Frozen):
    """What an engine serves."""

    name: str
    sha256: str
    """Of the weights; empty where there are no weights to hash (a remote endpoint, the scripted engine)."""
    context_tokens: int
    """Prompt plus completion, per sequence."""
