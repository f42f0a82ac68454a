"""The `[engine]` and `[models]` sections of the settings."""

from pathlib import Path

from pydantic import Field

from hierarchy.base import Frozen


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
    flash_attention: bool = False
    """Skip the KV cells of other sequences when attention is computed: on a CPU 5 % faster for 16 samples of 100
    tokens, more for longer ones. Off: rounds as llama-cpp-python's `Llama` class does; greedy output is the same."""
    reuse_prompts: bool = True
    """Keep the beginnings of recent prompts in the KV cache. Off: a request that runs alone gives the same bits again,
    whatever ran before it; on, a near-tie may fall the other way."""
    max_tokens: int = Field(default=1024, ge=1, le=131_072)
    """Longest completion of a sample; a specialist's card may ask for less."""
    kv_tokens: int | None = Field(default=None, ge=256, le=2**31 - 1)
    """Tokens in the KV cache, over all sequences (28 KiB each for Qwen2.5-Coder-1.5B); samples wait while it is full.
    None: context_tokens + max_sequences times max_tokens. Never less than one context."""


class ModelsSettings(Frozen):
    """Which weights serve which tier. A value is a name of the catalogue or of `files`."""

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
    offline: bool = False
    """Never fetch anything; weights must already be in the cache."""

    def of_tiers(self) -> tuple[str, ...]:
        """The models that the tiers use, each once."""
        tiers = (self.default, self.monitor, self.architect, self.dispatcher, self.escalation)
        return tuple(dict.fromkeys(name for name in tiers if name is not None))
