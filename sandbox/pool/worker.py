"""One zygote as its parent sees it: start it, give it one run at a time, hear how each ended, end it."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from sandbox import seccomp
from sandbox.cgroup import Cgroup, Cgroups
from sandbox.groups import of_interpreter
from sandbox.launch import STDIN_FILE, Launcher
from sandbox.pool import zygote
from sandbox.pool.exchange import Exchange
from sandbox.process import chain_below, end, started_process, to_the_end
from sandbox.report import Report, Transcript
from sandbox.request import Request
from sandbox.shipment import Shipment, sealed_file
from sandbox.signals import OVER_CPU
from sandbox.types import Limits

_START_SECONDS = 30.0
_END_SECONDS = 1.0
"""How long a run may take to end that has not said its last word, and a zygote to answer, before it is killed."""
_SETTLE_SECONDS = 0.02
"""How long one may take to disappear after its last word, when nothing of it can change any more. An honest one is gone
after about 1 ms; the next run waits for it, and a hostile one can lie about its last word and stay."""
_COUNTED = 0.5
"""The kernel ends by timer ticks and reports the time itself: the first may run ahead of the second."""


@dataclass(frozen=True)
class Recipe:
    """What every zygote of a pool is made from."""

    launcher: Launcher
    shipment: Shipment
    preload: Sequence[str] = ()
    """Modules to import before the first run."""
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    """Bounds that are ready before a run's own are known."""
    groups: Cgroups | None = None
    """Where control groups can be made, if anywhere."""


@dataclass(frozen=True)
class Ending:
    """How a run's process ended, as the zygote saw it."""

    exit_code: int
    """128 plus the signal when a signal ended it."""
    cpu_seconds: float


