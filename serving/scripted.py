"""A `ChatModel` that says what it was told to: for tests of policies, never to stand for a measured result.

A token is a white-space separated word. Samples of a request are answered concurrently, each after its delay, so
order of completion, cancellation and failure can be played through without weights.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Sequence

from hierarchy.chat import ChatRequest, Completion, Message, ModelCard, Sampling, Token
from hierarchy.errors import AdapterNotServed, EngineFailed, PromptTooLong
from hierarchy.usage import Usage

Reply = str | Completion | Exception
"""A text; a whole completion (for chosen log-probabilities; its index is set here); an error to raise."""
Script = Iterable[Reply] | Callable[[ChatRequest, int], Reply]
"""Replies in the order in which samples are asked for, over all requests; or a function of request and sample index."""
Delay = float | Callable[[ChatRequest, int], float]
"""Seconds until a sample is complete."""


class ScriptedEngine:
    """Answers from a script. `requests` holds every request it was given, `cancelled` the (request, sample) indices
    that were cancelled before they were complete."""

    def __init__(
        self,
        replies: Script,
        *,
        delay: Delay = 0.0,
        name: str = "scripted",
        context_tokens: int = 4096,
        adapters: Iterable[str] = (),
    ) -> None:
        self._script = replies if callable(replies) else None
        self._replies = iter(()) if callable(replies) else iter(replies)
        self._delay = delay
        self._adapters = frozenset(adapters)
        self._card = ModelCard(name=name, sha256="", context_tokens=context_tokens)
        self._open: list[ScriptedGeneration] = []
        self.requests: list[ChatRequest] = []
        self.cancelled: list[tuple[int, int]] = []

    @property
    def card(self) -> ModelCard:
        """What is served; no weights, so no sha256."""
        return self._card

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """Words of all messages."""
        return sum(len(message.content.split()) for message in messages)

    def generate(self, request: ChatRequest) -> "ScriptedGeneration":
        """Begin to answer; needs a running event loop.

        Raises `PromptTooLong` and `AdapterNotServed` as a real engine does.
        """
        prompt_tokens = self.count_tokens(request.messages)
        if prompt_tokens + 1 > self._card.context_tokens:
            raise PromptTooLong(prompt_tokens, self._card.context_tokens, self._card.name)
        if request.adapter is not None and request.adapter not in self._adapters:
            raise AdapterNotServed(f"{self._card.name!r} does not serve the adapter {request.adapter!r}")
        number = len(self.requests)
        self.requests.append(request)
        samples = [
            (self._reply(request, index), self._delay(request, index) if callable(self._delay) else self._delay)
            for index in range(len(request.samples))
        ]
        generation = ScriptedGeneration(
            request, samples, prompt_tokens, lambda index: self.cancelled.append((number, index))
        )
        self._open.append(generation)
        return generation

    def _reply(self, request: ChatRequest, index: int) -> Reply:
        if self._script is not None:
            return self._script(request, index)
        missing = EngineFailed(f"the script has no reply left for sample {index} of request {len(self.requests) - 1}")
        return next(self._replies, missing)

    async def aclose(self) -> None:
        """Cancel everything."""
        for generation in self._open:
            await generation.cancel()


class ScriptedGeneration:
    """A scripted request under way."""

    def __init__(
        self,
        request: ChatRequest,
        samples: Sequence[tuple[Reply, float]],
        prompt_tokens: int,
        on_cancel: Callable[[int], None],
    ) -> None:
        self._request = request
        self._usage = Usage(prompt_tokens=prompt_tokens, calls=1)
        self._on_cancel = on_cancel
        self._started = time.perf_counter()
        self._done: asyncio.Queue[Completion | Exception | None] = asyncio.Queue()
        self._tasks = {
            index: asyncio.get_running_loop().create_task(self._answer(index, reply, delay))
            for index, (reply, delay) in enumerate(samples)
        }

    async def _answer(self, index: int, reply: Reply, delay: float) -> None:
        try:
            await asyncio.sleep(delay)
        except asyncio.CancelledError:
            self._on_cancel(index)
            self._finish(index)
            return
        if isinstance(reply, Exception):
            self._done.put_nowait(reply)
        else:
            completion = _completion(index, reply, self._request.samples[index])
            spent = Usage(completion_tokens=completion.completion_tokens)
            self._usage += spent
            self._done.put_nowait(completion)
        self._finish(index)

    def _finish(self, index: int) -> None:
        del self._tasks[index]
        if not self._tasks:
            self._usage += Usage(model_seconds=time.perf_counter() - self._started)
            self._done.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Completion]:
        while (item := await self._done.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
        self._done.put_nowait(None)

    async def cancel(self, index: int | None = None) -> None:
        """Stop one sample, or all that are not complete."""
        tasks = [task for i, task in self._tasks.items() if index is None or i == index]
        await asyncio.sleep(0)  # a task that never ran would not see its cancellation
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)

    @property
    def usage(self) -> Usage:
        """Words in and out so far; a cancelled sample has decoded none."""
        return self._usage


def _completion(index: int, reply: str | Completion, sampling: Sampling) -> Completion:
    """The reply as the sampling would have it: cut at a stop string or after `max_tokens` words."""
    if isinstance(reply, Completion):
        return reply.model_copy(update={"index": index})
    cuts = [at for stop in sampling.stop if stop and (at := reply.find(stop)) >= 0]
    text = reply[: min(cuts)] if cuts else reply
    words = text.split()
    length = len(words) > sampling.max_tokens
    if length:
        words = words[: sampling.max_tokens]
        text = " ".join(words)
    return Completion(
        index=index,
        text=text,
        finish_reason="length" if length else "stop",
        tokens=tuple(Token(text=word, logprob=0.0) for word in words),
        completion_tokens=len(words),
    )
