"""Holds bubblewrap back before it starts anything, so that what it starts is in a control group from its first step."""

import asyncio
import contextlib
import os
import re
from types import TracebackType
from typing import Self

from sandbox.groups import Loan
from sandbox.process import to_the_end

_CHILD = re.compile(rb'"child-pid"\s*:\s*(\d+)')
_CHUNK = 4096


class Gate:
    """For one start. Use it around the process: when it ends, whoever still waits goes on.

    Bubblewrap says on one descriptor which process it has made and waits for a word on another one; in between lie its
    own mounts, so that hardly any time is lost.
    """

    def __init__(self, group: Loan) -> None:
        self.group = group
        self._told, self._tells = os.pipe()
        self._open = {self._told, self._tells}
        try:
            self._waits, self._go = os.pipe()
        except OSError:
            self.__exit__(None, None, None)
            raise
        self._open |= {self._waits, self._go}
        os.set_blocking(self._told, False)

    @property
    def options(self) -> tuple[str, ...]:
        """What bubblewrap is told."""
        return "--info-fd", str(self._tells), "--block-fd", str(self._waits)

    @property
    def descriptors(self) -> tuple[int, int]:
        """What it must inherit."""
        return self._tells, self._waits

    async def pass_in(self) -> None:
        """Once bubblewrap is started: put its child into the group, then let it go on. Raises `OSError`.

        Where bubblewrap has failed, nobody is left to be put anywhere.
        """
        # Our own copy would hide that bubblewrap is dead.
        self._close(self._tells)
        found = _CHILD.search(await self._said())
        if found is not None:
            # In a thread, beside bubblewrap's own mounts: the kernel waits for a grace period, 4 to 11 ms.
            _, cancelled = await to_the_end(asyncio.to_thread(self._add, int(found[1])))
            if cancelled:
                raise asyncio.CancelledError
        os.write(self._go, b"g")

    def _add(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.group.add(pid)

    async def _said(self) -> bytes:
        said = b""
        # One object, written in pieces.
        while b"}" not in said:
            await _readable(self._told)
            data = os.read(self._told, _CHUNK)
            if not data:
                break
            said += data
        return said

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in list(self._open):
            self._close(descriptor)

    def _close(self, descriptor: int) -> None:
        self._open.remove(descriptor)
        os.close(descriptor)


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, tell)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)
