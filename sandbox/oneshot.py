"""The one-shot tier: one isolated interpreter per run, started by bubblewrap.

Where control groups can be made, a run is in one of its own before its interpreter starts. It bounds what no resource
limit does: empty files in `/tmp`, of which each costs the kernel about 1 KiB. Without a group their number has only the
bound of any memory file system, half as many as the machine has pages of 4 KiB: bubblewrap sets the size of
one and not the number of its files, and no resource limit counts them.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from sandbox import seccomp
from sandbox.gate import Gate
from sandbox.groups import Groups, of_interpreter
from sandbox.launch import Launcher
from sandbox.process import chain_below, kill_deepest, listen, started
from sandbox.report import Report, Transcript
from sandbox.request import Request
from sandbox.shipment import Shipment, sealed_file
from sandbox.types import Limits, TierName

_METER_SECONDS = 0.25
_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class OneShot:
    """Runs each request in a process of its own, from start to end."""

    name: TierName = "one-shot"

    def __init__(self, launcher: Launcher, groups: Groups | None = None) -> None:
        """`groups`, which the caller closes, where there are any."""
        self._launcher = launcher
        self._groups = groups
        self._shipment = Shipment.of("sandbox.values", "sandbox.runner", "sandbox.linux", "sandbox.alone")

    async def process(self, request: Request, limits: Limits, deadline: float, stdin: bytes | None) -> Report:
        """Run one request; see `report.Tier`."""
        if self._groups is None:
            return await self._run(request, limits, deadline, stdin, None)
        with self._groups.lend(*of_interpreter(limits, stdin)) as group, Gate(group) as gate:
            return await self._run(request, limits, deadline, stdin, gate)

    async def _run(
        self, request: Request, limits: Limits, deadline: float, stdin: bytes | None, gate: Gate | None
    ) -> Report:
        transcript = Transcript(request, limits)
        report = transcript.report
        async with self._started(request, limits, stdin, gate) as process:

            def stop() -> None:
                if report.stopped:
                    kill_deepest(process.pid)

            meter = _CpuMeter(process.pid)
            watching = asyncio.create_task(meter.watch())
            try:
                async with asyncio.timeout_at(deadline):
                    if gate is not None:
                        await gate.pass_in()
                    await asyncio.gather(
                        listen(process.stderr, transcript.hear, stop), listen(process.stdout, transcript.collect, stop)
                    )
                    report.over_cpu = meter.most() >= request["cpu_hard_seconds"]
                    report.exit_code = await process.wait()
                    if gate is not None and report.exit_code == 128 + signal.SIGKILL:
                        report.out_of_memory = gate.group.ran_out_of_memory()
            except TimeoutError:
                report.stopped = report.stopped or "time_limit"
            finally:
                report.cpu_seconds = meter.seen
                watching.cancel()
        return report

    @asynccontextmanager
    async def _started(
        self, request: Request, limits: Limits, stdin: bytes | None, gate: Gate | None
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        with contextlib.ExitStack() as files:
            payload = files.enter_context(sealed_file(self._shipment.pack(request)))
            rules = files.enter_context(sealed_file(seccomp.filter_program()))
            source = None if stdin is None else files.enter_context(sealed_file(stdin))
            launcher, inherited = self._launcher, [payload, rules]
            if gate is not None:
                launcher = replace(launcher, options=gate.options)
                inherited += gate.descriptors
            named, script = None, stdin is not None
            if stdin is not None:
                named = files.enter_context(sealed_file(stdin)), len(stdin)
                inherited.append(named[0])
            command = launcher.command(limits, rules, payload, named)
            async with started(launcher, command, inherited, source, stdout=script) as process:
                yield process

    async def aclose(self) -> None:
        """Nothing is left to end here: no process outlives its run."""
        self._launcher.close()


class _CpuMeter:
    """Follows the CPU time of the process at the end of the chain below `pid`.

    Asked of the living, because nobody is told it of the dead: bubblewrap ends without waiting for its child.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.seen = 0.0
        self._threads = 1
        self._at = time.monotonic()

    async def watch(self) -> None:
        """Look now and then until cancelled; most runs are over before the first time."""
        while True:
            await asyncio.sleep(_METER_SECONDS)
            self._look()

    def most(self) -> float:
        """The most that it can have used until now, in seconds: what was seen, and all its threads busy since."""
        return self.seen + (time.monotonic() - self._at) * min(self._threads, os.cpu_count() or 1)

    def _look(self) -> None:
        try:
            fields = Path(f"/proc/{chain_below(self._pid)[-1]}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return
        # The fields 14, 15 and 20 of proc(5): time in user mode, time in the kernel, number of threads.
        seconds = (int(fields[11]) + int(fields[12])) / _TICKS_PER_SECOND
        # Less than before: the process is dead, and this is its parent.
        if seconds >= self.seen:
            self.seen, self._threads, self._at = seconds, int(fields[17]), time.monotonic()
