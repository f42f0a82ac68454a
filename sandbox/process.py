"""One isolated process: start it, listen to it until it ends or must be ended, leave nothing behind."""

import asyncio
import contextlib
import fcntl
import marshal
import os
import secrets
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from types import CodeType
from typing import Literal, TypeVar

from sandbox import channel, runner, seccomp, values
from sandbox.launch import Launcher
from sandbox.request import Case, Request
from sandbox.types import Call, CaseResult, Evaluate, Limits, Program

T = TypeVar("T")
_DESCRIPTORS = range(16, 60)
"""Where the runner may hide its channel: above what the interpreter opens, below the limit of open files."""
_KILL_PAUSE_SECONDS = 0.05
_METER_SECONDS = 0.25
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_MAX_NOISE = 4000


@dataclass(frozen=True)
class Shipment:
    """The code that goes into every sandbox, compiled once without a path of this machine in it."""

    values_code: CodeType
    runner_code: CodeType

    @classmethod
    def make(cls) -> "Shipment":
        """Compile `values` and `runner` from their source."""
        return cls(*(compile(_source(module), f"<{module.__name__}>", "exec") for module in (values, runner)))

    def pack(self, request: Request) -> bytes:
        """The payload of one run, as `launch.BOOTSTRAP` unpacks it."""
        return marshal.dumps((self.values_code, self.runner_code, dict(request)))


@dataclass
class Report:
    """What one process told and how it ended."""

    started: bool = False
    loaded: bool = False
    refused: tuple[Literal["compile_error", "load_error"], str] | None = None
    results: list[CaseResult] = field(default_factory=list)
    stopped: Literal["", "time_limit", "output_limit", "broken"] = ""
    """Why the parent ended it."""
    exit_code: int | None = None
    """128 plus the signal when a signal ended it."""
    over_cpu: bool = False
    """It may have used all the CPU time that the process has: a SIGKILL then came from the kernel's hard limit."""
    stdout: bytes = b""
    noise: str = ""
    """What bubblewrap itself said."""


def make_request(program: Program, cases: Sequence[Call | Evaluate], limits: Limits, script: bool) -> Request:
    """What the runner must know. Arguments are encoded here: the runner decodes them afresh for each call."""
    hard = min(limits.cpu_seconds * max(len(cases), 1), limits.wall_seconds)
    return {
        "token": secrets.token_hex(16),
        "descriptor": secrets.choice(_DESCRIPTORS),
        "source": program.source,
        "script": script,
        "cases": [_encode(case) for case in cases],
        "cpu_seconds": limits.cpu_seconds,
        "cpu_hard_seconds": ceil(hard) + 1,
        "memory_mib": limits.memory_mib,
        "output_bytes": limits.output_bytes,
        "file_mib": limits.file_mib,
        "threads": limits.threads,
    }


async def run_process(
    launcher: Launcher, shipment: Shipment, request: Request, limits: Limits, deadline: float, stdin: str | None
) -> Report:
    """Run one request to its end, or until `deadline` (the loop's clock, seconds).

    Cancelling it ends the process first. Raises `OSError` when nothing can be started.
    """
    report = Report()
    async with _started(launcher, shipment.pack(request), limits, stdin) as process:
        listener = _Listener(process, request["token"], limits, report)
        meter = _CpuMeter(process.pid)
        watching = asyncio.create_task(meter.watch())
        try:
            async with asyncio.timeout_at(deadline):
                await asyncio.gather(listener.hear(), listener.collect())
                report.over_cpu = meter.most() >= request["cpu_hard_seconds"]
                report.exit_code = await process.wait()
        except TimeoutError:
            report.stopped = report.stopped or "time_limit"
        finally:
            watching.cancel()
    return report


