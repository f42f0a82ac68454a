"""What runs first inside a process of the reduced tier: it gives up its rights, then it is a runner like any other.

Standard library only, as `runner`. The order matters: each step needs what the next one takes away.
"""

import _signal  # type: ignore[import-not-found]  # what `signal` wraps in enumerations, 5 ms sooner
import os

from sandbox import linux, runner, seccomp
from sandbox.reduced import landlock, rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sandbox.request import Request

    class ReducedRequest(Request):
        """A request with what this tier must know besides."""

        parent: int
        """The caller's process number."""
        abi: int
        """Of Landlock."""
        folders: list[str]
        """What can be read."""


_ROOM = 64
"""Threads that other processes of this user may start meanwhile: the kernel's limit counts them all together."""
FAILED = 71
"""Exit code when the process could not be confined and therefore ran nothing."""


def threads_of_user() -> int:  # pragma: no cover - only inside the sandbox, where nothing measures
    """Threads that the user of this process has on the machine now, as far as `/proc` shows them."""
    total, user = 0, str(os.getuid())
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/status", "rb", buffering=0) as file:
                    status = file.read(4096).decode("ascii", "replace")
            except OSError:
                continue
            if status.partition("\nUid:\t")[2].partition("\t")[0] == user:
                total += int(status.partition("\nThreads:\t")[2].partition("\n")[0])
    return total


def give_up_rights(request: "ReducedRequest") -> None:  # pragma: no cover - only inside
    """Everything but limits: privileges, files, sockets, other processes. Raises `OSError` before anything runs."""
    if 0 in os.getresuid() + os.getresgid():
        raise PermissionError("this is root, whom limits do not bind")
    linux.control(linux.PR_SET_PDEATHSIG, _signal.SIGKILL)
    if os.getppid() != request["parent"]:
        raise ProcessLookupError("the caller is gone")
    linux.control(linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.control(linux.PR_SET_DUMPABLE, 0)
    linux.drop_capabilities()
    landlock.restrict(request["abi"], request["folders"], ["/dev/zero", "/dev/urandom"], os.devnull)
    for program in (seccomp.filter_program(), rules.filter_program(os.getpid())):
        linux.install_filter(linux.Filter.of(program))


def main(request: "ReducedRequest") -> None:  # pragma: no cover - only inside the sandbox, where nothing measures
    """Confine this process, then run what was asked for. The channel is the standard error of the process."""
    try:
        threads = threads_of_user() + _ROOM + request["threads"]
        timer = linux.CpuTimer(_signal.SIGPROF)
        give_up_rights(request)
    except OSError as error:
        os.write(2, f"{error}\n".encode())
        os._exit(FAILED)
    runner.hide_channel(2, request["descriptor"])
    request["threads"] = threads
    runner.confine(request)
    runner.serve(request, request["descriptor"], timer.arm)
