"""The seams: what the ring asks of engines, routers and solvers. The rooms to the right implement them."""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from hierarchy.chat import ChatRequest, Completion, Message, ModelCard
from hierarchy.outcome import Outcome
from hierarchy.plan import Ranking
from hierarchy.problem import Problem
from hierarchy.usage import Usage


class Generation(Protocol):
    """A request under way. Iterating yields each sample once, as soon as it is complete.

    Leaving early is `await cancel()`: it returns when the engine has let go of the samples still decoding.
    """

    def __aiter__(self) -> AsyncIterator[Completion]:
        """Yield completions in the order in which they finish; cancelled samples are not yielded."""
        ...

    async def cancel(self, index: int | None = None) -> None:
        """Stop one sample, or all that are still decoding. Harmless when they are already complete."""
        ...

    @property
    def usage(self) -> Usage:
        """What was spent so far, cancelled samples included; the shared prompt counts once. `calls` is 1."""
        ...


class ChatModel(Protocol):
    """A model behind an engine. Safe to call from many tasks of one event loop."""

    @property
    def card(self) -> ModelCard:
        """What is served."""
        ...

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """The prompt's length in tokens, chat template included."""
        ...

    def generate(self, request: ChatRequest) -> Generation:
        """Begin to sample.

        Raises `PromptTooLong` when the prompt plus one token exceeds the context, `AdapterNotServed` for an unknown
        adapter; iterating raises `EngineFailed` when the engine breaks.
        """
        ...

    async def aclose(self) -> None:
        """Cancel everything and free the weights."""
        ...


class Models(Protocol):
    """The engines of a profile, opened when they are first needed."""

    async def get(self, name: str | None = None) -> ChatModel:
        """The model with this name, or the default one. Raises `MissingComponent` when its weights are not here."""
        ...


class Router(Protocol):
    """Ranks the specialists for a problem."""

    @property
    def name(self) -> str:
        """Short name, recorded with every route."""
        ...

    async def rank(self, problem: Problem, goal: str) -> Ranking:
        """Rank the specialists for `goal`, a step of the problem (or its statement)."""
        ...


class Solver(Protocol):
    """Anything that answers problems: the hierarchy, a single call, best-of-n."""

    async def solve(self, problem: Problem) -> Outcome:
        """Answer one problem."""
        ...
