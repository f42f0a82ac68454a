"""One call of `Sandbox.run` for a program that is not Python: checked once, then one process per input."""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox import seccomp
from sandbox.languages import bounds
from sandbox.languages.language import Language, language_of
from sandbox.languages.supervised import ENVIRONMENT, Answer, Supervisors
from sandbox.languages.verdict import result_of
from sandbox.types import CaseResult, Execution, ExecutionStatus, Input, Limits, Program, Stdin

if TYPE_CHECKING:
    from sandbox.languages.wire import Work

_BATCH_INPUTS = 64
_BATCH_BYTES = 16 * bounds.MIB
"""Inputs that one sandbox gets at most: all of them travel again when it becomes unfit."""
_COMPILER_TMP_MIB = 256
_COMPILER_ERROR_BYTES = 65_536
_DETAIL_CHARACTERS = 500


class InputsUnsupported(ValueError):
    """Only `Stdin` inputs can be given to a program that is not Python; the message names the language."""


class NativeRun:
    """A program and its inputs."""

    def __init__(
        self,
        supervisors: Supervisors,
        program: Program,
        source: str,
        inputs: Sequence[Input],
        limits: Limits,
    ) -> None:
        """Raises `ToolchainMissing` and `InputsUnsupported`."""
        self._language: Language = language_of(program)
        self._inputs: list[bytes] = []
        for item in inputs:
            if not isinstance(item, Stdin):
                kind = type(item).__name__
                raise InputsUnsupported(f"{kind!r} is no input for {self._language.name}: only 'Stdin' is")
            self._inputs.append(item.text.encode("utf-8", "surrogatepass"))
        self._supervisors = supervisors
        self._source = source.encode()
        self._limits = limits

    async def execute(self) -> Execution:
        """Check the program, then run it on each input in order. The wall time of the run starts after the check."""
        began = time.monotonic()
        try:
            program = await self._compile()
            execution = Execution("ok", tuple(await self._run_all(program)))
        except _Ends as ends:
            execution = ends.execution
        return replace(execution, wall_seconds=time.monotonic() - began)

    async def _compile(self) -> bytes:
        language = self._language
        work: Work = {
            "arguments": language.compile_command(),
            # Messages in ASCII.
            "environment": {**ENVIRONMENT, "LANG": "C"},
            "inputs": [b""],
            "bounds": language.compiler_bounds(self._limits),
            "cpu_seconds": 0.0,
            "output_bytes": _COMPILER_ERROR_BYTES,
            "error_head_bytes": _COMPILER_ERROR_BYTES,
            "rules": [],
            "artefact": language.artefact,
            "artefact_bytes": bounds.COMPILER_FILE_MIB * bounds.MIB if language.artefact else 0,
            "go": -1,
        }
        deadline = asyncio.get_running_loop().time() + bounds.COMPILER_WALL_SECONDS
        files = {language.source_name: self._source}
        answer = await self._process(work, files, _COMPILER_TMP_MIB * bounds.MIB, deadline)
        if answer.stopped == "time_limit":
            raise _Ends("compile_error", f"the compiler used more than {bounds.COMPILER_WALL_SECONDS:g} s")
        if answer.out_of_memory or any(ended.out_of_memory for ended in answer.ended):
            raise _Ends("compile_error", f"the compiler used more than {bounds.COMPILER_MEMORY_MIB} MiB of memory")
        if not answer.ended or answer.stopped:
            raise _Ends("compile_error", "the compiler broke off without a result")
        ended = answer.ended[0]
        if ended.over_output or answer.artefact_too_long:
            raise _Ends("compile_error", "the compiler made more output than it may")
        said = ended.errors.decode("utf-8", "replace")
        if ended.status != 0:
            raise _Ends("compile_error", language.first_error(said)[:_DETAIL_CHARACTERS] or "the compiler crashed")
        language.accept(said)
        if not language.artefact:
            return self._source
        if not answer.artefact:
            raise _Ends("compile_error", "the compiler made no program")
        return answer.artefact

    async def _run_all(self, program: bytes) -> list[CaseResult]:
        limits, done = self._limits, list[CaseResult]()
        if self._language.too_large(program, limits):
            message = f"its global variables need more than {limits.memory_mib} MiB of memory"
            return [CaseResult("memory_limit", error_message=message, limit="memory") for _ in self._inputs]
        deadline = asyncio.get_running_loop().time() + limits.wall_seconds
        while len(done) < len(self._inputs) and asyncio.get_running_loop().time() < deadline:
            done += await self._run_batch(program, self._batch(len(done)), deadline)
        not_run = CaseResult("not_run", error_message="the wall time of the run was used up", limit="wall")
        return [*done, *[not_run] * (len(self._inputs) - len(done))]

    def _batch(self, start: int) -> list[bytes]:
        end, size = start, 0
        while end < min(len(self._inputs), start + _BATCH_INPUTS) and (end == start or size < _BATCH_BYTES):
            size += len(self._inputs[end])
            end += 1
        return self._inputs[start:end]

    async def _run_batch(self, program: bytes, inputs: list[bytes], deadline: float) -> list[CaseResult]:
        """The results of the first of `inputs`, at least of one."""
        language, limits = self._language, self._limits
        work: Work = {
            "arguments": language.run_command(limits),
            "environment": {**ENVIRONMENT, "MALLOC_ARENA_MAX": "1"},
            "inputs": inputs,
            "bounds": language.run_bounds(limits),
            "cpu_seconds": limits.cpu_seconds,
            "output_bytes": limits.output_bytes,
            "error_head_bytes": 0,
            "rules": [seccomp.filter_program()],
            "artefact": "",
            "artefact_bytes": 0,
            "go": -1,
        }
        tmp_bytes = limits.file_mib * bounds.MIB + max(map(len, inputs))
        answer = await self._process(work, {language.program_name: program}, tmp_bytes, deadline)
        results = [result_of(ended, language, limits) for ended in answer.ended]
        if answer.stopped == "time_limit":
            message = f"the run took more than {limits.wall_seconds:g} s of wall time"
            results.append(CaseResult("time_limit", error_message=message, limit="wall"))
        elif answer.out_of_memory:
            message = f"more than {limits.memory_mib} MiB of memory"
            results.append(CaseResult("memory_limit", error_message=message, limit="memory"))
        elif answer.stopped or answer.exit_code != 0:
            message = "the process ended the sandbox that it ran in"
            results.append(CaseResult("crashed", error_type="SandboxEnded", error_message=message))
        return results[: len(inputs)]

    async def _process(self, work: "Work", files: dict[str, bytes], tmp_bytes: int, deadline: float) -> Answer:
        """One supervisor that did start; anything else is our own failure."""
        try:
            answer = await self._supervisors.process(work, files, tmp_bytes, deadline)
        except OSError as error:
            raise _Ends("infrastructure", f"no sandbox could be started: {error}") from None
        if not answer.started:
            late = "the wall time of the run was used up before the sandbox had started"
            ended = f"the sandbox ended with exit code {answer.exit_code} before it started"
            raise _Ends("infrastructure", late if answer.stopped == "time_limit" else answer.noise.strip() or ended)
        if answer.noise:
            raise _Ends("infrastructure", f"the supervisor failed: {answer.noise.strip()}")
        failed = [ended.not_executed for ended in answer.ended if ended.not_executed is not None]
        if failed:
            why = os.strerror(failed[0]) if failed[0] else "it could not be confined"
            raise _Ends("infrastructure", f"{work['arguments'][0]!r} could not be executed: {why}")
        return answer


class _Ends(Exception):
    """The whole run has one status."""

    def __init__(self, status: ExecutionStatus, detail: str) -> None:
        self.execution = Execution(status, detail=detail)
