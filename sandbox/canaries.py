"""Canaries: before a tier is trusted, two harmless programs try in it what no program may be able to do.

A secret is laid out and listeners are opened, for everybody to reach, so that nothing but the isolation stands between
them and the programs. If one of the tries succeeds the sandbox refuses to run. What stands behind another layer is not
seen from inside: with the system call filter in place no canary can tell whether there is a network behind it.
"""

import asyncio
import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from sandbox.bait import Bait, planted
from sandbox.errors import IsolationMissing, scarcity
from sandbox.isolation import diagnose
from sandbox.report import Report, Tier
from sandbox.request import make_request
from sandbox.types import Call, Limits

_LIMITS = Limits(cpu_seconds=5, wall_seconds=30)
"""Wide: on a machine that is busy a canary must not fall ill by itself."""
_FIX = "do not run untrusted code here; `hi-moe sandbox check` shows what else gets through"
_OWN_VARIABLES = frozenset(
    {"HOME", "LANG", "LC_CTYPE", "LD_LIBRARY_PATH", "MALLOC_ARENA_MAX", "PWD", "PYTHONHASHSEED", "TMPDIR"}
    | {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}
)
"""Variables that a tier sets itself and that the caller may happen to have with the same value."""

_TRIES = """
import os, socket
def outcomes(bait):
    def connect(family, address):
        with socket.socket(family) as client:
            client.settimeout(0.2)
            client.connect(address)
    def send(family, address):
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            client.connect(address)
            for _ in range(2):  # the second one is refused where nobody heard the first
                client.send(b"canary")
    def fork():
        if os.fork() == 0:
            os._exit(0)
    def append():
        with open(bait["file"], "a") as file:
            file.write("canary")
    def keep():
        with open(bait["folder"] + "/canary", "w") as file:
            file.write("canary")
    here = ("127.0.0.1", bait["tcp"])
    return {
        "read a secret file": lambda: open(bait["file"]).close(),
        "change a file outside": append,
        "write outside": keep,
        "open a socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "connect by TCP": lambda: connect(socket.AF_INET, here),
        "send a datagram": lambda: send(socket.AF_INET, ("127.0.0.1", bait["udp"])),
        "connect to a unix socket": lambda: connect(socket.AF_UNIX, bait["unix"]),
        "connect to an abstract socket": lambda: connect(socket.AF_UNIX, "\\0" + bait["abstract"]),
        "start a process": fork,
        "see its caller": lambda: os.getpgid(bait["pid"]),
        "signal its caller": lambda: os.kill(bait["pid"], 0),
    }
def further(bait):
    return {}
def sing(bait):
    sang = []
    for name, action in (outcomes(bait) | further(bait)).items():
        try:
            action()
            sang.append(name)
        except OSError:
            pass
    return sang, dict(os.environ)
"""
_PLACES = """
import os
def places(bait):
    return [os.path.join(folder, bait["mark"]) for folder in (os.getcwd(), "/tmp", "/dev/shm", "/var/tmp")]
def leave(bait):
    for place in places(bait):
        try:
            open(place, "w").close()
        except OSError:
            pass
def find(bait):
    found = []
    for place in places(bait):
        try:
            os.unlink(place)
            found.append(place)
        except OSError:
            pass
    return found
"""


class CanaryFailed(IsolationMissing):
    """A canary could do what no program may: the isolation is there and does not hold."""

    def __init__(self, tier: str, sang: Sequence[str]) -> None:
        super().__init__(f"in the {tier} tier a program could {', '.join(sang)}", _FIX)
        self.sang = tuple(sang)


class _CouldNotRunError(Exception):
    """A canary did not come to its end, with what was said of it."""


def failure_of_bubblewrap(said: str) -> tuple[str, str]:
    """Cause and fix where bubblewrap is what failed."""
    return diagnose(said, Path("/proc/sys"), Path("/.dockerenv").exists())


async def prove(
    tier: Tier, further: str = "", diagnosis: Callable[[str], tuple[str, str]] = failure_of_bubblewrap
) -> None:
    """Send the canaries into `tier`: two runs, after which nothing is left of them.

    `further` is Python source of a `further(bait)` with what only this tier promises to stop: what is tried, by name.
    `diagnosis` makes cause and fix of what was said of a run that failed. Raises `CanaryFailed` naming each try that
    succeeded, and `IsolationMissing` with cause and fix when no program could be run there at all.
    """
    with contextlib.ExitStack() as stack:
        try:
            bait = stack.enter_context(planted())
        except OSError as error:
            cause, fix = scarcity(str(error)) or (f"({error})", "make room for temporary files")
            raise IsolationMissing(f"no canary could be prepared: {cause}", fix) from None
        told = bait.told()
        try:
            source = _TRIES + _PLACES + further
            first = await _run(tier, source, [Call("sing", (told,)), Call("leave", (told,))])
            second = await _run(tier, _PLACES, [Call("find", (told,))])
            sang = [*_sang(first.results[0].value, bait)]
        except (_CouldNotRunError, OSError) as error:
            # The machine, not the tier, where there is too little of something: `diagnosis` knows reasons that stay.
            raise IsolationMissing(*(scarcity(str(error)) or diagnosis(str(error)))) from None
        if second.results[0].value != []:
            sang.append("see another run's files")
        if sang:
            raise CanaryFailed(tier.name, sang)


def _sang(value: object, bait: Bait) -> list[str]:
    assert isinstance(value, tuple), "the canaries are programs of ours"
    tries, environment = value
    sang = [str(name) for name in tries]
    known = {name for name, text in environment.items() if name == bait.variable or os.environ.get(name) == text}
    if known - _OWN_VARIABLES:
        sang.append("read the caller's environment")
    return sang or [f"do this: {what}" for what in bait.touched()]


async def _run(tier: Tier, source: str, calls: Sequence[Call]) -> Report:
    request = make_request(source, calls, _LIMITS, script=False)
    deadline = asyncio.get_running_loop().time() + _LIMITS.wall_seconds
    try:
        report = await tier.process(request, _LIMITS, deadline, None)
    except OSError as error:
        raise _CouldNotRunError(error) from None
    if len(report.results) != len(calls) or any(result.status != "ok" for result in report.results):
        raise _CouldNotRunError(_said(report))
    return report


def _said(report: Report) -> str:
    for result in report.results:
        if result.status != "ok":
            return f"{result.status}: {result.error_type} {result.error_message}"
    said = report.noise.strip().splitlines()
    refused = report.refused[1] if report.refused else ""
    return refused or (said[-1] if said else report.stopped) or f"exit code {report.exit_code}"
