"""Whether the reduced tier holds on this machine: one run that tries to get out before any other is let in."""

import asyncio

from sandbox.errors import IsolationMissing
from sandbox.packages import Packages
from sandbox.reduced.interpreter import Interpreter
from sandbox.reduced.tier import Reduced, landlock_version
from sandbox.request import make_request
from sandbox.types import Evaluate, Limits

_TRY_SECONDS = 30.0
_FIX = "see docs/limits.md, section isolation"
_ESCAPES = """
import os, socket
def write(folder):
    os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY))
def fork():
    if os.fork() == 0:
        os._exit(0)
def escapes():
    tries = {
        "read /etc/passwd": lambda: open("/etc/passwd").close(),
        "read /proc/self/status": lambda: open("/proc/self/status").close(),
        "list /": lambda: os.listdir("/"),
        "write to /tmp": lambda: write("/tmp"),
        "write to /dev/shm": lambda: write("/dev/shm"),
        "open a socket": lambda: socket.socket().close(),
        "start a process": fork,
        "see its caller": lambda: os.kill(os.getppid(), 0),
        "start another program": lambda: os.execv("/usr/bin/true", ["true"]),
    }
    found = []
    for name, action in tries.items():
        try:
            action()
            found.append(name)
        except OSError:
            pass
    return found
"""


async def require_reduced(packages: Packages = Packages()) -> Reduced:  # noqa: B008 - frozen
    """The tier, seen to work and to hold; the caller ends it with `aclose`.

    Raises `IsolationMissing` with cause and fix, also when `packages` names any: showing them takes a namespace.
    """
    if packages.names:
        raise IsolationMissing(
            f"the reduced tier cannot show the packages {', '.join(packages.names)}",
            "leave them out, or use another tier",
        )
    interpreter = await asyncio.to_thread(Interpreter.find)
    try:
        tier = Reduced(interpreter, landlock_version())
        await _try(tier)
    except BaseException:
        interpreter.close()
        raise
    return tier


async def _try(tier: Reduced) -> None:
    limits = Limits(cpu_seconds=5, wall_seconds=_TRY_SECONDS)
    request = make_request(_ESCAPES, [Evaluate("escapes()")], limits, script=False)
    deadline = asyncio.get_running_loop().time() + _TRY_SECONDS
    try:
        report = await tier.process(request, limits, deadline, None)
    except OSError as error:
        raise IsolationMissing(f"no confined process could be started ({error})", _FIX) from None
    if not report.started or not report.results:
        said = report.noise.strip().splitlines()
        cause = said[-1] if said else report.stopped or f"exit code {report.exit_code}"
        raise IsolationMissing(f"a process could not be confined ({cause})", _FIX)
    if report.results[0].value != []:
        raise IsolationMissing(f"a confined program could do what it must not: {report.results[0].value}", _FIX)
