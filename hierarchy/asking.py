"""The two ends of every model call: rendered turns as messages, and the one completion of a call for one sample."""

from collections.abc import Sequence

from hierarchy.chat import Completion, Message
from hierarchy.protocols import Generation
from prompts.loader import Turn


def messages_of(turns: Sequence[Turn]) -> tuple[Message, ...]:
    """Rendered prompt turns as chat messages."""
    return tuple(Message(role=turn.role, content=turn.content) for turn in turns)


async def only_completion(generation: Generation) -> Completion | None:
    """The completion of a one-sample request, None when it was cancelled; the engine has let go of it either way.

    Raises `EngineFailed`. What was spent is then still in `generation.usage`.
    """
    completion: Completion | None = None
    try:
        async for done in generation:
            completion = done
    finally:
        await generation.cancel()
    return completion
