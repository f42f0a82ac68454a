"""One call of `Sandbox.run`: a Python program on its inputs, over as many processes as it takes."""

import asyncio
import signal
import time
from collections.abc import Sequence
from dataclasses import replace

from sandbox.report import Report, Tier
from sandbox.request import make_request
from sandbox.signals import OVER_CPU, signal_name
from sandbox.types import Call, CaseResult, CaseStatus, Evaluate, Execution, Input, LimitKind, Limits, Stdin


class Refused(Exception):
    """The whole run has one status: the program cannot be compiled or loaded, or we failed."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution


class Run:
    """A program, its inputs, and the tiers to try: the next one takes over where one fails by its own fault."""

    def __init__(
        self, tiers: Sequence[Tier], source: str, inputs: Sequence[Input], limits: Limits, path: Sequence[str] = ()
    ) -> None:
        self._tiers = tiers
        self._source = source
        self._inputs = inputs
        self._limits = limits
        self._path = path
        self._isolation = tiers[0].name
        self._load_cpu_seconds = 0.0
        self._started = time.monotonic()
        self._deadline = asyncio.get_running_loop().time() + limits.wall_seconds

    async def execute(self) -> Execution:
        """All inputs; a failure of the program's load is the status of the whole run."""
        results = [_limited("not_run", "", "the wall time of the run was used up") for _ in self._inputs]
        try:
            calls = {i: item for i, item in enumerate(self._inputs) if not isinstance(item, Stdin)}
            if calls or not self._inputs:
                await self._run_calls(calls, results)
            for index, item in enumerate(self._inputs):
                if isinstance(item, Stdin) and self._time_left():
                    results[index] = await self._run_script(item)
        except Refused as refused:
            return self._signed(refused.execution)
        return self._signed(Execution("ok", tuple(results), load_cpu_seconds=self._load_cpu_seconds))

    def _signed(self, execution: Execution) -> Execution:
        return replace(execution, isolation=self._isolation, wall_seconds=time.monotonic() - self._started)

    async def _run_calls(self, calls: dict[int, Call | Evaluate], results: list[CaseResult]) -> None:
        waiting, first = list(calls), True
        while (waiting and self._time_left()) or first:
            report = await self._process([calls[index] for index in waiting], None)
            if not report.loaded:
                if first:
                    raise Refused(self._not_loaded(report))
                message = f"the program did not load again: {self._not_loaded(report).detail}"
                for index in waiting:
                    results[index] = CaseResult("not_run", error_message=message)
                return
            first = False
            self._load_cpu_seconds = max(self._load_cpu_seconds, report.load_cpu_seconds)
            for index, result in zip(waiting, report.results, strict=False):
                results[index] = result
            del waiting[: len(report.results)]
            if waiting and not (report.results and report.results[-1].status in ("memory_limit", "output_limit")):
                results[waiting.pop(0)] = self._died(report)

    async def _run_script(self, item: Stdin) -> CaseResult:
        report = await self._process([], item.text.encode("utf-8", "surrogatepass"))
        if report.refused is not None:
            raise Refused(Execution(report.refused[0], detail=report.refused[1]))
        printed = report.stdout.decode("utf-8", "replace")
        if report.stopped or not report.finished or not report.results:
            return replace(self._died(report), stdout="" if report.stopped == "output_limit" else printed)
        return replace(report.results[0], stdout=printed)

    async def _process(self, cases: list[Call | Evaluate], stdin: bytes | None) -> Report:
        failure, loop = "", asyncio.get_running_loop()
        for tier in self._tiers:
            request = make_request(self._source, cases, self._limits, script=stdin is not None, path=self._path)
            asked = loop.time()
            try:
                report = await tier.process(request, self._limits, self._deadline, stdin)
            except OSError as error:
                self._deadline += loop.time() - asked
                failure = f"no sandbox could be started: {error}"
                continue
            self._deadline += report.late_seconds
            if report.started:
                self._isolation = tier.name
                return report
            if report.stopped == "time_limit":
                failure = "the wall time of the run was used up before the sandbox had started"
                break
            failure = report.noise.strip() or f"the sandbox ended with exit code {report.exit_code} before it started"
        raise Refused(Execution("infrastructure", detail=failure))

    def _time_left(self) -> bool:
        return asyncio.get_running_loop().time() < self._deadline

    def _not_loaded(self, report: Report) -> Execution:
        if report.refused is not None:
            return Execution(report.refused[0], detail=report.refused[1])
        end = self._died(report)
        return Execution("load_error", detail=f"{end.status} while loading: {end.error_message}")

    def _died(self, report: Report) -> CaseResult:
        """The result of the case that was running when the process ended."""
        before = report.load_cpu_seconds + sum(result.cpu_seconds for result in report.results)
        return replace(self._end(report), cpu_seconds=max(0.0, report.cpu_seconds - before))

    def _end(self, report: Report) -> CaseResult:
        limits = self._limits
        if report.stopped == "time_limit":
            return _limited("time_limit", "wall", f"the run took more than {limits.wall_seconds:g} s of wall time")
        if report.stopped == "output_limit":
            return _limited("output_limit", "output", f"more than {limits.output_bytes} bytes of output")
        if report.stopped == "broken":
            return CaseResult("crashed", error_type="BrokenChannel", error_message="a result was not well formed")
        if report.out_of_memory:
            return _limited("memory_limit", "memory", f"more than {limits.memory_mib} MiB of memory")
        code = report.exit_code or 0
        if code - 128 in OVER_CPU or (code - 128 == signal.SIGKILL and report.over_cpu):
            return _limited("time_limit", "cpu", f"more than {limits.cpu_seconds:g} CPU seconds")
        if code > 128:
            name = signal_name(code - 128)
            return CaseResult("crashed", error_type=name, error_message=f"the process was killed by {name}")
        return CaseResult("crashed", error_type="Exit", error_message=f"the process ended itself with exit code {code}")


def _limited(status: CaseStatus, limit: LimitKind, message: str) -> CaseResult:
    return CaseResult(status, error_message=message, limit=limit)
