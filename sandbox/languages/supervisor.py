"""What runs inside the sandbox: start the program once per input, wait, and say exactly how each process ended.

Bubblewrap tells an exit code of 139 and a segmentation fault apart no more than it counts CPU time; whoever waits for a
process itself gets both. It also makes a further input cost 3 ms instead of the 23 ms of a new sandbox. A
process that leaves a file behind ends the supervisor: the rest then goes on in a fresh sandbox.

CPU time is read from the process's own clock. The kernel's timers for it (`ITIMER_PROF`, `RLIMIT_CPU`) count whole
ticks instead, also those that a busy host took away: 0.5 s of theirs were seen to be 0.38 s.

The program runs as the same user and may kill or stop the supervisor, which is the end of its own run and no more.
"""

import _signal  # type: ignore[import-not-found]  # what `signal` wraps in enumerations, 5 ms sooner
import os
import resource
import select
import time

from sandbox import linux
from sandbox.languages import wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from sandbox.languages.wire import Work

_CHANNEL = 1
_COMPLAINT = 3
"""Where a child tells why it could not execute the program; closed by a successful `execve`."""
_DESCRIPTORS = 1 << 20
_CHUNK = 65_536
_SHORTEST_LOOK_SECONDS = 0.001
_DEFAULT_AGAIN = ("SIGPIPE", "SIGXFSZ")
"""Ignored by Python, and what is ignored stays so in a new program."""


def send(kind: bytes, status: int = 0, output: bytes = b"", errors: bytes = b"", *, flags: int = 0,
         cpu: int = 0, peak: int = 0) -> None:  # fmt: skip
    """Write one frame."""
    head = wire.HEADER.pack(kind, flags, status, cpu, peak, len(output), len(errors))
    for part in (head, output, errors):
        rest = memoryview(part)
        while rest:
            rest = rest[os.write(_CHANNEL, rest) :]


class Kept:
    """Bytes of a stream: the first `head` and the last `tail`."""

    def __init__(self, head: int, tail: int) -> None:
        self._head, self._tail = head, tail
        self._first, self._last = bytearray(), bytearray()
        self.dropped = False

    def take(self, data: bytes) -> None:
        """Keep what there is room for."""
        room = self._head - len(self._first)
        self._first += data[:room]
        if len(data) > room:
            self._last += data[room:]
        if len(self._last) > self._tail:
            self.dropped = True
            del self._last[: len(self._last) - self._tail]

    def content(self) -> bytes:
        """Everything that was kept."""
        return bytes(self._first + self._last)


class Watch:
    """One process that is running: its clock, and why it was killed."""

    def __init__(self, pid: int, cpu_seconds: float) -> None:
        self._pid = pid
        self._limit = cpu_seconds
        self._cores = len(os.sched_getaffinity(0))
        # `include/linux/posix-timers_types.h`: the process's own time, exact, as the scheduler counts it.
        self._clock = (~pid << 3) | 2
        self.flags = 0

    def kill(self, reason: int) -> None:
        """End it."""
        self.flags |= reason
        os.kill(self._pid, _signal.SIGKILL)

    def patience(self) -> "float | None":
        """Seconds in which it cannot use up its CPU time, all cores busy; it is killed when it has. None: for ever."""
        if not self._limit or self.flags:
            return None
        try:
            left = self._limit - time.clock_gettime(self._clock)
        except OSError:
            return None  # It has ended.
        if left <= 0:
            self.kill(wire.OVER_CPU)
            return None
        return max(left / self._cores, _SHORTEST_LOOK_SECONDS)

    def end(self) -> "tuple[int, resource.struct_rusage]":
        """Wait for its end: its wait status and what it used."""
        while True:
            pid, status, usage = os.wait4(self._pid, os.WNOHANG)
            if pid:
                return status, usage
            patience = self.patience()
            if patience is None:
                return os.wait4(self._pid, 0)[1:]
            _signal.sigtimedwait((_signal.SIGCHLD,), patience)


