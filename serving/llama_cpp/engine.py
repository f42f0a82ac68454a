"""The embedded engine: a `ChatModel` over llama.cpp in this process."""

import asyncio
import os
import weakref
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from hierarchy.chat import ChatRequest, Completion, Message, ModelCard
from hierarchy.errors import AdapterNotServed, EngineFailed, PromptTooLong
from hierarchy.usage import Usage
from serving.llama_cpp.template import ChatTemplate
from serving.settings import EngineSettings

if TYPE_CHECKING:
    from serving.llama_cpp.weights import Weights
    from serving.llama_cpp.worker import Event, Request, Worker


class LlamaCppEngine:
    """Serves one GGUF file. Made by `open`; `aclose` frees it."""

    def __init__(self, weights: "Weights", worker: "Worker", card: ModelCard) -> None:
        self._weights = weights
        self._worker = worker
        self._card = card
        self._template = ChatTemplate(weights)
        # For a program that ends, or forgets the engine, without `aclose`.
        self._free = weakref.finalize(self, _close, worker, weights)

    @classmethod
    async def open(cls, path: Path, settings: EngineSettings, name: str, sha256: str) -> "LlamaCppEngine":
        """Load the weights `path`, which are called `name` and have the checksum `sha256`, and `settings.adapter`.

        With an adapter the card's name is `NAME+FILE`. The context is `settings.context_tokens` or what the model was
        trained for, whichever is less.

        Raises MissingComponent when llama.cpp is not installed, the weights are absent, truncated or not understood, or
        the adapter does not fit them;
        EngineFailed when there is not enough memory.
        """
        return await asyncio.to_thread(cls._open, path, settings, name, sha256)

    @classmethod
    def _open(cls, path: Path, settings: EngineSettings, name: str, sha256: str) -> "LlamaCppEngine":
        from serving.llama_cpp.library import load_library

        library = load_library()
        from serving.llama_cpp.adapter import Adapter
        from serving.llama_cpp.context import Context
        from serving.llama_cpp.weights import Weights
        from serving.llama_cpp.worker import Worker

        weights = Weights(library, path, name)
        adapter = None
        if settings.adapter is not None:
            try:
                adapter = Adapter(library, weights, path, settings.adapter)
            except BaseException:
                weights.close()
                raise
        slots = settings.max_sequences
        context_tokens = min(settings.context_tokens, weights.trained_context)
        cells = settings.kv_tokens or context_tokens + slots * min(settings.max_tokens, context_tokens)
        cells = max(cells, context_tokens)

        def open_context() -> Context:
            return Context(
                library,
                weights,
                sequences=2 * slots,
                cells=cells,
                batch_tokens=settings.batch_tokens + slots,
                threads=settings.threads or usable_cores(),
                flash_attention=settings.flash_attention,
                adapter=adapter,
            )

        share = settings.reuse_prompts and weights.can_share_prefixes
        worker = Worker(weights, open_context, slots=slots, cells=cells, chunk=settings.batch_tokens, share=share)
        try:
            worker.opened.result()
            served = with_adapter(name, settings)
            return cls(weights, worker, ModelCard(name=served, sha256=sha256, context_tokens=context_tokens))
        except BaseException:
            _close(worker, weights)
            raise

    @property
    def card(self) -> ModelCard:
        """What is served."""
        return self._card

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """The prompt's length in tokens, chat template included. Raises EngineFailed after `aclose`."""
        return len(self._tokens(messages))

    def generate(self, request: ChatRequest) -> "LlamaCppGeneration":
        """Begin to sample; needs a running event loop.

        Raises `PromptTooLong`, `AdapterNotServed` (this engine serves none), UsageError when the chat template refuses
        the messages, EngineFailed after `aclose`. Iterating raises UsageError for a constraint that cannot be compiled
        and EngineFailed when llama.cpp breaks.
        """
        if request.adapter is not None:
            raise AdapterNotServed(f"the engine of {self._card.name!r} serves no adapter {request.adapter!r}")
        prompt = self._tokens(request.messages)
        if len(prompt) + 1 > self._card.context_tokens:
            raise PromptTooLong(len(prompt), self._card.context_tokens, self._card.name)
        from serving.llama_cpp.worker import Request

        loop = asyncio.get_running_loop()
        events: asyncio.Queue[Event] = asyncio.Queue()

        def deliver(event: "Event") -> None:
            with suppress(RuntimeError):  # the loop was closed; nobody is left to hear
                loop.call_soon_threadsafe(events.put_nowait, event)

        job = Request(prompt, request.samples, self._card.context_tokens, deliver)
        self._worker.submit(job)
        return LlamaCppGeneration(job, self._worker, events)

    async def aclose(self) -> None:
        """Cancel everything and free the weights; harmless when it is done already."""
        if self._free.detach() is not None:
            await asyncio.to_thread(_close, self._worker, self._weights)

    def _tokens(self, messages: Sequence[Message]) -> list[int]:
        if not self._free.alive:
            raise EngineFailed(f"the engine of {self._card.name!r} is closed")
        return self._template.tokens(messages)


class LlamaCppGeneration:
    """A request under way."""

    def __init__(self, request: "Request", worker: "Worker", events: "asyncio.Queue[Event]") -> None:
        self._request = request
        self._worker = worker
        self._events = events

    async def __aiter__(self) -> AsyncIterator[Completion]:
        while (event := await self._events.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event
        self._events.put_nowait(None)

    async def cancel(self, index: int | None = None) -> None:
        """Stop one sample, or all; returns when they are out of the engine, at the next step."""
        loop = asyncio.get_running_loop()
        gone = loop.create_future()

        def resolve() -> None:
            if not gone.done():
                gone.set_result(None)

        def done() -> None:
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(resolve)

        self._worker.cancel(self._request, index, done)
        await gone

    @property
    def usage(self) -> Usage:
        """What was spent so far; see `Generation.usage`."""
        return self._request.usage()


def with_adapter(name: str, settings: EngineSettings) -> str:
    """What a model is called that is served under these settings: `NAME`, or `NAME+FILE` with an adapter."""
    return name if settings.adapter is None else f"{name}+{settings.adapter.name}"


def usable_cores() -> int:
    """Cores that this process may run on. On x86 the two threads of one core share its vector unit, so only one of
    them is counted where the system says which belong together."""
    cpus = os.sched_getaffinity(0)
    siblings = set()
    for cpu in cpus:
        listing = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
        siblings.add(listing.read_text(encoding="ascii").strip() if listing.is_file() else str(cpu))
    return len(siblings)


def _close(worker: "Worker", weights: "Weights") -> None:
    worker.close()
    weights.close()