class Worker:
    """A zygote. Made by `start`; after a `process` it can take the next run once `settle` has returned."""

    def __init__(self, process: asyncio.subprocess.Process, control: socket.socket, report: socket.socket) -> None:
        self._process = process
        self._control = control
        self._report = report
        loop = asyncio.get_running_loop()
        self._ready: asyncio.Future[None] = loop.create_future()
        self._ending: asyncio.Future[Ending | None] = loop.create_future()
        self._group: Cgroup | None = None
        self._bounds = (0, 0)
        self.runs = 0
        self.failure = ""
        """Why it must not take another run."""
        loop.add_reader(report, self._hear)

    @classmethod
    async def start(cls, recipe: Recipe) -> Self:
        """Start a zygote and wait until it is warm. Raises `OSError` with what it or bubblewrap said."""
        control, inner_control = _socket_pair()
        report, inner_report = _socket_pair()
        with contextlib.ExitStack() as undo:
            undo.callback(control.close)
            undo.callback(report.close)
            with inner_control, inner_report:
                process, cancelled = await to_the_end(_spawn(recipe, inner_control.fileno(), inner_report.fileno()))
            worker = cls(process, control, report)
            undo.pop_all()
        try:
            if cancelled:
                raise asyncio.CancelledError
            async with asyncio.timeout(_START_SECONDS):
                await worker._ready
                if worker.failure and process.stderr is not None:
                    said = (await process.stderr.read(4000)).decode("utf-8", "replace").strip()
                    worker.failure = f"{worker.failure} {said}".strip()
            if worker.failure:
                raise OSError(f"the pool could not start: {worker.failure}")
            if recipe.groups is not None:
                # In a thread: the kernel waits for a grace period before it moves a process, 4 to 11 ms.
                entering = asyncio.to_thread(worker._enter, recipe.groups, recipe.limits)
                _, cancelled = await to_the_end(entering)
                if cancelled:
                    raise asyncio.CancelledError
            report.send(zygote.GO)
        except (OSError, asyncio.CancelledError):
            await to_the_end(worker.aclose())
            raise
        return worker

    async def process(self, request: Request, limits: Limits, deadline: float, stdin: bytes | None) -> Report:
        """Run one request; see `report.Tier`. The run may still be disappearing when this returns: see `settle`."""
        self.runs += 1
        self._ending = asyncio.get_running_loop().create_future()
        exchange = Exchange(self._control, Transcript(request, limits), self.kill)
        report = exchange.report
        try:
            self._bound(of_interpreter(limits, stdin))
            exchange.begin(request, stdin, deadline)
            await exchange.heard
            if report.stopped or not report.finished:
                self._sum_up(report, request, await self._end_of_run())
        except asyncio.CancelledError:
            self.kill()
            await to_the_end(self.settle())
            raise
        finally:
            exchange.close()
        return report

    async def settle(self) -> None:
        """Wait, within bounds, until nothing is left of the last run; says in `failure` if that did not happen."""
        await self._end_of_run(_SETTLE_SECONDS)

    def kill(self) -> None:
        """End the present run."""
        with contextlib.suppress(OSError):
            self._report.send(zygote.KILL.pack(zygote.KILL_MARK, self.runs))

    async def aclose(self) -> None:
        """End the zygote and everything below it."""
        asyncio.get_running_loop().remove_reader(self._report)
        self._control.close()
        self._report.close()
        await end(self._process)
        if self._group is not None:
            await asyncio.to_thread(self._group.close)

    def _enter(self, groups: Cgroups, limits: Limits) -> None:
        """Put the zygote, and with it every child to come, into a control group."""
        self._bounds = of_interpreter(limits)
        self._group = groups.make(*self._bounds)
        self._group.add(chain_below(self._process.pid)[-1])

    def _bound(self, bounds: tuple[int, int]) -> None:
        if self._group is not None and self._bounds != bounds:
            self._bounds = bounds
            self._group.limit(*self._bounds)

    async def _end_of_run(self, patience: float = _END_SECONDS) -> Ending | None:
        for seconds in (patience, _END_SECONDS):
            done, _ = await asyncio.wait([self._ending], timeout=seconds)
            if done:
                return self._ending.result()
            self.kill()
        self.failure = self.failure or "a run did not end"
        return None

    def _sum_up(self, report: Report, request: Request, ending: Ending | None) -> None:
        """What the end of the process adds to what it said; anything odd spends this zygote."""
        if not report.started:
            self.failure = self.failure or "a run did not begin"
            report.noise = report.noise or self.failure
        if ending is None:
            ending = Ending(128 + signal.SIGKILL, 0.0)
        code, cpu = ending.exit_code, ending.cpu_seconds
        if code in OVER_CPU and cpu > _COUNTED * request["cpu_seconds"]:
            code += 128
        report.exit_code = code
        report.cpu_seconds = cpu
        report.over_cpu = cpu > _COUNTED * request["cpu_hard_seconds"]
        if code == 128 + signal.SIGKILL and self._group is not None:
            report.out_of_memory = self._group.ran_out_of_memory()
        odd = code > 128 and code - 128 not in OVER_CPU and not report.over_cpu
        if report.stopped == "broken" or (odd and not report.stopped):
            self.failure = self.failure or f"an anomaly: {report.stopped or f'exit code {code}'}"

    def _hear(self) -> None:
        try:
            message = self._report.recv(zygote.MAX_MESSAGE)
        except BlockingIOError:
            return
        except OSError:
            message = b""
        if message[:1] == zygote.ENDED_MARK:
            _, status, cpu = zygote.ENDED.unpack(message)
            code = os.waitstatus_to_exitcode(status)
            self._end_with(Ending(128 - code if code < 0 else code, cpu / 1e6))
            return
        if message[:1] == zygote.FAILED:
            self.failure = self.failure or message[1:].decode("utf-8", "replace")
            return
        if not message:
            asyncio.get_running_loop().remove_reader(self._report)
            self.failure = self.failure or "the zygote is gone:"
            self._end_with(None)
        if not self._ready.done():
            self._ready.set_result(None)

    def _end_with(self, ending: Ending | None) -> None:
        if self._ending.done():
            # A child that waited for work has died: never seen, and nothing to go on with.
            self.failure = self.failure or "a child died without work"
        else:
            self._ending.set_result(ending)


def _socket_pair() -> tuple[socket.socket, socket.socket]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    return ours, theirs


async def _spawn(recipe: Recipe, control: int, report: int) -> asyncio.subprocess.Process:
    config: zygote.Config = {
        "control": control,
        "report": report,
        "proc": "/proc",
        "tmp": "/tmp",  # noqa: S108 - mounted afresh for every run
        "stdin": STDIN_FILE,
        "filter": seccomp.filter_program(),
        "preload": list(recipe.preload),
        "path": recipe.launcher.packages.path,
        "file_mib": recipe.limits.file_mib,
    }
    inside = ["--proc", "/proc", "--dir", "/tmp", "--cap-add", "CAP_SYS_ADMIN", "--as-pid-1"]  # noqa: S108
    inside += ["--symlink", STDIN_FILE, "/dev/stdin"]
    with sealed_file(recipe.shipment.pack(config)) as payload:
        command = [*recipe.launcher.isolate(inside, nested=True), *recipe.launcher.interpreter(payload)]
        return await started_process(recipe.launcher, command, (control, report, payload))
