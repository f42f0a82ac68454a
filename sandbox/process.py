"""One chain of processes of ours: started, listened to, ended; nothing is left, also after a cancellation."""

import asyncio
import contextlib
import itertools
import os
import re
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TypeVar

from sandbox.errors import is_scarce
from sandbox.launch import Launcher

T = TypeVar("T")
_KILL_PAUSE_SECONDS = 0.05
_CHUNK = 65_536
_HALT_LOOKS, _HALT_PAUSE_SECONDS = 50, 0.0001
_PATIENT_KILLS = 40
"""So often only the last process of a chain is killed: who still lives then does not do its part."""
_DRAIN_SECONDS = 1.0
"""How long a pipe is read whose writers should all be dead."""
_ORPHAN_LOOKS, _ORPHAN_PAUSE_SECONDS = 100, 0.002
_ORPHAN = re.compile(r"\AName:\tbwrap\n.*^NSpid:\t\d+\t1$", re.DOTALL | re.MULTILINE)


@asynccontextmanager
async def started(
    launcher: Launcher, command: Sequence[str], pass_fds: Sequence[int], stdin: int | None = None, *, stdout: bool
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start a command line of `launcher`, its standard error a pipe, its standard output too if `stdout` says so.

    At the end of the block the whole chain is dead. Raises `OSError` when nothing can be started.
    """
    creating = started_process(launcher, command, pass_fds, stdin, stdout=stdout)
    # A cancelled creation would kill only the first process of the chain and leave the rest alone.
    process, cancelled = await to_the_end(creating)
    try:
        if cancelled:
            raise asyncio.CancelledError
        yield process
    finally:
        _, cancelled = await to_the_end(end(process))
        if cancelled:
            raise asyncio.CancelledError


async def started_process(
    launcher: Launcher,
    command: Sequence[str],
    pass_fds: Sequence[int],
    stdin: int | None = None,
    *,
    stdout: bool = False,
) -> asyncio.subprocess.Process:
    """The same without an end: see `to_the_end` for the start, `end` for the end."""
    return await asyncio.create_subprocess_exec(
        *command,
        stdin=subprocess.DEVNULL if stdin is None else stdin,
        stdout=subprocess.PIPE if stdout else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=pass_fds,
        env={},
        user=launcher.user,
        group=launcher.user,
        extra_groups=launcher.groups,
    )


async def listen(reader: asyncio.StreamReader | None, take: Callable[[bytes], None], stop: Callable[[], None]) -> None:
    """Give what comes through a pipe to `take`, each time followed by `stop`, until all its writers are gone."""
    while reader is not None and (data := await reader.read(_CHUNK)):
        take(data)
        stop()


async def to_the_end(work: Coroutine[None, None, T] | asyncio.Future[T]) -> tuple[T, bool]:
    """The result of `work`, which a cancellation cannot stop, and whether there was one."""
    task, cancelled = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            cancelled = True
    return task.result(), cancelled


async def end(process: asyncio.subprocess.Process) -> None:
    """Kill the chain and read its pipes empty."""
    for killed in itertools.count():
        if process.returncode is not None:
            break
        (kill_deepest if killed < _PATIENT_KILLS else _kill_all)(process.pid)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _KILL_PAUSE_SECONDS)
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            for reader in (process.stderr, process.stdout):
                await listen(reader, lambda data: None, lambda: None)
    except TimeoutError:
        # Somebody else holds a pipe; its transport would wait for him for ever.
        process._transport.close()  # type: ignore[attr-defined]
    if os.getpid() == 1:  # pragma: no cover - in a test's own process, where nothing measures
        await _reap_orphans()


async def _reap_orphans() -> None:  # pragma: no cover - as above
    """Where we are the first process, as in a container: wait for what bubblewrap has left to that one.

    It ends without waiting for its child, the first process of a namespace. Nobody else waits for one like that, so
    that no child which the caller has started himself loses its exit code.
    """
    for _ in range(_ORPHAN_LOOKS):
        # Without a descriptor to look with it is tried again.
        with contextlib.suppress(OSError):
            if all(_reaped(pid) for pid in _children(os.getpid()) if _is_orphan(pid)):
                return
        await asyncio.sleep(_ORPHAN_PAUSE_SECONDS)


def _is_orphan(pid: int) -> bool:  # pragma: no cover - as above
    try:
        return _ORPHAN.search(Path(f"/proc/{pid}/status").read_text()) is not None
    except OSError:
        return False


def _reaped(pid: int) -> bool:  # pragma: no cover - as above
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG) is not None
    except ChildProcessError:
        return True


def kill_deepest(pid: int) -> None:
    """Kill the last process of the chain below `pid`: each parent then reaps its child and ends by itself.

    Killing the top instead would leave the rest to the machine's first process, which in a container may reap nobody.
    """
    with _killed_all_the_same(pid):
        top = os.pidfd_open(pid)
        try:
            # Bubblewrap that dies just after it has made its child leaves it waiting for a word for ever, with our
            # pipes open. What is halted makes no child.
            if _children(pid) or _halt(pid, top):
                _kill_last(chain_below(pid))
        finally:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(top, signal.SIGCONT)
            os.close(top)


@contextmanager
def _killed_all_the_same(pid: int) -> Iterator[None]:
    """Kill the top of a chain where there is no descriptor left to find its end with: the rest dies with its parent.

    By its number: asyncio waits for this child of ours and has told no end yet, and numbers are used again in turn, so
    that it can be nobody else's.
    """
    try:
        yield
    except ProcessLookupError:
        pass
    except OSError as error:
        if not is_scarce(error):
            raise
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _kill_last(chain: Sequence[int]) -> None:
    handle = os.pidfd_open(chain[-1])
    try:
        # A number can be used again, a handle cannot: only what is still in its place is ours.
        if len(chain) == 1 or chain[-1] in _children(chain[-2]):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
    finally:
        os.close(handle)


def _kill_all(pid: int) -> None:
    """Kill the whole chain from its end on: somebody in it stands still and does not reap what is below."""
    with _killed_all_the_same(pid):
        chain = chain_below(pid)
        for length in range(len(chain), 0, -1):
            with contextlib.suppress(ProcessLookupError):
                _kill_last(chain[:length])


def _halt(pid: int, handle: int) -> bool:
    """Whether the process stands still now, or is dead; the kernel does it within microseconds of being told."""
    signal.pidfd_send_signal(handle, signal.SIGSTOP)
    for _ in range(_HALT_LOOKS):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError as error:
            if is_scarce(error):
                raise
            return True
        if state in "TtZX":
            return True
        time.sleep(_HALT_PAUSE_SECONDS)
    return False


def chain_below(pid: int) -> list[int]:
    """`pid`, its last child, the last child of that, and so on.

    Raises `OSError` for want of descriptors: the last that is known would not be the last.
    """
    chain = [pid]
    while children := _children(chain[-1]):
        chain.append(children[-1])
    return chain


def _children(pid: int) -> list[int]:
    try:
        return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError as error:
        if is_scarce(error):
            raise
        return []
