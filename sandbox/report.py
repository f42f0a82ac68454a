"""What one isolated process told and how it ended: untrusted text becomes typed data here, for every tier."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from sandbox import channel
from sandbox.request import Request
from sandbox.types import CaseResult, Limits, TierName

_MAX_NOISE = 4000

Stop = Literal["", "time_limit", "output_limit", "broken"]


@dataclass
class Report:
    """One process."""

    started: bool = False
    loaded: bool = False
    load_cpu_seconds: float = 0.0
    finished: bool = False
    """It came to its own end: every exit handler ran and all output is written."""
    refused: tuple[Literal["compile_error", "load_error"], str] | None = None
    results: list[CaseResult] = field(default_factory=list)
    stopped: Stop = ""
    """Why the parent ended it."""
    exit_code: int | None = None
    """128 plus the signal when a signal ended it."""
    cpu_seconds: float = 0.0
    """CPU time of the whole process, where the tier knows it; in the one-shot tier a lower bound, some 0.25 s old."""
    over_cpu: bool = False
    """It may have used all the CPU time that the process has: a SIGKILL then came from the kernel's hard limit."""
    out_of_memory: bool = False
    """The kernel ended it because its control group was full."""
    stdout: bytes = b""
    late_seconds: float = 0.0
    """Wall time from the request until there was a process for it: ours, not the program's."""
    noise: str = ""
    """What was said before it started: the words of bubblewrap or of the tier itself."""


class Tier(Protocol):
    """A way to run one isolated process."""

    name: TierName

    async def process(self, request: Request, limits: Limits, deadline: float, stdin: bytes | None) -> Report:
        """Run one request to its end, or until `deadline` (the loop's clock, seconds).

        `stdin` is given to a script, and nothing to a run of cases. Cancelling it ends the process first. Raises
        `OSError` when nothing can be started.
        """
        ...

    async def aclose(self) -> None:
        """End every process and give back everything."""
        ...


class Transcript:
    """Reads the channel of one process into a report; `report.stopped` says when the process must be ended."""

    def __init__(self, request: Request, limits: Limits) -> None:
        self.report = Report()
        self._token = request["token"]
        self._cases = 1 if request["script"] else len(request["cases"])
        self._longest = channel.longest_line(limits)
        self._output_bytes = limits.output_bytes
        self._rest = bytearray()

    def hear(self, data: bytes) -> None:
        """Take what came through the channel. After a stop nothing more is believed."""
        if self.report.stopped:
            return
        self._rest += data
        *lines, rest = self._rest.split(b"\n") if b"\n" in data else (self._rest,)
        for line in lines:
            if not self.report.stopped:
                self._take(bytes(line))
        self._rest = rest
        if len(rest) > self._longest:
            self._stop("output_limit")

    def collect(self, data: bytes) -> None:
        """Take what a script printed, up to the limit."""
        report = self.report
        if report.stopped:
            return
        if len(report.stdout) + len(data) > self._output_bytes:
            self._stop("output_limit")
        else:
            report.stdout += data

    def _take(self, line: bytes) -> None:
        report = self.report
        try:
            message = channel.parse(line, self._token, self._output_bytes)
        except channel.BrokenChannel:
            if report.started:
                self._stop("broken")
            report.noise = (report.noise + line.decode("utf-8", "replace") + "\n")[:_MAX_NOISE]
            return
        if not self._is_due(message):
            self._stop("broken")
        elif message.kind == "started":
            report.started = True
        elif message.kind == "loaded":
            report.loaded, report.load_cpu_seconds = True, message.cpu_seconds
        elif message.kind == "finished":
            report.finished = True
        elif message.kind == "case":
            report.results.append(message.result)
        else:
            report.refused = (message.kind, message.detail)

    def _is_due(self, message: channel.Message) -> bool:
        """Whether the runner may say this now. A program may know the token: it cannot talk without end."""
        report = self.report
        if message.kind == "started":
            return not report.started
        if not report.started or report.finished:
            return False
        if message.kind == "case":
            return message.index == len(report.results) < self._cases
        return message.kind == "finished" or not (report.loaded or report.refused)

    def _stop(self, reason: Stop) -> None:
        self.report.stopped = self.report.stopped or reason
