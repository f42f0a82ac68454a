"""The pool: a few warm zygotes, each used for one run at a time and replaced after many runs or one odd one."""

import asyncio
import contextlib
from collections.abc import Coroutine

from sandbox.pool.worker import Recipe, Worker
from sandbox.report import Report
from sandbox.request import Request
from sandbox.types import Limits, TierName

RECYCLE_AFTER = 1000
"""Runs of one zygote: its start, some 100 ms, is then 0.1 ms a run."""
_PATIENCE_SECONDS = 0.1
"""How long a run waits for a zygote that is about to be free before it starts one: about what that takes."""


class Pool:
    """Runs each request in a child of a warm interpreter, in fresh namespaces."""

    name: TierName = "pool"

    def __init__(self, recipe: Recipe, size: int, recycle_after: int = RECYCLE_AFTER) -> None:
        self._recipe = recipe
        self._recycle_after = recycle_after
        self._free: asyncio.LifoQueue[Worker | None] = asyncio.LifoQueue()
        """Zygotes without work. `None` stands for one that is not there: the next run starts it."""
        for _ in range(size):
            self._free.put_nowait(None)
        self._size = size
        self._background: set[asyncio.Task[None]] = set()

    async def warm(self) -> None:
        """Have one zygote ready. Raises `OSError` with the cause where none can be made."""
        first = self._free.get_nowait()
        try:
            first = first or await Worker.start(self._recipe)
        finally:
            # Also where none could be made: `aclose` waits for every place.
            self._free.put_nowait(first)

    async def process(self, request: Request, limits: Limits, deadline: float, stdin: bytes | None) -> Report:
        """Run one request; see `report.Tier`. The time until a zygote is there is ours: `deadline` moves by it."""
        loop = asyncio.get_running_loop()
        asked = loop.time()
        worker = await self._take()
        try:
            if worker is not None and worker.failure:
                # Not waited for: a cancellation would leave it half closed.
                self._later(worker.aclose())
                worker = None
            if worker is None:
                worker = await Worker.start(self._recipe)
            late = loop.time() - asked
            report = await worker.process(request, limits, deadline + late, stdin)
            report.late_seconds = late
            return report
        finally:
            if worker is None:
                self._free.put_nowait(None)
            else:
                self._later(self._release(worker))

    async def aclose(self) -> None:
        """End every zygote."""
        while self._background:
            await asyncio.wait(self._background)
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(self._size):
                worker = await self._free.get()
                if worker is not None:
                    stack.push_async_callback(worker.aclose)

    async def _take(self) -> Worker | None:
        """A place. A zygote whose last run is disappearing (1 ms) is better than one that must be started (90 ms)."""
        loop = asyncio.get_running_loop()
        worker = await self._free.get()
        until = loop.time() + _PATIENCE_SECONDS
        while worker is None and self._background and (left := until - loop.time()) > 0:
            self._free.put_nowait(None)
            await asyncio.wait(self._background, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            worker = await self._free.get()
        return worker

    async def _release(self, worker: Worker) -> None:
        await worker.settle()
        if not worker.failure and worker.runs < self._recycle_after:
            self._free.put_nowait(worker)
            return
        fresh = None
        try:
            await worker.aclose()
            # Where it cannot be started now, the next run tries and says why.
            with contextlib.suppress(OSError, TimeoutError):
                fresh = await Worker.start(self._recipe)
        finally:
            self._free.put_nowait(fresh)

    def _later(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
