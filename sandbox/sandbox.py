"""Run untrusted programs, isolated, on inputs; only plain data comes back.

Tiers: `pool` (default, Python) forks a warm interpreter into fresh user, mount, pid and ipc namespaces for every run;
`one-shot` starts an interpreter, or a compiler and then its program, in bubblewrap for every run, and takes over where
the pool fails by its own fault; `reduced` (Landlock, system call filters, no namespaces) runs only when asked for.
`Execution.isolation` names the one that was used. Where the one asked for does not hold, nothing is run.

Covered by the first two: no network, no processes, no files but `/usr`, the interpreter, allowed packages and a small
`/tmp` in memory; no `/proc`, no environment, no secrets; CPU seconds per case, wall seconds per run, address space,
threads, open files, file size and output are bounded, memory and tasks also by a control group where one can be made;
nothing outlives a run, nor the death of its caller. `sandbox.reduced` says what the third one lacks.

Not covered: a bug of the kernel; how much of a shared core or of its caches a program uses within its limits. Cases of
one `run` share one interpreter: globals which the program changes are seen by its next case, and a hostile program can
forge its own results (never the expected ones, which stay outside) and move its CPU limit up to that of the process.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from types import TracebackType
from typing import Self, get_args

from sandbox.errors import IsolationMissing
from sandbox.languages.run import NativeRun
from sandbox.packages import find_packages
from sandbox.process import to_the_end
from sandbox.run import Run
from sandbox.source import SourceRefused, read_source
from sandbox.tiers import Opened, open_tiers
from sandbox.types import Call, Evaluate, Execution, Input, Limits, Program, Stdin, TierName


class Sandbox:
    """Runs programs on inputs in isolated processes; use it as an async context manager.

    Entering it, or its first run, sends canaries that try to get out, and raises `IsolationMissing` with cause and fix
    when isolation does not work here or does not hold: there is no way to run without. For one event loop.

    `max_parallel`: runs at the same time, the others wait. `packages`: installed distributions that Python programs may
    import; raises `PackageMissing` for one that is not there.
    """

    def __init__(
        self,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        max_parallel: int = 2,
        tier: TierName = "pool",
        packages: Sequence[str] = (),
    ) -> None:
        if tier not in get_args(TierName):
            raise ValueError(f"{tier!r} is no tier of the sandbox: {', '.join(get_args(TierName))}")
        if type(max_parallel) is not int or max_parallel < 1:
            raise ValueError(f"max_parallel={max_parallel!r}: at least one run must be allowed at a time")
        self.tier = tier
        self.limits = limits
        self._packages = find_packages(packages)
        self._max_parallel = max_parallel
        self._slots = asyncio.Semaphore(max_parallel)
        self._checked: asyncio.Task[Opened] | None = None
        self._asked = 0
        """Runs that were asked for and have not ended; those that still wait for their turn count."""
        self._idle = asyncio.Event()
        self._idle.set()

    async def __aenter__(self) -> Self:
        await self.opened()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give back everything, after the runs that were asked for before; cancel them if you cannot wait."""
        checked, self._checked = self._checked, None
        if checked is not None:
            _, cancelled = await to_the_end(self._close(checked))
            if cancelled:
                raise asyncio.CancelledError

    async def _close(self, checked: "asyncio.Task[Opened]") -> None:
        await self._idle.wait()
        with contextlib.suppress(IsolationMissing):
            await (await checked).aclose()

    async def run(self, program: Program, inputs: Sequence[Input], limits: Limits | None = None) -> Execution:
        """Run `program` on each of `inputs` and return their results in order.

        All `Call` and `Evaluate` inputs share one process, until a case ends it: the rest then goes on in a fresh one.
        Each `Stdin` input has its own; another language than Python has no other kind, and always runs one-shot. Raises
        `IsolationMissing`, `ValueCodecError` for an argument that cannot be handed over, and for other languages
        `ToolchainMissing` and `InputsUnsupported`; anything a program does is data in the `Execution`.
        """
        if not isinstance(program, Program):
            raise TypeError(f"a program must be a Program, not {type(program).__name__}")
        for item in inputs:
            if not isinstance(item, Call | Evaluate | Stdin):
                raise TypeError(f"an input must be a Call, an Evaluate or a Stdin, not {type(item).__name__}")
        self._asked += 1
        self._idle.clear()
        try:
            return await self._run(program, inputs, limits or self.limits)
        finally:
            self._asked -= 1
            if not self._asked:
                self._idle.set()

    async def _run(self, program: Program, inputs: Sequence[Input], limits: Limits) -> Execution:
        opened = await self.opened()
        try:
            source = read_source(program)
        except SourceRefused as error:
            return Execution("compile_error", detail=str(error), isolation=opened.tiers[0].name)
        async with self._slots:
            # The wall time of a run begins here, not while it waits for its turn.
            if program.language == "python":
                return await Run(opened.tiers, source, inputs, limits, self._packages.path).execute()
            launcher, groups = await opened.bubblewrap(), opened.groups
            return await NativeRun(launcher, program, source, inputs, limits, groups).execute()

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
