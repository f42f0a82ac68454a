"""Control groups: memory and tasks of a run bounded over all its processes together, where the machine allows it.

`RLIMIT_AS` bounds one process and `RLIMIT_NPROC` one user. A control group bounds what they cannot: several processes
at once, the pages of a memory file system, and the kernel's own objects (an empty file in memory is about 1 KiB).
Version 1 (a hierarchy per controller) and version 2 (one for all) of the kernel's interface are both known, see the
kernel's `Documentation/admin-guide/cgroup-v1/` and `cgroup-v2.rst`.
"""

import contextlib
import itertools
import os
import re
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_ROOT = Path("/sys/fs/cgroup")
_OWN_GROUPS = Path("/proc/self/cgroup")
_CONTROLLERS = ("memory", "pids")
_NAME = re.compile(r"hi-moe-(\d{1,20})-(\d{1,7})-\d+")
_NEAR_BYTES = 1 << 20
"""The last allocation, which did not fit, is no larger."""
_TRIAL_BYTES = 16 << 20
_TRIAL_TASKS = 4
_PATIENCE_SECONDS = 2.0
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.001, 0.05


@dataclass(frozen=True)
class Version:
    """Names of the files that differ between the two versions."""

    memory: str
    swap: str
    swap_is_added: bool
    """The swap file bounds memory and swap together, and may never be below the bound of memory."""
    kills: str
    """Has a line `oom_kill N`: processes of the group that were killed for want of memory, whoever wanted it."""
    met: tuple[str, str]
    """File and key of how often the bound of this very group was met; without a key, the most that was ever used."""


V1 = Version(
    memory="memory.limit_in_bytes",
    swap="memory.memsw.limit_in_bytes",
    swap_is_added=True,
    kills="memory.oom_control",
    # Not `memory.failcnt`, which a recent kernel leaves at 0.
    met=("memory.max_usage_in_bytes", ""),
)
V2 = Version(
    memory="memory.max",
    swap="memory.swap.max",
    swap_is_added=False,
    kills="memory.events",
    met=("memory.events", "oom"),
)


class Cgroup:
    """One group, empty at first; `folders` are its directories. Many runs can use one in turn."""

    def __init__(self, folders: tuple[Path, ...], version: Version) -> None:
        self.folders = folders
        self._memory, self._pids = folders[0], folders[-1]
        self._version = version
        self._bytes = float("inf")
        self._kills = 0

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self._memory.name

    def add(self, pid: int) -> None:
        """Move a process with all its threads into the group; processes that it starts from then on begin there.

        What it has allocated before stays charged where it was. Raises `OSError`, `ProcessLookupError` for a dead one.
        """
        for folder in self.folders:
            _write(folder / "cgroup.procs", pid)

    def limit(self, memory_bytes: int, tasks: int) -> None:
        """Bound memory (no swap beside it) and tasks, that is processes and threads together.

        Raises `OSError`, in version 1 also when the group uses more than `memory_bytes` already and cannot give it up.
        """
        bounds = [(self._version.memory, memory_bytes)]
        if (self._memory / self._version.swap).exists():
            bounds.append((self._version.swap, memory_bytes if self._version.swap_is_added else 0))
        # Memory and swap together may at no time be bounded below memory alone.
        for file, value in reversed(bounds) if memory_bytes > self._bytes else bounds:
            _write(self._memory / file, value)
        _write(self._pids / "pids.max", tasks)
        self._bytes = memory_bytes

    def ran_out_of_memory(self) -> bool:
        """Whether since the last call a process was killed for want of memory, and this group has met its bound.

        So that a kill because the whole machine is out of memory does not count: that is no fault of the program.
        """
        before, self._kills = self._kills, _count(self._memory / self._version.kills, "oom_kill")
        return self._kills > before and self._met_its_bound()

    def close(self, patience_seconds: float = _PATIENCE_SECONDS) -> bool:
        """Remove the group, waiting for dying processes that long (it blocks); whether it is gone.

        It ends nothing: a group that still has processes stays, and a later `sweep` removes it when they have ended.
        """
        deadline = time.monotonic() + patience_seconds
        gone = [_remove(folder, deadline) for folder in self.folders]
        return all(gone)

    def _met_its_bound(self) -> bool:
        file, key = self._version.met
        return _count(self._memory / file, key) >= (1 if key else self._bytes - _NEAR_BYTES)


