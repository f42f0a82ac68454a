"""One run's talk with the child that takes it: a job with its pipes goes out, what comes back is collected."""

import asyncio
import contextlib
import marshal
import os
import socket
from collections.abc import Callable

from sandbox.report import Report, Transcript
from sandbox.request import Request
from sandbox.shipment import sealed_file

_CHUNK = 1 << 18
_PATIENCE_SECONDS = 2.0
"""How long a run that was told to end may keep its pipes open before it is no longer listened to."""


class Exchange:
    """Sends one job over `control` and reads its pipes with callbacks of the loop, which costs less than streams."""

    def __init__(self, control: socket.socket, transcript: Transcript, kill: Callable[[], None]) -> None:
        self._control = control
        self._transcript = transcript
        self._kill = kill
        self._loop = asyncio.get_running_loop()
        self._open: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None
        self.report: Report = transcript.report
        self.heard: asyncio.Future[None] = self._loop.create_future()
        """Done when nobody can say anything more."""

    def begin(self, request: Request, stdin: bytes | None, deadline: float) -> None:
        """Hand over the job. Raises `OSError` when nobody is there to take it."""
        with contextlib.ExitStack() as files:
            inner = [files.enter_context(sealed_file(marshal.dumps(dict(request))))]
            inner.append(self._pipe(files, self._transcript.hear))
            if stdin is not None:
                inner.append(files.enter_context(sealed_file(stdin)))
                inner.append(self._pipe(files, self._transcript.collect))
            socket.send_fds(self._control, [b"J"], inner)
        self._timer = self._loop.call_at(deadline, self._stop, "time_limit")

    def close(self) -> None:
        """Give back what is still open."""
        if self._timer is not None:
            self._timer.cancel()
        for descriptor in tuple(self._open):
            self._drop(descriptor)

    def _pipe(self, files: contextlib.ExitStack, take: Callable[[bytes], None]) -> int:
        read, write = os.pipe()
        files.callback(os.close, write)
        os.set_blocking(read, False)
        self._open.add(read)
        self._loop.add_reader(read, self._read, read, take)
        return write

    def _read(self, descriptor: int, take: Callable[[bytes], None]) -> None:
        try:
            data = os.read(descriptor, _CHUNK)
        except BlockingIOError:
            return
        if data:
            take(data)
            if self.report.stopped:
                self._stop(self.report.stopped)
        else:
            self._drop(descriptor)

    def _stop(self, reason: str) -> None:
        """Have the run ended; called once, by the clock or by the transcript."""
        if self._timer is None:
            return
        self._timer.cancel()
        self._timer = None
        if reason == "time_limit":
            self.report.stopped = "time_limit"
        self._kill()
        self._loop.call_later(_PATIENCE_SECONDS, self.close)

    def _drop(self, descriptor: int) -> None:
        self._loop.remove_reader(descriptor)
        os.close(descriptor)
        self._open.discard(descriptor)
        if not self._open and not self.heard.done():
            self.heard.set_result(None)
