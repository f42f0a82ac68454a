"""Run untrusted Python, one fresh isolated process at a time ("one-shot" tier).

Covered: no network, no processes, no files but `/usr`, the interpreter and a small `/tmp` in memory; no `/proc`, no
environment, no secrets; CPU seconds per case, wall seconds per run, address space, threads, open files, file size and
output are bounded; nothing outlives a run, nor the death of its caller.

Not covered: a bug of the kernel; how much of a shared core a program uses within its limits; small kernel objects (an
empty file costs about 1 KiB that no limit counts: 0.1 GiB per CPU second measured, freed when the run ends). Cases of
one `run` share one interpreter: globals which the program changes are seen by its next case, and a hostile program can
forge its own results (never the expected ones, which stay outside) and move its CPU limit up to that of the process.
"""

import asyncio
import contextlib
import signal
import time
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from sandbox.errors import IsolationMissing
from sandbox.isolation import require_isolation
from sandbox.launch import Launcher
from sandbox.process import Report, Shipment, make_request, run_process
from sandbox.types import Call, CaseResult, CaseStatus, Evaluate, Execution, Input, Limits, Program, Stdin

_CPU_SIGNALS = (signal.SIGPROF, signal.SIGXCPU)


class Sandbox:
    """Runs programs on inputs in isolated processes; use it as an async context manager.

    Entering it, or its first run, starts one process to see that isolation works here and raises `IsolationMissing`
    with cause and fix when it does not: there is no way to run without.
    """

    def __init__(self, limits: Limits = Limits(), max_parallel: int = 2) -> None:  # noqa: B008 - frozen
        self.limits = limits
        self._slots = asyncio.Semaphore(max_parallel)
        self._checked: asyncio.Task[Launcher] | None = None
        self._shipment = Shipment.make()

    async def __aenter__(self) -> Self:
        await self._prepare()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give back everything. No process is left to end here: none outlives its `run`."""
        checked, self._checked = self._checked, None
        if checked is not None:
            with contextlib.suppress(IsolationMissing):
                (await checked).close()

    async def run(self, program: Program, inputs: Sequence[Input], limits: Limits | None = None) -> Execution:
        """Run `program` on each of `inputs` and return their results in order.

        All `Call` and `Evaluate` inputs share one process, until a case ends it: the rest then goes on in a fresh one.
        Each `Stdin` input has its own. Raises `IsolationMissing`; anything a program does is data in the `Execution`.
        """
        launcher = await self._prepare()
        async with self._slots:
            return await _Run(launcher, self._shipment, program, inputs, limits or self.limits).execute()

    async def _prepare(self) -> Launcher:
        if self._checked is None:
            self._checked = asyncio.create_task(asyncio.to_thread(require_isolation))
        try:
            # Shielded: a caller that is cancelled leaves the check to the next one, or to `aclose`.
            return await asyncio.shield(self._checked)
        except IsolationMissing:
            self._checked = None
            raise


class _Refused(Exception):
    """The whole run has one status: the program cannot be compiled or loaded, or we failed."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution


class _Run:
    """One call of `Sandbox.run`."""

    def __init__(
        self, launcher: Launcher, shipment: Shipment, program: Program, inputs: Sequence[Input], limits: Limits
    ) -> None:
        self._launcher = launcher
        self._shipment = shipment
        self._program = program
        self._inputs = inputs
        self._limits = limits
        self._started = time.monotonic()
        self._deadline = asyncio.get_running_loop().time() + limits.wall_seconds

    async def execute(self) -> Execution:
        """All inputs; a failure of the program's load is the status of the whole run."""
        results = [CaseResult("not_run", error_message="the wall time of the run was used up") for _ in self._inputs]
        try:
            calls = {i: item for i, item in enumerate(self._inputs) if not isinstance(item, Stdin)}
            if calls or not self._inputs:
                await self._run_calls(calls, results)
            for index, item in enumerate(self._inputs):
                if isinstance(item, Stdin) and self._time_left():
                    results[index] = await self._run_script(item)
        except _Refused as refused:
            return replace(refused.execution, wall_seconds=time.monotonic() - self._started)
        return Execution("ok", tuple(results), wall_seconds=time.monotonic() - self._started)

    async def _run_calls(self, calls: dict[int, Call | Evaluate], results: list[CaseResult]) -> None:
        waiting, first = list(calls), True
        while (waiting and self._time_left()) or first:
            report = await self._process([calls[index] for index in waiting], None)
            if not report.loaded:
                if first:
                    raise _Refused(self._not_loaded(report))
                message = f"the program did not load again: {self._not_loaded(report).detail}"
                for index in waiting:
                    results[index] = CaseResult("not_run", error_message=message)
                return
            first = False
            for index, result in zip(waiting, report.results, strict=False):
                results[index] = result
            del waiting[: len(report.results)]
            if waiting and not (report.results and report.results[-1].status in ("memory_limit", "output_limit")):
                results[waiting.pop(0)] = self._died(report)

    async def _run_script(self, item: Stdin) -> CaseResult:
        report = await self._process([], item.text)
        if report.refused is not None:
            raise _Refused(Execution(report.refused[0], detail=report.refused[1]))
        printed = report.stdout.decode("utf-8", "replace")
        if report.stopped or report.exit_code != 0 or not report.results:
            return replace(self._died(report), stdout="" if report.stopped == "output_limit" else printed)
        return replace(report.results[0], stdout=printed)

    async def _process(self, cases: list[Call | Evaluate], stdin: str | None) -> Report:
        request = make_request(self._program, cases, self._limits, script=stdin is not None)
        try:
            report = await run_process(self._launcher, self._shipment, request, self._limits, self._deadline, stdin)
        except OSError as error:
            raise _Refused(Execution("infrastructure", detail=f"no sandbox could be started: {error}")) from error
        if not report.started:
            detail = report.noise.strip() or f"the sandbox ended with exit code {report.exit_code} before it started"
            raise _Refused(Execution("infrastructure", detail=detail))
        return report

    def _time_left(self) -> bool:
        return asyncio.get_running_loop().time() < self._deadline

    def _not_loaded(self, report: Report) -> Execution:
        if report.refused is not None:
            return Execution(report.refused[0], detail=report.refused[1])
        end = self._died(report)
        return Execution("load_error", detail=f"{end.status} while loading: {end.error_message}")

    def _died(self, report: Report) -> CaseResult:
        """The result of the case that was running when the process ended."""
        limits = self._limits
        if report.stopped == "time_limit":
            return _limited("time_limit", f"the run took more than {limits.wall_seconds:g} s of wall time")
        if report.stopped == "output_limit":
            return _limited("output_limit", f"more than {limits.output_bytes} bytes of output")
        if report.stopped == "broken":
            return CaseResult("crashed", error_type="BrokenChannel", error_message="a result was not well formed")
        code = report.exit_code or 0
        if code - 128 in _CPU_SIGNALS or (code - 128 == signal.SIGKILL and report.over_cpu):
            return _limited("time_limit", f"more than {limits.cpu_seconds:g} CPU seconds")
        if code > 128:
            name = _signal_name(code - 128)
            return CaseResult("crashed", error_type=name, error_message=f"the process was killed by {name}")
        return CaseResult("crashed", error_type="Exit", error_message=f"the process ended itself with exit code {code}")


def _limited(status: CaseStatus, message: str) -> CaseResult:
    return CaseResult(status, error_message=message)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
