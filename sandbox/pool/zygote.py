"""What runs inside the pool: a warm interpreter that forks one child after the other, each in namespaces of its own.

The zygote never sees a program. Its child is made before there is work for it (namespaces, user map and `/tmp` are
ready), takes the next job from the control socket by itself, confines itself and runs it; the zygote only waits, says
how the child ended and makes the next one. So nothing of one run can be found in the memory of another.
"""

import gc
import importlib
import io
import itertools
import marshal
import os
import random
import select
import socket
import struct
import sys

from sandbox import linux, runner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, TypedDict

    from sandbox.request import Request

    class Config(TypedDict):
        """What the parent tells a zygote at its start."""

        control: int
        """Socket on which jobs come; each is taken by the child that is waiting."""
        report: int
        """Socket on which the zygote tells how children ended, and is told to kill one."""
        proc: str
        """Where a process file system is mounted."""
        tmp: str
        stdin: str
        """Where `/dev/stdin` leads to."""
        filter: bytes
        preload: list[str]
        path: list[str]
        """Folders with packages that programs may import."""
        file_mib: int


ENDED = struct.Struct("=ciq")
"""A message of the zygote: `E`, wait status, CPU microseconds."""
READY, FAILED, ENDED_MARK = b"R", b"F", b"E"
GO = b"G"
KILL = struct.Struct("=cI")
"""An order of the parent: `K`, and the number of the run. One that comes too late must not hit the next run."""
KILL_MARK = b"K"
MAX_MESSAGE = 4096
FILES_PER_MIB = 256
"""Files that `/tmp` can hold for each MiB of its size: an empty one costs about 1 KiB that its size does not count."""
_SIGPROF = 27
_DEADLY = (1, 3, 5, 6, 10, 12, 14, 15, 16, 24, 26, 27, 29, 30, 31, *range(34, 65))
"""Signals that end a process, but for those that a faulty instruction raises, and SIGINT and SIGPIPE, which Python has
taken."""
_SETUP_FAILED = 91
_MIB = 1 << 20
_ROOM_MIB = 50
"""Address space beside the program's own, for its stack and what the interpreter takes on the way: as much as in the
other tiers, where 64 MiB are the interpreter's, which uses 14."""


