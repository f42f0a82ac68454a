"""A control group for one run at a time, from a small stock: making and removing one costs more than using it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.cgroup import Cgroup, Cgroups
from sandbox.types import Limits

_MIB = 1 << 20
_OVERHEAD_MIB = 64
_REST = 8
"""A group that is still charged more than this part of its bound is not used again yet: what a run wrote into memory
goes some time after its last process."""
UNREAPED = 2
"""Tasks by which a bound is wider than a run needs: what has ended counts until it is reaped, and bubblewrap leaves its
first process to the machine's, which may take its time."""
_USED = ("memory.usage_in_bytes", "memory.current")
"""The file of version 1 and of version 2."""


def of_interpreter(limits: Limits, stdin: bytes | None = None) -> tuple[int, int]:
    """Bytes and tasks of one Python run: memory, files in memory and what interpreter and kernel need.

    The standard input is one of those files; less than a MiB of it makes no difference, for other bounds cost time.
    The tasks besides the program's threads are its main one and bubblewrap's first process, or the zygote.
    """
    mib = limits.memory_mib + limits.file_mib + _OVERHEAD_MIB + len(stdin or b"") // _MIB
    return mib * _MIB, limits.threads + 2 + UNREAPED


class Loan:
    """What one run knows of its group."""

    def __init__(self, group: Cgroup, bounds: tuple[int, int]) -> None:
        self._group = group
        self._bounds = bounds
        self._spent = False

    def add(self, pid: int) -> None:
        """See `Cgroup.add`."""
        self._group.add(pid)

    def ran_out_of_memory(self) -> bool:
        """See `Cgroup.ran_out_of_memory`."""
        found = self._group.ran_out_of_memory()
        self._spent = self._spent or found
        return found

    @property
    def spent(self) -> bool:
        """Whether it was full once: its highest mark would make a later kill by a full machine look like its own.

        One that cannot be asked, as without a free file descriptor, may have been.
        """
        try:
            self.ran_out_of_memory()
        except OSError:
            return True
        return self._spent


class Groups:
    """Lends groups out; belongs to one event loop."""

    def __init__(self, place: Cgroups, keep: int) -> None:
        """`keep` is how many groups may rest here, about as many as there are runs at a time."""
        self._place = place
        self._keep = keep
        self._resting: list[tuple[Cgroup, tuple[int, int]]] = []
        self._closing: set[asyncio.Future[bool]] = set()

    @contextmanager
    def lend(self, memory_bytes: int, tasks: int) -> Iterator[Loan]:
        """A group without processes and with these bounds; at the end what was put into it is dead, or nearly so.

        Raises `OSError`.
        """
        bounds = memory_bytes, tasks
        group = self._rested(bounds) or self._place.make(*bounds)
        loan = Loan(group, bounds)
        try:
            yield loan
        finally:
            if loan.spent:
                self._close(group)
            else:
                self._resting.append((group, bounds))
            while len(self._resting) > self._keep:
                # The oldest: it has had time to become empty and did not.
                self._close(self._resting.pop(0)[0])

    async def aclose(self) -> None:
        """Remove every group that was given back."""
        while self._resting:
            self._close(self._resting.pop()[0])
        if self._closing:
            await asyncio.wait(self._closing)

    def _rested(self, bounds: tuple[int, int]) -> Cgroup | None:
        for entry in self._resting:
            group, before = entry
            if _is_empty(group, before[0]):
                self._resting.remove(entry)
                try:
                    if before != bounds:
                        group.limit(*bounds)
                except OSError:
                    self._close(group)
                    return None
                return group
        return None

    def _close(self, group: Cgroup) -> None:
        """In a thread: its last processes may take a moment to disappear."""
        closing = asyncio.get_running_loop().run_in_executor(None, group.close)
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


def _is_empty(group: Cgroup, memory_bytes: int) -> bool:
    memory, tasks = group.folders[0], group.folders[-1]
    try:
        if (tasks / "cgroup.procs").read_text() or int((tasks / "pids.current").read_text()) > UNREAPED:
            return False
        return _used(memory) * _REST <= memory_bytes
    except OSError:
        return False


def _used(folder: Path) -> int:
    for name in _USED:
        file = folder / name
        if file.exists():
            return int(file.read_text())
    raise FileNotFoundError(folder)
