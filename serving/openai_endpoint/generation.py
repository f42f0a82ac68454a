"""A request under way: one HTTP stream per sample, so that each has its seed and can be cancelled alone."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from typing import Any

from hierarchy.chat import Completion
from hierarchy.errors import HiMoeError
from hierarchy.usage import Usage
from serving.openai_endpoint.reading import Reading

Ask = Callable[[Reading], Coroutine[Any, Any, Completion]]
"""Fills a reading from the server. Raises errors of ours."""


class EndpointGeneration:
    """A request under way; needs a running event loop. `prompt_tokens`: as we count them.

    The first error ends it, and with it the other samples.

    `usage`: the prompt counts once, though every sample's request carries it, as a server with a prefix cache computes
    it once. A cancelled sample counts what had come. `model_seconds` is the time on the clock since the first sample
    was sent, the server's own queue included; `queue_seconds` the wait for a place among `max_concurrency`.
    """

    def __init__(self, readings: list[Reading], ask: Ask, places: asyncio.Semaphore, prompt_tokens: int) -> None:
        self._readings = readings
        self._prompt_tokens = prompt_tokens
        self._submitted = time.perf_counter()
        self._begun: float | None = None
        self._ended: float | None = None
        self._events: asyncio.Queue[Completion | HiMoeError | None] = asyncio.Queue()
        self._failed = False
        loop = asyncio.get_running_loop()
        self._tasks = {reading.index: loop.create_task(self._sample(reading, ask, places)) for reading in readings}
        for index, task in list(self._tasks.items()):
            task.add_done_callback(partial(self._finished, index))

    async def _sample(self, reading: Reading, ask: Ask, places: asyncio.Semaphore) -> None:
        async with places:
            self._begun = self._begun or time.perf_counter()
            try:
                self._events.put_nowait(await ask(reading))
            except HiMoeError as error:
                if not self._failed:
                    self._failed = True
                    self._events.put_nowait(error)
                for index, task in self._tasks.items():
                    if index != reading.index:
                        task.cancel()

    def _finished(self, index: int, _task: asyncio.Task[None]) -> None:
        del self._tasks[index]
        if not self._tasks:
            self._ended = time.perf_counter()
            self._events.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[Completion]:
        while (event := await self._events.get()) is not None:
            if isinstance(event, Exception):
                raise event
            yield event
        self._events.put_nowait(None)

    async def cancel(self, index: int | None = None) -> None:
        """Stop one sample, or all; returns when their connections are closed, which is what stops the server."""
        tasks = [task for number, task in self._tasks.items() if index in (None, number)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def over(self) -> bool:
        """Whether no sample is under way."""
        return not self._tasks

    @property
    def usage(self) -> Usage:
        """What was spent so far."""
        until = self._ended or time.perf_counter()
        begun = self._begun or until
        stated = [reading.prompt_tokens for reading in self._readings if reading.prompt_tokens is not None]
        prompt = max(stated) if stated else self._prompt_tokens
        return Usage(
            prompt_tokens=prompt if self._begun is not None else 0,
            completion_tokens=sum(reading.completion_tokens for reading in self._readings),
            calls=1,
            model_seconds=until - begun,
            queue_seconds=begun - self._submitted,
        )
