"""One process that is a child of ours, listened to and ended, with the CPU time that it used in truth."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO

from sandbox.process import to_the_end

_LOST = 255
"""Exit code of a child that somebody else waited for, as in asyncio."""


@dataclass(frozen=True)
class Start:
    """How a process begins; everything that is not named is closed, empty or null."""

    command: Sequence[str]
    environment: Mapping[str, str]
    pass_fds: Sequence[int]
    stdin: int | None
    stdout: bool
    """Whether the standard output is a pipe to us; the standard error always is."""
    user: int | None
    """User and group to become first; nothing means the caller's own."""


class Child:
    """A running process. `exit_code` (128 plus the signal) and `cpu_seconds` are there once it was waited for."""

    def __init__(self, process: subprocess.Popen[bytes], handle: int) -> None:
        self._process = process
        self._handle = handle
        self.pid = process.pid
        self.exit_code: int | None = None
        self.cpu_seconds = 0.0
        self.stderr: asyncio.StreamReader | None = None
        self.stdout: asyncio.StreamReader | None = None

    def kill(self) -> None:
        """Kill it, by its handle: should somebody else have waited for it, its number may be another's by now."""
        if self.exit_code is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    async def wait(self) -> None:
        """Wait for its end."""
        if self.exit_code is not None:
            return
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._handle, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._handle)
        self._reap()

    def _reap(self) -> None:
        try:
            _, status, usage = os.wait4(self.pid, 0)
        except ChildProcessError:
            self.exit_code = _LOST
        else:
            code = os.waitstatus_to_exitcode(status)
            self.exit_code = 128 - code if code < 0 else code
            self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self._process.returncode = self.exit_code

    async def end(self) -> None:
        """Kill it and wait for its end; the last thing to be called."""
        self.kill()
        await self.wait()
        os.close(self._handle)


@asynccontextmanager
async def started(start: Start) -> AsyncIterator[Child]:
    """Start a process in a session of its own; at the end of the block it is dead and waited for.

    Raises `OSError` when it cannot be started.
    """
    process = _spawn(start)
    try:
        child = Child(process, os.pidfd_open(process.pid))
    except OSError:
        process.kill()
        process.communicate()
        raise
    try:
        async with contextlib.AsyncExitStack() as pipes:
            for pipe in (process.stderr, process.stdout):
                pipes.enter_context(pipe or contextlib.nullcontext())
            child.stderr = await pipes.enter_async_context(_reader(process.stderr))
            child.stdout = await pipes.enter_async_context(_reader(process.stdout))
            yield child
    finally:
        _, cancelled = await to_the_end(child.end())
        if cancelled:
            raise asyncio.CancelledError


def _spawn(start: Start) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        start.command,
        bufsize=0,
        stdin=subprocess.DEVNULL if start.stdin is None else start.stdin,
        stdout=subprocess.PIPE if start.stdout else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=start.pass_fds,
        env=dict(start.environment),
        cwd="/",
        umask=0o077,
        start_new_session=True,
        user=start.user,
        group=start.user,
        extra_groups=None if start.user is None else [],
    )


@asynccontextmanager
async def _reader(pipe: IO[bytes] | None) -> AsyncIterator[asyncio.StreamReader | None]:
    if pipe is None:
        yield None
        return
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    try:
        yield reader
    finally:
        transport.close()
