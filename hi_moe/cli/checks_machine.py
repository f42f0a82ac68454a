"""What `hi-moe doctor` checks about the machine: Python, compiler, isolation, disk, memory."""

import platform
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

from hi_moe.cli.finding import Finding, from_error
from hi_moe.settings import Settings
from hierarchy.errors import MissingComponent
from sandbox.settings import SandboxSettings

SQLITE = (3, 35)
"""The first with `RETURNING`, by which the ledger tells a new row from one that was there."""
COMPILERS = ("c++", "g++", "clang++")
LEDGER_BYTES = 200_000_000
"""Free space below which a ledger will soon be full; a run of 40 calls writes well below 1 MB."""
_TIERS = {
    "pool": "warm interpreters in namespaces of their own, behind a system call filter",
    "one-shot": "an interpreter for each run, in namespaces of its own, behind a system call filter",
    "reduced": "Landlock and a system call filter, without namespaces; verdicts are labelled so",
}
RUNTIME_BYTES = 800_000_000
"""Memory beyond the weights: KV cache of 16 sequences, Python and its libraries, two sandboxes."""


def python() -> Finding:
    """Which Python and SQLite this is. (An older Python than ours fails to install hi-moe.)"""
    text = f"{platform.python_version()} ({sys.executable}), SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < SQLITE:
        need = ".".join(map(str, SQLITE))
        return Finding("python", False, f"{text}; the ledger needs SQLite {need}", "use another Python build")
    return Finding("python", True, text)


def compiler(engine_installed: bool) -> Finding:
    """Whether the engine can be compiled. Without need where it is installed already."""
    for name in COMPILERS:
        if path := shutil.which(name):
            return Finding("compiler", True, f"{_first_line(path)} ({path})")
    if engine_installed:
        return Finding("compiler", True, "none, and none is needed: the engine is built")
    return Finding(
        "compiler", False, "no C++ compiler, and the engine has to be built", "apt-get install g++  (as root)"
    )


def isolation(settings: SandboxSettings) -> Finding:
    """Whether untrusted code can be run here and in which tier: the tier is started for real."""
    import asyncio

    from hi_moe.isolation import try_tier

    try:
        state = asyncio.run(try_tier(settings.tier, settings.packages))
    except MissingComponent as error:
        return from_error("isolation", error)
    if state.works:
        return Finding("isolation", True, f"untrusted code runs in the {state.tier} tier: {_TIERS[state.tier]}")
    if state.instead is not None:
        text = f"untrusted code runs in the {state.instead} tier: {_TIERS[state.instead]}"
        return Finding("isolation", True, f"{text}; slower than the {state.tier}, which does not start: {state.cause}")
    return Finding("isolation", False, state.cause, state.fix)


def disk(folder: Path, needed: int, what: str) -> Finding:
    """Whether `folder`, which may not exist yet, has `needed` bytes left for `what`."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.is_dir())
    free = shutil.disk_usage(there).free
    text = f"{free / 1e9:.1f} GB free for the {what} in {folder}"
    if free >= needed:
        return Finding("disk", True, text)
    return Finding("disk", False, f"{text}, {needed / 1e9:.1f} GB are needed", f"free some space in {there}")


def memory(weights_bytes: int) -> Finding:
    """Whether the weights and what is needed beside them fit into the memory that is free."""
    available = available_bytes(Path("/proc/meminfo"), Path("/sys/fs/cgroup"))
    needed = weights_bytes + RUNTIME_BYTES
    if available is None:
        return Finding("memory", True, f"{needed / 1e9:.1f} GB are needed; this system does not say what is free")
    text = f"{available / 1e9:.1f} GB free, {needed / 1e9:.1f} GB needed"
    if available >= needed:
        return Finding("memory", True, text)
    return Finding("memory", False, text, "close other programs, or use a smaller model: hi-moe solve --profile tiny")


def available_bytes(meminfo: Path, cgroup: Path) -> int | None:
    """Free memory: the system's, or what is left of this container's limit where that is less."""
    try:
        lines = dict(line.split(":", 1) for line in meminfo.read_text(encoding="ascii").splitlines() if ":" in line)
        available = int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return None
    try:
        limit = int((cgroup / "memory.max").read_text(encoding="ascii"))
        used = int((cgroup / "memory.current").read_text(encoding="ascii"))
    except (OSError, ValueError):
        # No limit (`max`), or no cgroup v2.
        return available
    return min(available, max(0, limit - used))


def weights_bytes(settings: Settings) -> int:
    """Size of all weights that a run under these settings may load."""
    from hi_moe.cli.models import wanted
    from serving.models import ModelStore

    store = ModelStore.from_settings(settings.models)
    own = settings.models.files
    sizes = (
        store.status(name).bytes if name in own else store.catalogue.get(name).size_bytes for name in wanted(settings)
    )
    return sum(sizes)


def _first_line(path: str) -> str:
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        return f"does not start: {error}"
    return next(iter(done.stdout.splitlines()), "says no version")