class _CpuMeter:
    """Follows the CPU time of the process at the end of the chain below `pid`.

    Asked of the living, because nobody is told it of the dead: bubblewrap ends without waiting for its child.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._seconds = 0.0
        self._threads = 1
        self._at = time.monotonic()

    async def watch(self) -> None:
        """Look now and then until cancelled; most runs are over before the first time."""
        while True:
            await asyncio.sleep(_METER_SECONDS)
            self._look()

    def most(self) -> float:
        """The most that it can have used until now, in seconds: what was seen, and all its threads busy since."""
        return self._seconds + (time.monotonic() - self._at) * min(self._threads, os.cpu_count() or 1)

    def _look(self) -> None:
        try:
            fields = Path(f"/proc/{_chain(self._pid)[-1]}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return
        # The fields 14, 15 and 20 of proc(5): time in user mode, time in the kernel, number of threads.
        seconds = (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND
        # Less than before: the process is dead, and this is its parent.
        if seconds >= self._seconds:
            self._seconds, self._threads, self._at = seconds, int(fields[17]), time.monotonic()


class _Listener:
    """Reads both pipes of a process into a report and ends the process when it goes over a bound."""

    def __init__(self, process: asyncio.subprocess.Process, token: str, limits: Limits, report: Report) -> None:
        self._process = process
        self._token = token
        self._limits = limits
        self._report = report

    async def hear(self) -> None:
        """Read the channel until everybody who could write to it is gone."""
        reader = self._process.stderr
        assert reader is not None
        while True:
            try:
                line = await reader.readline()
            except ValueError:
                self._stop("output_limit")
                await _drain(reader)
                return
            if not line:
                return
            if not self._report.stopped:
                self._take(line)

    async def collect(self) -> None:
        """Keep what a script prints, up to the limit."""
        reader = self._process.stdout
        if reader is None:
            return
        kept = bytearray()
        while data := await reader.read(65_536):
            kept += data
            if len(kept) > self._limits.output_bytes:
                self._stop("output_limit")
                await _drain(reader)
                return
            self._report.stdout = bytes(kept)

    def _take(self, line: bytes) -> None:
        report = self._report
        try:
            message = channel.parse(line, self._token)
        except channel.BrokenChannel:
            if report.started:
                self._stop("broken")
            report.noise = (report.noise + line.decode("utf-8", "replace"))[:_MAX_NOISE]
            return
        if message.kind == "started":
            report.started = True
        elif message.kind == "loaded":
            report.loaded = True
        elif message.kind != "case":
            report.refused = (message.kind, message.detail)
        elif message.index == len(report.results):
            report.results.append(message.result)
        else:
            self._stop("broken")

    def _stop(self, reason: Literal["output_limit", "broken"]) -> None:
        self._report.stopped = self._report.stopped or reason
        kill_deepest(self._process.pid)


@asynccontextmanager
async def _started(
    launcher: Launcher, payload: bytes, limits: Limits, stdin: str | None
) -> AsyncIterator[asyncio.subprocess.Process]:
    with contextlib.ExitStack() as files:
        payload_fd = files.enter_context(sealed_file(payload))
        seccomp_fd = files.enter_context(sealed_file(seccomp.filter_program()))
        script = stdin is not None
        source = files.enter_context(sealed_file(stdin.encode("utf-8", "surrogatepass"))) if stdin is not None else None
        creating = asyncio.create_subprocess_exec(
            *launcher.command(limits, seccomp_fd, payload_fd),
            stdin=subprocess.DEVNULL if source is None else source,
            stdout=subprocess.PIPE if script else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            limit=channel.longest_line(limits),
            pass_fds=(payload_fd, seccomp_fd),
            env={},
            user=launcher.user,
            group=launcher.user,
            extra_groups=launcher.groups,
        )
        # A cancelled creation would kill only the first process of the chain and leave the rest alone.
        process, cancelled = await _to_the_end(creating)
    try:
        if cancelled:
            raise asyncio.CancelledError
        yield process
    finally:
        _, cancelled = await _to_the_end(_end(process))
        if cancelled:
            raise asyncio.CancelledError


async def _to_the_end(work: Coroutine[None, None, T]) -> tuple[T, bool]:
    """The result of `work`, which a cancellation cannot stop, and whether there was one."""
    task, cancelled = asyncio.ensure_future(work), False
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            cancelled = True
    return task.result(), cancelled


async def _end(process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        kill_deepest(process.pid)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _KILL_PAUSE_SECONDS)
    for reader in (process.stderr, process.stdout):
        if reader is not None:
            await _drain(reader)


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(65_536):
        pass


def kill_deepest(pid: int) -> None:
    """Kill the last process of the chain below `pid`: each parent then reaps its child and ends by itself.

    Killing the top instead would leave the rest to the machine's first process, which in a container may reap nobody.
    """
    chain = _chain(pid)
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(chain[-1])
        try:
            # A number can be used again, a handle cannot: only what is still in its place is ours.
            if len(chain) == 1 or chain[-1] in _children(chain[-2]):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)


def _chain(pid: int) -> list[int]:
    chain = [pid]
    while children := _children(chain[-1]):
        chain.append(children[-1])
    return chain


def _children(pid: int) -> list[int]:
    try:
        return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


@contextmanager
def sealed_file(content: bytes) -> Iterator[int]:
    """A file in memory that nobody can change, positioned at its start."""
    descriptor = os.memfd_create("hi-moe", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, seals)
        yield descriptor
    finally:
        os.close(descriptor)


def _encode(case: Call | Evaluate) -> Case:
    if isinstance(case, Evaluate):
        return {"kind": "evaluate", "text": case.expression, "args": [], "kwargs": {}}
    kwargs = values.encode(dict(case.kwargs))
    return {"kind": "call", "text": case.entry_point, "args": values.encode(list(case.args)), "kwargs": kwargs}


def _source(module: object) -> str:
    return Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8")
