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
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self, get_args

from sandbox.languages.run import NativeRun
from sandbox.packages import find_packages
from sandbox.process import to_the_end
from sandbox.run import Run
from sandbox.shared import Shared
from sandbox.source import SourceRefused, read_source
from sandbox.tiers import Opened, open_tiers
from sandbox.types import Call, Evaluate, Execution, Input, Limits, Program, Stdin, TierName

_CLOSED = "this Sandbox is closed; await its runs before `async with` ends, or make a new one"
_OTHER_LOOP = "this Sandbox was used in another event loop; make one inside of each asyncio.run"


class Sandbox:
    """Runs programs on inputs in isolated processes; use it as an async context manager.

    Entering it, or its first run, sends canaries that try to get out, and raises `IsolationMissing` with cause and fix
    when isolation does not work here or does not hold: there is no way to run without. After such a failure it can be
    asked again. Once closed, or entered in vain because that was cancelled, it refuses to run or to be entered with a
    `RuntimeError`. So it does in another event loop than the first that it was used in.

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
        _require_limits(limits)
        self.tier = tier
        self.limits = limits
        self._packages = find_packages(packages)
        self._slots = asyncio.Semaphore(max_parallel)
        self._opening = Shared(lambda: open_tiers(tier, limits, max_parallel, self._packages))
        self._closing: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked = 0
        """Runs that were asked for and have not ended; those that still wait for their turn count."""
        self._idle = asyncio.Event()
        self._idle.set()

    async def __aenter__(self) -> Self:
        try:
            await self.opened()
        except asyncio.CancelledError:
            # Python calls no `__aexit__` for this one.
            await self.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give back everything, after the runs that were asked for before; cancel them if you cannot wait.

        Whoever calls it, however often, waits for all of that. From its first call on nothing more is run.
        """
        self._claim()
        if self._closing is None:
            self._closing = asyncio.create_task(self._close())
        _, cancelled = await to_the_end(self._closing)
        if cancelled:
            raise asyncio.CancelledError

    async def _close(self) -> None:
        await self._idle.wait()
        opened = await self._opening.ended()
        if opened is not None:
            await opened.aclose()

    def _claim(self) -> None:
        """Raises `RuntimeError` in another loop than that of the first use: what was opened hears of nothing there."""
        loop = asyncio.get_running_loop()
        self._loop = self._loop or loop
        if self._loop is not loop:
            raise RuntimeError(_OTHER_LOOP)

    async def run(self, program: Program, inputs: Iterable[Input], limits: Limits | None = None) -> Execution:
        """Run `program` on each of `inputs` and return their results in order.

        All `Call` and `Evaluate` inputs share one process, until a case ends it: the rest then goes on in a fresh one.
        Each `Stdin` input has its own; another language than Python has no other kind, and always runs one-shot. Raises
        `IsolationMissing`, `ValueCodecError` for an argument that cannot be handed over, and for other languages
        `ToolchainMissing` and `InputsUnsupported`, `TypeError` for what is no program or input, and `RuntimeError` once
        the sandbox is closed; anything a program does is data in the `Execution`.
        """
        self._claim()
        if self._closing is not None:
            raise RuntimeError(_CLOSED)
        if not isinstance(program, Program):
            raise TypeError(f"a program must be a Program, not {type(program).__name__}")
        limits = self.limits if limits is None else limits
        _require_limits(limits)
        inputs = _checked(inputs)
        self._asked += 1
        self._idle.clear()
        try:
            return await self._run(program, inputs, limits)
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
            supervisors = await opened.supervisors()
            # In a thread: the first one asks Node.js what it is, some 40 ms.
            native = await asyncio.to_thread(NativeRun, supervisors, program, source, inputs, limits)
            return await native.execute()

    async def opened(self) -> Opened:
        """The tiers that runs go through, in order, and why the first one is not the one that was asked for.

        Raises `IsolationMissing`, and `RuntimeError` once the sandbox is closed.
        """
        self._claim()
        # A run that was asked for before has asked for this too.
        if self._closing is not None and not self._opening.asked:
            raise RuntimeError(_CLOSED)
        return await self._opening.get()


def _require_limits(limits: object) -> None:
    if not isinstance(limits, Limits):
        raise TypeError(f"limits must be Limits, not {type(limits).__name__}")


def _checked(inputs: Iterable[Input]) -> tuple[Input, ...]:
    """All of them, read once: an iterator has nothing left for a second time. Raises `TypeError`."""
    try:
        iterator = iter(inputs)
    except TypeError:
        kind = type(inputs).__name__
        raise TypeError(f"inputs must be a list of Call, Evaluate or Stdin, not {kind}") from None
    items = tuple(iterator)
    for item in items:
        if not isinstance(item, Call | Evaluate | Stdin):
            raise TypeError(f"an input must be a Call, an Evaluate or a Stdin, not {type(item).__name__}")
    return items
