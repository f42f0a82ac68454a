"""Stopping by Ctrl-C, SIGTERM or a closed terminal: the first signal cancels the work, the second leaves at once.

Cancelled work ends what it began; where it is left at once, the kernel ends the rest.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeVar

from hi_moe.cli.exits import Exit
from hi_moe.cli.streams import say

T = TypeVar("T")
SHOW_CURSOR = b"\x1b[?25h"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopper:
    """Knows which signal came first."""

    def __init__(self, last_words: Callable[[], str], first_words: str = "") -> None:
        """What to say on stderr when the second signal leaves at once, and at the first one."""
        self._last_words = last_words
        self._first_words = first_words
        self._signals = 0
        self.code = Exit.INTERRUPTED
        """The exit code of the signal that came first."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Cancel the present task at the first signal. For the main thread, inside a running loop."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def stop() -> None:
            if self._first_words:
                say(self._first_words)
            task.cancel()

        def caught(number: int, frame: FrameType | None) -> None:
            self._signals += 1
            if self._signals == 1:
                self.code = Exit(128 + number)
                loop.call_soon_threadsafe(stop)
                return
            cursor = SHOW_CURSOR if sys.stderr.isatty() else b""
            with suppress(OSError):
                os.write(2, cursor + f"\n{self._last_words()}\n".encode())
            os._exit(self.code)

        # What is ignored stays so: a shell script's background job is not meant by Ctrl-C, one under nohup by SIGHUP.
        before = {number: signal.getsignal(number) for number in SIGNALS}
        taken = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
        for number in taken:
            signal.signal(number, caught)
        try:
            yield
        finally:
            for number, handler in taken.items():
                signal.signal(number, handler)


class Interrupted(Exception):
    """A signal ended the work; `code` is the exit code for it."""

    def __init__(self, code: Exit) -> None:
        super().__init__(code.name)
        self.code = code


STOPPING = "stopping; Ctrl-C again leaves at once"
"""The first words of work that takes a while to stop."""


def finish(work: Coroutine[Any, Any, T], words: str = "interrupted", first_words: str = "") -> T:
    """Run `work` to its end. `words` are said when a signal has ended it, `first_words` when the signal comes.

    Raises `Interrupted`.
    """
    stopper = Stopper(lambda: words, first_words)

    async def watched() -> T:
        with stopper.watching():
            return await work

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        say(words)
        raise Interrupted(stopper.code) from None
