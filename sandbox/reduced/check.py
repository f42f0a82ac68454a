"""Whether the reduced tier holds on this machine: canaries that try to get out before anything else is let in."""

import asyncio

from sandbox.canaries import prove
from sandbox.errors import IsolationMissing
from sandbox.packages import Packages
from sandbox.reduced.interpreter import Interpreter
from sandbox.reduced.tier import Reduced, landlock_version

_FURTHER = """
def further(bait):
    def unnamed(folder):
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY))
    return {
        "read /etc/passwd": lambda: open("/etc/passwd").close(),
        "read /proc/self/status": lambda: open("/proc/self/status").close(),
        "list /": lambda: os.listdir("/"),
        "write to /tmp": lambda: unnamed("/tmp"),
        "write to /dev/shm": lambda: unnamed("/dev/shm"),
        "start another program": lambda: os.execv("/usr/bin/true", ["true"]),
    }
"""
"""What only this tier must refuse: it has neither a root folder nor a `/tmp` of its own."""


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
        await prove(tier, _FURTHER, _failure)
    except BaseException:
        interpreter.close()
        raise
    return tier


def _failure(said: str) -> tuple[str, str]:
    return f"a process could not be confined ({said})", "see docs/limits.md, section isolation"
