"""The reduced tier: one interpreter per run, confined by Landlock, system call filters and resource limits alone.

For machines that forbid user namespaces; never chosen by itself. Nothing of bubblewrap is needed and no privilege.

Covered, as in the other tiers: no network, no further process or program, no signal to another process, no memory of
one, nothing that can be written, no content of a file and no list of a folder but below `/usr` and the interpreter's
prefix; CPU, wall time, address space, open files, output; nothing outlives a run, nor the death of its caller.

Not covered, because there are no namespaces: whether a path exists and what `stat` tells of it (owner, size, times),
where a symbolic link points, the machine's name, load and process numbers. There is no `/tmp`: a program that writes
files gets an error. The limit of threads is the kernel's per user: other processes of the same user share it, so up to
64 more than `Limits.threads` are possible, and runs at the same time can take threads from each other.
"""

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sandbox.errors import IsolationMissing
from sandbox.process import listen
from sandbox.reduced import landlock
from sandbox.reduced.child import Child, Start, started
from sandbox.reduced.interpreter import Interpreter
from sandbox.report import Report, Transcript
from sandbox.request import Request
from sandbox.shipment import Shipment, sealed_file
from sandbox.types import Limits, TierName

if TYPE_CHECKING:
    from sandbox.reduced.confine import ReducedRequest

_SHARED = ("sandbox.values", "sandbox.runner", "sandbox.linux", "sandbox.seccomp")
_OWN = ("sandbox.reduced.landlock", "sandbox.reduced.rules", "sandbox.reduced.confine")


class Reduced:
    """Runs each request in a confined process without namespaces; see `report.Tier`."""

    name: TierName = "reduced"

    def __init__(self, interpreter: Interpreter, abi: int) -> None:
        self._interpreter = interpreter
        self._abi = abi
        self._shipment = Shipment.of(*_SHARED, *_OWN)

    async def process(self, request: Request, limits: Limits, deadline: float, stdin: bytes | None) -> Report:
        """Run one request; see `report.Tier`."""
        transcript = Transcript(request, limits)
        report = transcript.report
        async with self._started(request, stdin) as child:

            def stop() -> None:
                if report.stopped:
                    child.kill()

            try:
                async with asyncio.timeout_at(deadline):
                    await asyncio.gather(
                        listen(child.stderr, transcript.hear, stop), listen(child.stdout, transcript.collect, stop)
                    )
                    await child.wait()
            except TimeoutError:
                report.stopped = report.stopped or "time_limit"
        report.exit_code = child.exit_code
        report.cpu_seconds = child.cpu_seconds
        report.over_cpu = child.cpu_seconds >= request["cpu_hard_seconds"]
        return report

    @asynccontextmanager
    async def _started(self, request: Request, stdin: bytes | None) -> AsyncIterator[Child]:
        interpreter = self._interpreter
        full: ReducedRequest = {
            **request,
            "parent": os.getpid(),
            "abi": self._abi,
            "folders": interpreter.folders,
        }
        with contextlib.ExitStack() as files:
            payload = files.enter_context(sealed_file(self._shipment.pack(full)))
            start = Start(
                command=interpreter.command(payload),
                environment=interpreter.environment,
                pass_fds=(payload,),
                stdin=None if stdin is None else files.enter_context(sealed_file(stdin)),
                stdout=stdin is not None,
                user=interpreter.user,
            )
            async with started(start) as child:
                yield child

    async def aclose(self) -> None:
        """Nothing is left to end here: no process outlives its run."""
        self._interpreter.close()


def landlock_version() -> int:
    """The ABI of Landlock, 1 or more. Raises `IsolationMissing` with the fix for a kernel without it."""
    try:
        return landlock.version()
    except OSError as error:
        if error.errno == errno.EOPNOTSUPP:
            cause, fix = "Landlock is not enabled", "add landlock to the kernel's lsm= list and restart the machine"
        elif error.errno == errno.ENOSYS:
            cause, fix = "this kernel has no Landlock", "use Linux 5.13 or newer, built with CONFIG_SECURITY_LANDLOCK"
        else:
            cause, fix = f"Landlock is refused here ({error})", "allow the calls landlock_* in the container's profile"
        raise IsolationMissing(cause, fix) from None
