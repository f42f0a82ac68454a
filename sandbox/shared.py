"""Work that several wait for and that is done once."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """What `work` gives, made when the first one asks for it. After a failure the next one who asks tries again."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """Raises what `work` raises. Who is cancelled here leaves it to the next one, or to `ended`."""
        if self._task is None or _failed(self._task):
            self._task = asyncio.create_task(self._work())
        return await asyncio.shield(self._task)

    @property
    def asked(self) -> bool:
        """Whether it is there or being made."""
        return self._task is not None and not _failed(self._task)

    async def ended(self) -> T | None:
        """Wait for it where it is being made; nothing where it is not there. It is forgotten."""
        task, self._task = self._task, None
        if task is None:
            return None
        await asyncio.wait([task])
        return None if _failed(task) else task.result()


def _failed(task: "asyncio.Task[Any]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
