"""Requests as the wire wants them, and replies checked: a server's JSON is hostile until it is one of these types."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hierarchy.chat import Message, Sampling
from serving.openai_endpoint.failures import BadReply

MAX_ALTERNATIVES = 20
"""Alternatives per token that OpenAI's API and vLLM, by default, give at most."""
MAX_STOPS = 4
"""Stop strings that OpenAI's API takes at most. All of them are looked for here as well."""
OPTIONAL = frozenset(
    {"seed", "logprobs", "top_logprobs", "stream_options", "top_k", "min_p", "repetition_penalty", "repeat_penalty"}
)
"""Fields that a server may refuse and be asked without.

The last four are not OpenAI's, and they are what makes a sample the one that was asked for: llama-cpp-python's server
otherwise has a `repeat_penalty` of 1.1, a `top_k` of 40 and a `min_p` of 0.05, and vLLM what the model's
`generation_config.json` recommends, a repetition penalty of 1.1 for Qwen2.5 among it."""


@dataclass(frozen=True)
class Abilities:
    """What a server was found to understand."""

    fields: frozenset[str] = OPTIONAL
    """Optional fields of a request that it takes."""
    limit_field: str = "max_tokens"
    """How it calls the bound of a completion: newer hosted models know `max_completion_tokens` only."""
    continues: bool = False
    """Whether a last message of the assistant is continued when it is told to."""


class _Lenient(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Alternative(_Lenient):
    token: str
    logprob: float | None = None


class TokenReply(_Alternative):
    """One decoded token."""

    top_logprobs: tuple[_Alternative, ...] | None = Field(default=None, max_length=256)

    @property
    def usable(self) -> bool:
        """Whether its log-probability is a number; some servers leave that of the first token out."""
        return self.logprob is not None and math.isfinite(self.logprob)


class _Logprobs(_Lenient):
    content: tuple[TokenReply, ...] | None = None


class _Delta(_Lenient):
    content: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None


class _Choice(_Lenient):
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


class UsageReply(_Lenient):
    """What the server says it spent."""

    prompt_tokens: int = Field(default=0, ge=0, lt=2**40)
    completion_tokens: int = Field(default=0, ge=0, lt=2**40)


class Reply(_Lenient):
    """A chunk of a stream, or a whole answer."""

    choices: tuple[_Choice, ...] = Field(default=(), max_length=16)
    usage: UsageReply | None = None


def checked_reply(data: object) -> Reply:
    """The reply in a server's JSON. Raises BadReply."""
    try:
        return Reply.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "it"
        raise BadReply(f"a reply of another form: {place}: {first['msg']}") from None


def request_body(
    model: str, messages: Sequence[Message], sampling: Sampling, abilities: Abilities, *, limit: int
) -> dict[str, Any]:
    """The body of one sample's request, not streamed yet. `limit`: tokens it may have; stops are the caller's matter.

    A last message of the assistant is to be continued.
    """
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": message.role, "content": message.content} for message in messages],
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        abilities.limit_field: limit,
    }
    if messages[-1].role == "assistant":
        body |= continuing()
    offered = {
        "seed": sampling.seed % 2**31,  # some servers keep it in 32 bits with a sign
        "logprobs": True,
        "top_logprobs": min(max(sampling.top_logprobs, 1), MAX_ALTERNATIVES),
        "top_k": sampling.top_k,
        "min_p": sampling.min_p,
        "repetition_penalty": 1.0,
        "repeat_penalty": 1.0,
    }
    return body | {field: value for field, value in offered.items() if field in abilities.fields}


def continuing() -> dict[str, bool]:
    """What tells vLLM, and who follows it, to go on with the last message instead of answering it."""
    return {"continue_final_message": True, "add_generation_prompt": False}


def streamed(body: dict[str, Any], abilities: Abilities) -> dict[str, Any]:
    """The same request, to be answered in chunks, with what it cost at the end."""
    told = {"stream_options": {"include_usage": True}} if "stream_options" in abilities.fields else {}
    return body | {"stream": True} | told