def pump(watch: Watch, output: int, errors: int, work: "Work") -> "tuple[Kept, Kept]":
    """Read both streams of a process to their end, which a process that prints too much does not live to see."""
    kept = {output: Kept(work["output_bytes"], 0), errors: Kept(work["error_head_bytes"], wire.ERROR_TAIL_BYTES)}
    poll = select.poll()
    for descriptor in kept:
        poll.register(descriptor, select.POLLIN)
    left = len(kept)
    # A child of what was killed may hold the streams for longer; nobody wants to hear it.
    while left and not watch.flags:
        patience = watch.patience()
        for descriptor, _ in poll.poll(None if patience is None else patience * 1000):
            data = os.read(descriptor, _CHUNK)
            if not data:
                poll.unregister(descriptor)
                left -= 1
            kept[descriptor].take(data)
        if kept[output].dropped:
            watch.kill(wire.OVER_OUTPUT)
    return kept[output], kept[errors]


def execute(work: "Work", ends: "tuple[int, int, int]", complaint: int) -> "NoReturn":  # pragma: no cover - a child
    """Become the program."""
    try:
        for number, end in enumerate((*ends, complaint)):
            os.dup2(end, number, inheritable=number != _COMPLAINT)
        os.closerange(_COMPLAINT + 1, max(_DESCRIPTORS, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
        for name in _DEFAULT_AGAIN:
            _signal.signal(getattr(_signal, name), _signal.SIG_DFL)
        for kind, soft, hard in work["bounds"]:
            resource.setrlimit(kind, (soft, hard))
        _signal.pthread_sigmask(_signal.SIG_SETMASK, ())
        for rules in work["rules"]:
            linux.install_filter(linux.Filter.of(rules))
        os.execve(work["arguments"][0], work["arguments"], work["environment"])  # noqa: S606
    except OSError as error:
        os.write(_COMPLAINT, str(error.errno).encode())
    except BaseException as error:
        os.write(_COMPLAINT, b"0")
        del error
    finally:
        os._exit(127)


def run(work: "Work", content: bytes) -> bool:
    """Run the program once and report it; says whether the sandbox is fit for the next input."""
    with open(wire.STDIN_FILE, "xb") as file:
        file.write(content)
    source = os.open(wire.STDIN_FILE, os.O_RDONLY)
    pipes = [os.pipe() for _ in range(3)]
    pid = os.fork()
    if pid == 0:  # pragma: no cover - a child
        execute(work, (source, pipes[0][1], pipes[1][1]), pipes[2][1])
    os.close(source)
    for _, end in pipes:
        os.close(end)
    complaint = os.read(pipes[2][0], 16)
    watch = Watch(pid, work["cpu_seconds"])
    output, errors = pump(watch, pipes[0][0], pipes[1][0], work)
    status, usage = watch.end()
    for end, _ in pipes:
        os.close(end)
    if complaint:
        send(wire.NOT_EXECUTED, int(complaint))
        return False
    cpu = int((usage.ru_utime + usage.ru_stime) * 1e6)
    printed = output.content()
    send(wire.ENDED, status, printed, errors.content(), flags=watch.flags, cpu=cpu, peak=usage.ru_maxrss)
    if status == 0 and work["artefact"]:
        send_artefact(work["artefact"], work["artefact_bytes"])
    # Killed by nobody here: if it was for want of memory, the parent asks how often that happened before the next one.
    return is_clean() and (status != _signal.SIGKILL or bool(watch.flags))


def is_clean() -> bool:
    """Whether a process left nothing that the next one would find."""
    try:
        os.unlink(wire.STDIN_FILE)
        return not os.listdir(os.path.dirname(wire.STDIN_FILE))
    except OSError:
        return False


def send_artefact(path: str, most: int) -> None:
    """Send a file, whoever made it: no link is followed, nothing waits for a writer, no more than `most` is read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            content = file.read(most + 1)
    except OSError:
        content = b""
    too_long = len(content) > most
    send(wire.ARTEFACT, 0, b"" if too_long else content, flags=wire.OVER_OUTPUT if too_long else 0)


def main(work: "Work") -> None:  # pragma: no cover - only inside the sandbox, where nothing measures
    """Run the program on every input, until one makes the sandbox unfit."""
    # Waited for, not handled.
    _signal.pthread_sigmask(_signal.SIG_BLOCK, (_signal.SIGCHLD,))
    # A program may signal us: whatever it is, we end without a word, which is the program's end and not our failure.
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)
    send(wire.STARTED)
    if os.read(work["go"], 1):
        for content in work["inputs"]:
            if not run(work, content):
                break
    os._exit(0)
