"""The `[engine]` and `[models]` sections of the settings."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator

from hierarchy.base import Frozen
from serving.openai_endpoint.address import checked_address, is_clear


class EngineSettings(Frozen):
    """The in-process llama.cpp engine."""

    context_tokens: int = Field(default=4096, ge=256, le=1_048_576)
    """Prompt plus completion of one sequence."""
    max_sequences: int = Field(default=16, ge=1, le=128)
    """Sequences decoded in one batch; more samples wait for a free place. llama.cpp has ids for twice 128."""
    threads: int | None = Field(default=None, ge=1, le=1024)
    """None: one per physical core that this process may use."""
    batch_tokens: int = Field(default=128, ge=32, le=8192)
    """Prompt tokens processed in one step. Samples under way, and cancellations, wait for a step at most: about a
    second for 128 tokens of a 1.5B model on two cores; larger ones are hardly faster on a CPU."""
    flash_attention: bool = True
    """Skip the KV cells of other sequences when attention is computed: on a CPU as fast for one sequence, and faster
    the more cells others have. Off: rounds as llama-cpp-python's `Llama` class does; a near-tie may fall the other
    way."""
    reuse_prompts: bool = True
    """Keep the beginnings of recent prompts in the KV cache. Off: a request that runs alone gives the same bits again,
    whatever ran before it; on, a near-tie may fall the other way."""
    max_tokens: int = Field(default=1024, ge=1, le=131_072)
    """Longest completion of a sample; a specialist's card may ask for less."""
    adapter: Path | None = None
    """A LoRA adapter, as a GGUF file made for the weights, that is applied to every model served here."""
    kv_tokens: int | None = Field(default=None, ge=256, le=2**31 - 1)
    """Tokens in the KV cache, over all sequences (28 KiB each for Qwen2.5-Coder-1.5B); samples wait while it is full.
    None: context_tokens + max_sequences times max_tokens. Never less than one context."""


class EndpointSettings(Frozen):
    """A server with the OpenAI wire.

    The key is read from the environment when the endpoint is opened and kept nowhere else. It goes to `base_url` only:
    redirects are not followed, and over plain HTTP it is sent to this machine alone unless `plain_http` allows more.
    """

    base_url: str
    """Up to and with `/v1`, such as `http://127.0.0.1:8000/v1`."""
    model: str = Field(min_length=1)
    """The model's name on that server; a served LoRA adapter has one, too."""
    context_tokens: int = Field(ge=256, le=16_777_216)
    """Prompt plus completion of one sample; a smaller limit of the server's own, where it says one, holds."""
    api_key_env: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """Name of the environment variable with the key; none for a server that wants no key."""
    timeout_seconds: float = Field(default=600.0, gt=0, le=86_400)
    """Longest time of one sample, retries and the server's own queue included."""
    retries: int = Field(default=2, ge=0, le=10)
    """How often a request is sent again that met no server, 408, 409, 429 or 5xx; never once tokens have come."""
    max_concurrency: int = Field(default=16, ge=1, le=1024)
    """Samples asked for at once; more wait here."""
    continues_prefill: bool | None = None
    """Whether the server continues a last message of the assistant when told `continue_final_message`, as vLLM does.
    None: ask it at the start, by comparing the prompt's length with and without. Where it does not, the beginning is
    asked for in words."""
    plain_http: bool = False
    """Send the key over plain HTTP to another machine, where all on the way can read it."""

    @field_validator("base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        checked_address(value)
        return value.rstrip("/")

    @model_validator(mode="after")
    def _key_is_safe(self) -> Self:
        if self.api_key_env is not None and is_clear(self.base_url) and not self.plain_http:
            raise ValueError(
                "the key would cross the network in the clear; use https://, or allow it with plain_http = true"
            )
        return self


class ModelsSettings(Frozen):
    """Which weights serve which tier. A value is a name of the catalogue, of `files` or of `endpoints`."""

    cache: Path | None = None
    """Folder of the downloaded weights; by default `models` in the platform's cache folder."""
    default: str = "qwen2.5-coder-1.5b-instruct-q4_k_m"
    """The model of every tier and specialist that names no other; a name, or the path of a .gguf file."""
    monitor: str | None = None
    """Judges open text."""
    architect: str | None = None
    """Decomposes problems that the cheap rungs failed."""
    dispatcher: str | None = None
    """Picks specialists where the keyword rules are unsure."""
    escalation: str | None = None
    """A bigger model for the `escalate` rung; without one that rung is skipped."""
    files: dict[str, Path] = Field(default_factory=dict)
    """GGUF files of your own, by the name they get."""
    endpoints: dict[str, EndpointSettings] = Field(default_factory=dict)
    """Servers with the OpenAI wire, by the name they get, each in a table `[models.endpoints.NAME]`: base_url, model,
    context_tokens, and optionally api_key_env (the variable that holds the key), timeout_seconds, retries,
    max_concurrency, continues_prefill, plain_http. An endpoint wins a name that it shares with weights."""
    offline: bool = False
    """Never fetch anything; weights must already be in the cache."""

    def of_tiers(self) -> tuple[str, ...]:
        """The models that the tiers use, each once."""
        tiers = (self.default, self.monitor, self.architect, self.dispatcher, self.escalation)
        return tuple(dict.fromkeys(name for name in tiers if name is not None))

    def with_weights(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of `names` that need weights on this machine: all but the endpoints."""
        return tuple(name for name in names if name not in self.endpoints)
