"""Which interpreter the reduced tier starts, and as whom."""

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import IsolationMissing
from sandbox.launch import reachable_by_others
from sandbox.reduced import show
from sandbox.roots_view import NOBODY, RootsView
from sandbox.shipment import BOOTSTRAP, interpreter_flags


@dataclass(frozen=True)
class Interpreter:
    """The caller's interpreter, started directly; made once, by `find`."""

    prefix: str
    """Where the process sees it."""
    executable: str
    """Relative to `prefix`."""
    user: int | None = None
    """User and group to become before the command; nothing means the caller's own."""
    view: RootsView | None = None
    """For root whose interpreter lies in a folder that is closed to others: the command then gives root up itself."""

    @classmethod
    def find(cls) -> "Interpreter":
        """The interpreter of this process.

        Raises `IsolationMissing` on another system than Linux on x86-64, and for root who cannot give root up.
        """
        if (sys.platform, platform.machine()) != ("linux", "x86_64"):
            raise IsolationMissing(
                f"the system call filter exists for Linux on x86_64, this is {sys.platform} on {platform.machine()}",
                "run on an x86_64 Linux machine",
            )
        prefix = os.path.realpath(sys.base_prefix)
        executable = os.path.relpath(os.path.realpath(getattr(sys, "_base_executable", sys.executable)), prefix)
        if os.geteuid() != 0:
            return cls(prefix, executable)
        if reachable_by_others(prefix):
            return cls(prefix, executable, user=NOBODY)
        return cls(show.SHOWN, executable, view=roots_view(prefix, f"{prefix}/{executable}"))

    def command(self, payload: int) -> list[str]:
        """The argument list of one process; the descriptor must be inherited under the same number."""
        enter = self.view.enter() if self.view is not None else []
        return [*enter, f"{self.prefix}/{self.executable}", *interpreter_flags(), "-c", BOOTSTRAP, str(payload)]

    @property
    def folders(self) -> list[str]:
        """What the process must read: the system's libraries and the interpreter."""
        return ["/usr", "/lib", "/lib64", self.prefix]

    @property
    def environment(self) -> dict[str, str]:
        """All that it is given. One malloc arena, because a second one reserves 128 MiB of address space per thread."""
        found = {"HOME": "/", "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "PYTHONHASHSEED": "0"}
        return found if Path(self.prefix).is_relative_to("/usr") else {**found, "LD_LIBRARY_PATH": f"{self.prefix}/lib"}

    def close(self) -> None:
        """Give back what `find` opened."""
        if self.view is not None:
            self.view.close()


def roots_view(prefix: str, interpreter: str) -> RootsView:
    """A view that shows `prefix` to others, made without bubblewrap and without a user namespace.

    Raises `IsolationMissing` where root may not mount, or without nsenter.
    """
    command = [interpreter, "-I", "-S", str(Path(str(show.__file__)).resolve()), prefix]
    return RootsView.of(command, prefix, {prefix: show.SHOWN})
