"""What the tiers work with: the specialists, models, sandbox and ledger of one ring, and how they ask a model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from hierarchy.asking import messages_of, only_completion
from hierarchy.chat import ChatRequest, Completion, Sampling
from hierarchy.events import Event, Tier
from hierarchy.judge import Judge
from hierarchy.ledger.ledger import Ledger
from hierarchy.ledger.records import ModelCall
from hierarchy.protocols import ChatModel, Models, Router
from hierarchy.selection import Selector
from hierarchy.settings import Policy
from hierarchy.specialist import Specialist
from hierarchy.usage import Usage
from prompts.loader import Prompt, Turn

Emit = Callable[[Event], None]
"""Where events go; must not block."""


class Stopwatch(Protocol):
    """The wall time of a run."""

    def elapsed(self) -> float:
        """Seconds since the run began, earlier processes that worked on it included."""
        ...


@dataclass(frozen=True)
class Roles:
    """Which model serves which tier; None is the default model."""

    monitor: str | None = None
    architect: str | None = None
    escalation: str | None = None


@dataclass(frozen=True)
class Ring:
    """Everything the tiers need from outside, wired by `hi_moe.assemble` and handed to the graph as its context."""

    run_id: str
    specialists: Mapping[str, Specialist]
    models: Models
    roles: Roles
    router: Router
    judge: Judge
    selector: Selector
    ledger: Ledger
    policy: Policy
    stopwatch: Stopwatch


async def ask(
    ring: Ring, model: ChatModel, prompt: Prompt, turns: Sequence[Turn], sampling: Sampling, *, tier: Tier, call_id: str
) -> tuple[Completion | None, Usage]:
    """One sample for one prompt, recorded in the ledger. No completion when the engine cut it off.

    Raises `PromptTooLong` and `EngineFailed`.
    """
    generation = model.generate(ChatRequest(messages=messages_of(turns), samples=(sampling,)))
    completion: Completion | None = None
    try:
        completion = await only_completion(generation)
    finally:
        usage = generation.usage
        ring.ledger.record_call(
            ring.run_id, model_call(call_id, tier, None, model, prompt, usage, samples=1, cancelled=completion is None)
        )
    return completion, usage


def model_call(
    call_id: str,
    tier: Tier,
    specialist: str | None,
    model: ChatModel,
    prompt: Prompt,
    usage: Usage,
    *,
    samples: int,
    cancelled: int,
) -> ModelCall:
    """The ledger's record of one model call."""
    return ModelCall(
        call_id=call_id,
        tier=tier,
        specialist=specialist,
        model=model.card.name,
        prompt=prompt.name,
        prompt_version=str(prompt.version),
        prompt_sha256=prompt.sha256,
        usage=usage,
        samples=samples,
        cancelled=int(cancelled),
    )
