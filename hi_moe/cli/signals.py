"""Stopping by Ctrl-C, SIGTERM or a closed terminal: the first signal cancels the work, the second leaves at once."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from hi_moe.cli.exits import Exit
from hi_moe.cli.streams import say

SHOW_CURSOR = b"\x1b[?25h"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopper:
    """Knows which signal came first."""

    def __init__(self, last_words: Callable[[], str]) -> None:
        """`last_words`: what to say on stderr when the second signal leaves at once."""
        self._last_words = last_words
        self._signals = 0
        self.code = Exit.INTERRUPTED
        """The exit code of the signal that came first."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Cancel the present task at the first signal. For the main thread, inside a running loop."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def stop() -> None:
            say("stopping; Ctrl-C again leaves at once")
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
