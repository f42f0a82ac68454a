"""What tests ask this machine: which processes there are, what they have open, in which control groups they are."""

import asyncio
import contextlib
import os
from collections.abc import Callable
from pathlib import Path

_CONTROL_GROUPS = "/sys/fs/cgroup"


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that happens elsewhere; fails after 10 s."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen in 10 s")


def children(pid: int) -> list[int]:
    """The processes that `pid` is the parent of, the oldest first, whichever of its threads made them."""
    found = [(began, number) for number, (parent, began) in _table().items() if parent == pid]
    return [number for _, number in sorted(found)]


def descendants(pid: int) -> list[int]:
    """Every process below `pid`, each after its parent, also those in other process namespaces."""
    below: dict[int, list[int]] = {}
    table = _table()
    for number in sorted(table, key=lambda number: table[number][1]):
        below.setdefault(table[number][0], []).append(number)
    found = [pid]
    for number in found:
        found += below.get(number, [])
    return found[1:]


def is_dead(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def command_line(pid: int) -> bytes:
    """What a process was started with; empty for one that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def descriptors() -> set[str]:
    """What this process has open, by number."""
    return set(os.listdir("/proc/self/fd"))


def groups_of(pid: int) -> list[str]:
    """The control groups of ours that a process is in, by name, once for each hierarchy."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
        return [part for line in lines if (part := line.rpartition("/")[2]).startswith("hi-moe-")]
    return []


def groups_made_by(pid: int) -> list[Path]:
    """Folders of the control groups that a process has made, named as `sandbox.cgroup` names them.

    With the name of our process namespace in it: the same number elsewhere is somebody else.
    """
    ours = f"hi-moe-{os.stat('/proc/self/ns/pid').st_ino}-{pid}-"
    # Not `rglob`, which fails when somebody else's group goes while it looks.
    walk = os.walk(_CONTROL_GROUPS)
    return [Path(folder, name) for folder, names, _ in walk for name in names if name.startswith(ours)]


def _table() -> dict[int, tuple[int, int]]:
    """Every process with its parent and the time of its start."""
    table = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            # The fields 4 and 22 of proc(5).
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            table[int(folder.name)] = (int(fields[1]), int(fields[19]))
    return table
