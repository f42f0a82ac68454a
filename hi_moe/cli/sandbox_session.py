"""Work with the sandbox that a signal ends at once and cleanly: no process is left, also of what runs in it."""

import asyncio
import os
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

from hi_moe.cli.exits import Exit
from hi_moe.cli.streams import say

T = TypeVar("T")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(Exception):
    """A signal ended the work; `code` is the exit code for it."""

    def __init__(self, code: Exit) -> None:
        super().__init__(code.name)
        self.code = code


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end. The first signal cancels it, the second leaves at once: the kernel then ends the rest.

    Raises `Interrupted`.
    """
    caught: list[int] = []

    async def guarded() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def stop(number: int) -> None:
            if caught:
                os._exit(128 + number)
            caught.append(number)
            task.cancel()

        # What is ignored stays so: a shell script's background job is not meant by Ctrl-C.
        before = {number: signal.getsignal(number) for number in SIGNALS}
        taken = [number for number in SIGNALS if before[number] is not signal.SIG_IGN]
        for number in taken:
            loop.add_signal_handler(number, stop, number)
        try:
            return await work
        finally:
            for number in taken:
                loop.remove_signal_handler(number)
                signal.signal(number, before[number])

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        say("interrupted")
        raise Interrupted(Exit(128 + caught[0])) from None