class Zygote:
    """One warm interpreter."""

    def __init__(self, config: "Config") -> None:
        self._config = config
        self._control = socket.socket(fileno=config["control"])
        self._report = socket.socket(fileno=config["report"])
        self._user, self._group = os.getuid(), os.getgid()
        self._offset = linux.find_thread_number_offset()
        self._proc = os.open(config["proc"], os.O_RDONLY | os.O_DIRECTORY)
        linux.unmount(config["proc"])
        linux.drop_capabilities()
        self._filter = linux.Filter.of(config["filter"])
        self._preload()
        self._used_bytes = self._address_space() + _ROOM_MIB * _MIB

    def _preload(self) -> None:
        sys.path += self._config["path"]
        for name in self._config["preload"]:
            importlib.import_module(name)
        importlib.invalidate_caches()
        threads = int(self._told("stat").rpartition(b")")[2].split()[17])
        if threads != 1:
            raise OSError(f"a preloaded module has started threads, and this process has {threads}")

    def _address_space(self) -> int:
        return int(self._told("statm").split()[0]) * os.sysconf("SC_PAGE_SIZE")

    def _told(self, name: str) -> bytes:
        """What the kernel says of this process in `/proc/self`."""
        file = os.open(f"self/{name}", os.O_RDONLY, dir_fd=self._proc)
        try:
            return os.read(file, MAX_MESSAGE)
        finally:
            os.close(file)

    def serve(self) -> None:
        """Make children until the parent hangs up."""
        gc.collect()
        gc.freeze()
        self._report.send(READY)
        if self._report.recv(1) != GO:
            return
        for number in itertools.count(1):
            pid = linux.clone(self._offset)
            if pid == 0:
                self._child()
            hung_up = self._await(pid, number)
            _, status, usage = os.wait4(pid, 0)
            if hung_up or os.waitstatus_to_exitcode(status) == _SETUP_FAILED:
                return
            cpu = int((usage.ru_utime + usage.ru_stime) * 1e6)
            self._report.send(ENDED.pack(ENDED_MARK, status, cpu))

    def _await(self, pid: int, number: int) -> bool:
        """Wait for the child's end; kill it when the parent says so or hangs up, which is the result."""
        handle = os.pidfd_open(pid)
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.register(self._report, select.POLLIN)
        try:
            while True:
                ready = {descriptor for descriptor, _ in poll.poll()}
                if handle in ready:
                    return False
                order = self._report.recv(KILL.size)
                if len(order) != KILL.size:
                    os.kill(pid, 9)
                    return True
                if KILL.unpack(order) == (KILL_MARK, number):
                    os.kill(pid, 9)
                    poll.poll()
                    self._forget_job()
        finally:
            os.close(handle)

    def _forget_job(self) -> None:
        """Throw away a job whose child died before it took it: the next child must not find it."""
        # Asked first: `recv_fds` of CPython 3.11 takes no notice of its flags, and would wait.
        waiting = select.poll()
        waiting.register(self._control, select.POLLIN)
        if waiting.poll(0):
            for descriptor in socket.recv_fds(self._control, 1, 4)[1]:
                os.close(descriptor)

    def _child(self) -> None:
        """Everything that a child does; never returns."""
        complain = self._config["report"]
        try:
            request, channel = self._prepare()
            runner.hide_channel(channel, request["descriptor"])
            complain = request["descriptor"]
            linux.exit_on(_DEADLY)
            timer = linux.CpuTimer(_SIGPROF)
            linux.drop_capabilities()
            runner.confine(request, self._used_bytes, tasks=1)
            linux.install_filter(self._filter)
            # Or every child would draw the same numbers.
            random.seed()
        except BaseException as error:
            _complain(complain, error)
        runner.serve(request, request["descriptor"], timer.arm)

    def _prepare(self) -> "tuple[Request, int]":
        """Get ready, wait for a job and take it; gives the request and the descriptor to answer on."""
        os.setsid()
        linux.map_own_user(self._proc, self._user, self._group)
        os.close(self._proc)
        tmp, mib = self._config["tmp"], self._config["file_mib"]
        linux.mount_memory(tmp, mib * _MIB, mib * FILES_PER_MIB)
        os.chdir(tmp)
        data, descriptors, _, _ = socket.recv_fds(self._control, 1, 4)
        if not data:
            os._exit(0)
        payload, channel, *standard = descriptors
        with open(payload, "rb") as file:
            request: Request = marshal.load(file)  # noqa: S302 - from our own parent
        size = os.fstat(standard[0]).st_size if standard else 0
        if request["file_mib"] != mib or size:
            mib = request["file_mib"]
            linux.mount_memory(tmp, mib * _MIB + size, mib * FILES_PER_MIB, again=True)
        if standard:
            _copy(standard[0], size, self._config["stdin"])
            _open_standard(*standard)
        return request, channel


def _copy(source: int, size: int, path: str) -> None:
    file, done = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 0
    while done < size:
        done += os.sendfile(file, source, done, size - done)
    os.close(file)


def _open_standard(stdin: int, stdout: int) -> None:
    """Give a script standard streams of its own, made as the interpreter makes them: the zygote's remember a device."""
    os.dup2(stdin, 0)
    os.dup2(stdout, 1)
    for name, mode in (("stdin", "r"), ("stdout", "w")):
        raw = io.FileIO(int(name == "stdout"), mode, closefd=False)
        raw.name = f"<{name}>"
        buffered = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
        stream = io.TextIOWrapper(buffered, "utf-8", "surrogateescape", newline="\n")
        stream.mode = mode  # type: ignore[misc]
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _complain(descriptor: int, error: BaseException) -> "NoReturn":
    os.write(descriptor, FAILED + f"{type(error).__name__}: {error}".encode()[: MAX_MESSAGE - 1])
    os._exit(_SETUP_FAILED)


def main(config: "Config") -> None:
    """Serve, or say why not."""
    try:
        zygote = Zygote(config)
    except BaseException as error:
        _complain(config["report"], error)
    zygote.serve()
    os._exit(0)