class Cgroups:
    """A place where this process may make groups."""

    def __init__(self, places: tuple[Path, ...], version: Version) -> None:
        self._places = places
        self._version = version
        self._numbers = itertools.count()

    @classmethod
    def find(cls, root: Path = _ROOT, proc: Path = _OWN_GROUPS) -> Self | None:
        """The first place where a group was seen to work with a real process; nothing where there is none.

        `root` is where control groups are mounted, `proc` the file that names our own ones. Groups that dead
        processes left in that place are removed. The place is, so that bounds set from outside go on to hold, our own
        group; in version 2, where a group with processes cannot share out its controllers, the one that our own lies
        in, if it shares memory and pids out and may be written, as in a user's session of systemd.
        """
        for places, version in candidates(root, proc):
            found = cls(places, version)
            found.sweep()
            if found._works():
                return found
        return None

    def make(self, memory_bytes: int, tasks: int) -> Cgroup:
        """A new group with bounds, see `Cgroup.limit`; the caller closes it. Raises `OSError`."""
        while True:
            name = f"hi-moe-{_pid_namespace()}-{os.getpid()}-{next(self._numbers)}"
            group = Cgroup(tuple(place / name for place in self._places), self._version)
            try:
                for place in self._places:
                    (place / name).mkdir()
                group.limit(memory_bytes, tasks)
            except FileExistsError:
                continue
            except OSError:
                group.close(0)
                raise
            return group

    def sweep(self) -> int:
        """Remove groups whose maker is dead and whose processes have ended; how many folders went."""
        removed = 0
        for place in self._places:
            for folder in place.glob("hi-moe-*"):
                if _is_orphan(folder.name):
                    with contextlib.suppress(OSError):
                        folder.rmdir()
                        removed += 1
        return removed

    def _works(self) -> bool:
        """Make a group, move a process into it, remove it."""
        try:
            group = self.make(_TRIAL_BYTES, _TRIAL_TASKS)
        except OSError:
            return False
        try:
            # Reads until we close its input.
            with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env={}) as child:
                group.add(child.pid)
            group.ran_out_of_memory()
        except OSError:
            return False
        finally:
            gone = group.close()
        return gone


def candidates(root: Path, proc: Path) -> Iterator[tuple[tuple[Path, ...], Version]]:
    """Folders in which groups might be made, the best first; in version 1 one for memory and one for tasks."""
    own = _own_groups(proc)
    if all((root / controller).is_dir() for controller in _CONTROLLERS):
        yield tuple(_below(root / controller, own.get(controller, "/")) for controller in _CONTROLLERS), V1
    elif (root / "cgroup.controllers").is_file():
        group = _below(root, own.get("", "/"))
        # Refused by the kernel for every group that has processes, but for the root of all.
        with contextlib.suppress(OSError):
            if not _shares(group):
                _write(group / "cgroup.subtree_control", " ".join(f"+{controller}" for controller in _CONTROLLERS))
        if _shares(group):
            yield (group,), V2
        # To move a process from one group to another takes the right to write the common parent's list.
        parent = group.parent
        if group != root and _shares(parent) and os.access(parent / "cgroup.procs", os.W_OK):
            yield (parent,), V2


def _own_groups(proc: Path) -> dict[str, str]:
    """Controller (empty in version 2) to the path of our own group, as `cgroups(7)` describes the file."""
    found = {}
    with contextlib.suppress(OSError):
        for line in proc.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            found.update(dict.fromkeys(controllers.split(","), path))
    return found


def _below(mount: Path, own: str) -> Path:
    """The folder of our own group, or the mount's root where a container hides what lies above it."""
    folder = mount / own.lstrip("/")
    return folder if ".." not in folder.parts and folder.is_dir() else mount


def _shares(group: Path) -> bool:
    """Whether groups below it have both controllers (version 2)."""
    try:
        shared = (group / "cgroup.subtree_control").read_text().split()
    except OSError:
        return False
    return all(controller in shared for controller in _CONTROLLERS)


def _is_orphan(name: str) -> bool:
    """Whether a process that is dead now made it. One of another container may seem dead and is left alone."""
    match = _NAME.fullmatch(name)
    if match is None or int(match[1]) != _pid_namespace():
        return False
    try:
        os.kill(int(match[2]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _pid_namespace() -> int:
    return Path("/proc/self/ns/pid").stat().st_ino


def _remove(folder: Path, deadline: float) -> bool:
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return True
        except OSError:
            if time.monotonic() + pause > deadline:
                return False
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        else:
            return True


def _write(file: Path, value: object) -> None:
    """Only into a file that exists: the kernel makes them all."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, str(value).encode())
    finally:
        os.close(descriptor)


def _count(file: Path, key: str) -> int:
    """The number behind `key`, or of a file that holds nothing else; 0 where the kernel does not count."""
    try:
        text = file.read_text()
    except FileNotFoundError:
        return 0
    if not key:
        return int(text)
    return next((int(line.split()[1]) for line in text.splitlines() if line.split()[:1] == [key]), 0)
