"""What the kernel says about a process and everything below it: memory, open files, zombies."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_MIB = 1 << 20


class Unreadable(Exception):
    """The kernel does not show a process's memory to us. `str(error)` is one line: what, why, what to do."""


@dataclass(frozen=True)
class Usage:
    """A set of processes at one moment; memory in MiB."""

    processes: int
    zombies: int
    descriptors: int
    """Open files of the living."""
    pss_mib: float
    """Proportional set size: a page that n processes of the machine share counts 1/n for each of them."""


def descendants(pid: int) -> list[int]:
    """Every process below `pid`, which is not among them; children of any of its threads count."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        for task in _tasks(waiting.pop()):
            with contextlib.suppress(OSError):
                children = [int(text) for text in (task / "children").read_text().split()]
                found += children
                waiting += children
    return found


def usage(pids: list[int]) -> Usage:
    """Sum over `pids`; those that end meanwhile are left out. Raises `Unreadable`."""
    alive = zombies = descriptors = 0
    pss = 0.0
    for pid in pids:
        try:
            if _state(pid) == "Z":
                zombies += 1
                continue
            memory = _proportional_set(pid)
            descriptors += len(os.listdir(_PROC / str(pid) / "fd"))
        except PermissionError as error:
            raise Unreadable(f"process {pid} does not show its memory ({error.strerror}); run as root") from error
        except (FileNotFoundError, ProcessLookupError):
            continue
        alive += 1
        pss += memory
    return Usage(alive, zombies, descriptors, pss / _MIB)


def resident_mib(pid: int) -> float:
    """Resident set size of one process in MiB."""
    pages = int((_PROC / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MIB


def _tasks(pid: int) -> list[Path]:
    try:
        return list((_PROC / str(pid) / "task").iterdir())
    except OSError:
        return []


def _state(pid: int) -> str:
    return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]


def _proportional_set(pid: int) -> int:
    """In bytes, from the one line `Pss:` of smaps_rollup (proc_pid_smaps(5))."""
    lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
