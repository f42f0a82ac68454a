"""What is laid out for hostile programs: secrets in plain sight and listeners that remember who called."""

import contextlib
import fcntl
import os
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import is_scarce

_PREFIX = "hi-moe-bait-"
_ABANDONED_SECONDS = 60.0
"""A folder that nobody holds and that is older than this was left by a process that was killed."""
_VARIABLE = "HI_MOE_SANDBOX_BAIT_"
_MODE = 0o666
"""Of the secret file: all may read and write it."""
_MAX_FOLDER = 60
"""Bytes: the path of a socket must fit into 108 (`sun_path` in unix(7))."""
_NUMBERS_INSIDE = 16
"""Process numbers up to here may be those of a run: bubblewrap's first process, the interpreter and its threads."""
_NAME_LENGTH = 15
"""Characters that the kernel keeps of a process's name (`TASK_COMM_LEN`)."""


@dataclass(frozen=True)
class Traces:
    """What the parent sees after a run, apart from what the run returned."""

    wanted: object = None
    """The expected value: known to the parent only, new for each run."""
    secrets: tuple[str, ...] = ()
    """Texts that no program may bring home."""
    touched: tuple[str, ...] = ()
    """What reached the outside, one line each: "the TCP listener was reached", "a process is left"."""


@dataclass(frozen=True)
class Bait:
    """Made by `planted`. Everything in it is real: a file that all may read and write, listeners that would answer.

    Nothing but isolation protects it: it is open to every user, because programs may run as another one.
    """

    folder: Path
    file: Path
    secret: str
    tcp: socket.socket
    udp: socket.socket
    unix: socket.socket
    datagram: socket.socket
    abstract: socket.socket
    variable: str
    """Environment variable of the caller with the secret as its value. Each bait has its own: there may be several."""
    pid: int
    """A process outside that no program may see: the caller, or a child of it."""
    mark: str
    """Name that a program gives its processes, so that one that is left can be told."""

    def told(self) -> dict[str, object]:
        """What the program is told, as arguments: where everything is, and none of the secrets."""
        return {
            "file": str(self.file),
            "folder": str(self.folder),
            "variable": self.variable,
            "tcp": self.tcp.getsockname()[1],
            "udp": self.udp.getsockname()[1],
            "unix": self.unix.getsockname(),
            "datagram": self.datagram.getsockname(),
            "abstract": self.abstract.getsockname()[1:].decode(),
            "pid": self.pid,
            "mark": self.mark,
        }

    def traces(self) -> Traces:
        """What happened since the last time; asking forgets it."""
        left = [f"process {pid} is left" for pid in self.left()]
        return Traces(("accepted", secrets.token_hex(8)), (self.secret,), (*self.touched(), *left))

    def left(self) -> list[int]:
        """Processes of programs that gave themselves the mark as their name. A run may take a moment to disappear."""
        return [pid for pid, name in _processes() if name == self.mark]

    def touched(self) -> Iterator[str]:
        """What reached listeners or files since the last time; asking forgets it.

        Raises `OSError` only for want of descriptors or memory: a file that cannot be read any more was touched.
        """
        for name, listener in (("TCP", self.tcp), ("unix", self.unix), ("abstract unix", self.abstract)):
            with contextlib.suppress(BlockingIOError):
                listener.accept()[0].close()
                yield f"the {name} listener was reached"
        for name, listener in (("UDP", self.udp), ("unix datagram", self.datagram)):
            with contextlib.suppress(BlockingIOError):
                listener.recv(16)
                yield f"the {name} listener was reached"
        if not _is_untouched(self.file, self.secret):
            yield "the secret file was changed"
        try:
            found, laid = set(os.listdir(self.folder)), {self.file.name, "unix", "datagram"}
        except OSError as error:
            if is_scarce(error):
                raise
            yield "the folder outside was changed"
        else:
            if extra := found - laid:
                yield f"files appeared outside: {', '.join(sorted(extra))}"
            if gone := laid - found:
                yield f"files went outside: {', '.join(sorted(gone))}"


def _is_untouched(file: Path, secret: str) -> bool:
    """Whether it is the file that was laid out, as it was. What stands in its place may be of any kind or length."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            state = os.fstat(descriptor)
            content = os.read(descriptor, len(secret) + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        if is_scarce(error):
            raise
        return False
    return content == secret.encode() and stat.S_IMODE(state.st_mode) == _MODE and state.st_nlink == 1


@contextmanager
def planted() -> Iterator[Bait]:
    """Lay everything out; at the end nothing of it is left.

    What was started before cannot have inherited the secret variable: plant first, then open the sandbox. Raises
    `OSError` where there is no room for files or no loopback interface.
    """
    secret = f"bait-{secrets.token_hex(16)}"
    parent = tempfile.gettempdir()
    if len(os.fsencode(parent)) > _MAX_FOLDER:
        parent = "/tmp"  # noqa: S108 - the folder that is made in it has a name of its own
    with contextlib.ExitStack() as stack:
        _remove_abandoned(parent)
        # An error at its end would hide what a program did to it.
        made = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent, ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(made))
        stack.enter_context(_held(folder))
        folder.chmod(0o777)
        file = folder / "secret"
        file.write_text(secret)
        file.chmod(_MODE)
        opened = [
            stack.enter_context(socket.socket(family, kind | socket.SOCK_NONBLOCK))
            for family, kind in (
                (socket.AF_INET, socket.SOCK_STREAM),
                (socket.AF_INET, socket.SOCK_DGRAM),
                (socket.AF_UNIX, socket.SOCK_STREAM),
                (socket.AF_UNIX, socket.SOCK_DGRAM),
                (socket.AF_UNIX, socket.SOCK_STREAM),
            )
        ]
        tcp, udp, unix, datagram, abstract = opened
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        for listener, name in ((unix, "unix"), (datagram, "datagram")):
            listener.bind(str(folder / name))
            (folder / name).chmod(0o777)
        abstract.bind(f"\0{secrets.token_hex(8)}")
        for listener in (tcp, unix, abstract):
            listener.listen(8)
        variable = f"{_VARIABLE}{secrets.token_hex(4)}"
        os.environ[variable] = secret
        stack.callback(os.environ.pop, variable, None)
        mark = f"bait-{secrets.token_hex(8)}"[:_NAME_LENGTH]
        pid = stack.enter_context(_process())
        yield Bait(folder, file, secret, tcp, udp, unix, datagram, abstract, variable, pid, mark)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder, until the process ends at the latest. Raises `OSError` where somebody else holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def _remove_abandoned(parent: str) -> None:
    """Remove folders of this user that were left by processes which could not clean up."""
    for folder in Path(parent).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            state = folder.lstat()
            if state.st_uid == os.geteuid() and time.time() - state.st_mtime > _ABANDONED_SECONDS:
                with _held(folder):
                    shutil.rmtree(folder)


@contextmanager
def _process() -> Iterator[int]:
    """Number of a process that is no number inside: the caller's, but in a container that may be 1, as every run's."""
    command = [sys.executable, "-I", "-S", "-c", "input()"]
    with contextlib.ExitStack() as stack:
        pid = os.getpid()
        while pid <= _NUMBERS_INSIDE:
            # They wait for a line of ours: should we be killed, they end.
            child = stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            )
            stack.callback(child.kill)
            pid = child.pid
        yield pid


def _processes() -> Iterator[tuple[int, str]]:
    for name in os.listdir("/proc"):
        if name.isdecimal():
            with contextlib.suppress(OSError), open(f"/proc/{name}/comm") as file:
                yield int(name), file.read().strip()
