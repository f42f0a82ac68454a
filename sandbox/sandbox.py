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
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from sandbox.errors import IsolationMissing
from sandbox.languages.run import NativeRun
from sandbox.packages import find_packages
from sandbox.run import Run
from sandbox.source import SourceRefused, read_source
from sandbox.tiers import Opened, open_tiers
from sandbox.types import Execution, Input, Limits, Program, TierName


class Sandbox:
    """Runs programs on inputs in isolated processes; use it as an async context manager.

    Entering it, or its first run, starts one process to see that isolation works here and raises `IsolationMissing`
    with cause and fix when it does not: there is no way to run without.
    """

    def __init__(
        self,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        max_parallel: int = 2,
        tier: TierName = "pool",
        packages: Sequence[str] = (),
    ) -> None:
        self.tier = tier
        self.limits = limits
        self._packages = find_packages(packages)
        self._max_parallel = max_parallel
        self._slots = asyncio.Semaphore(max_parallel)
        self._checked: asyncio.Task[Opened] | None = None

    async def __aenter__(self) -> Self:
        await self.opened()
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
                await (await checked).aclose()

    async def run(self, program: Program, inputs: Sequence[Input], limits: Limits | None = None) -> Execution:
        """Run `program` on each of `inputs` and return their results in order.

        All `Call` and `Evaluate` inputs share one process, until a case ends it: the rest then goes on in a fresh one.
        Each `Stdin` input has its own; another language than Python has no other kind, and always runs one-shot. Raises
        `IsolationMissing`, and for other languages `ToolchainMissing` and `InputsUnsupported`; anything a program does
        is data in the `Execution`.
        """
        opened = await self.opened()
        try:
            source = read_source(program)
        except SourceRefused as error:
            return Execution("compile_error", detail=str(error), isolation=opened.tiers[0].name)
        async with self._slots:
            # The wall time of a run begins here, not while it waits for its turn.
            if program.language == "python":
                return await Run(opened.tiers, source, inputs, limits or self.limits, self._packages.path).execute()
            return await NativeRun(await opened.bubblewrap(), program, source, inputs, limits or self.limits).execute()

    async def opened(self) -> Opened:
        """The tiers that runs go through, in order, and why the first one is not the one that was asked for.

        Raises `IsolationMissing`.
        """
        if self._checked is None:
            self._checked = asyncio.create_task(open_tiers(self.tier, self.limits, self._max_parallel, self._packages))
        try:
            # Shielded: a caller that is cancelled leaves the check to the next one, or to `aclose`.
            return await asyncio.shield(self._checked)
        except IsolationMissing:
            self._checked = None
            raise
