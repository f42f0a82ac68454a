"""Using up what the machine has: memory and room for files."""

from sandbox.hostile.judges import bounded, ended
from sandbox.hostile.prelude import CALLS, TRIES
from sandbox.hostile.record import Hostile

_MIB = 1 << 20
_MEMORY = frozenset({"memory_limit/memory"})
_CPU = frozenset({"time_limit/cpu"})

_MEMORY_PROGRAMS = (
    Hostile(
        "memory-in-blocks",
        "memory",
        "fill the memory block by block",
        "def f(bait):\n    kept = []\n    while True: kept.append(bytearray(1 << 20))",
        ended,
        _MEMORY,
    ),
    Hostile(
        "memory-at-once",
        "memory",
        "ask for a terabyte in one piece",
        "def f(bait): return len(bytearray(1 << 40))",
        ended,
        _MEMORY,
    ),
    Hostile(
        "memory-in-small-objects",
        "memory",
        "fill the memory with small objects",
        "def f(bait):\n    a = ()\n    while True: a = (a, a, [], {})",
        ended,
        _MEMORY | _CPU | {"crashed/SIGSEGV"},
        limits={"memory_mib": 16, "cpu_seconds": 0.5},
    ),
    Hostile(
        "memory-in-threads",
        "memory",
        "fill the memory from several threads, each of which goes on after an error",
        """
import threading
def f(bait):
    blocks = []
    def fill():
        for _ in range(300):
            try:
                blocks.append(bytearray(1 << 20))
            except MemoryError:
                pass
    threads = [threading.Thread(target=fill) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return len(blocks) << 20
""",
        bounded(192 * _MIB),
        frozenset({"ok"}) | _MEMORY,
    ),
    Hostile(
        "memory-in-processes",
        "memory",
        "fill the memory of several processes, each of which has its own limit",
        """
import os
def f(bait):
    blocks, processes = [], 1
    for _ in range(8):
        try:
            processes += 1 if os.fork() else 0
        except OSError:
            pass
    try:
        while True: blocks.append(bytearray(1 << 20))
    except MemoryError:
        total = len(blocks) * processes << 20
        blocks.clear()
        return total
""",
        bounded(192 * _MIB),
    ),
    Hostile(
        "memory-by-mapping",
        "memory",
        "map memory that is shared, huge, growing or locked",
        f"""{CALLS}
import mmap
def f(bait):
    total, maps = 0, []
    for flags in (mmap.MAP_SHARED | mmap.MAP_ANONYMOUS, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000):
        try:
            while True:
                maps.append(mmap.mmap(-1, 16 << 20, flags=flags))
                total += 16 << 20
        except OSError:
            pass
    for flags in (0x22, 0x122):
        try:
            call(9, 0, 1 << 40, 3, flags, -1, 0)
            total += 1 << 40
        except OSError:
            pass
    for mapped in maps: mapped.close()
    return total
""",
        bounded(192 * _MIB),
    ),
    Hostile(
        "memory-in-pipes",
        "memory",
        "keep data in the kernel, in as many pipes and socket pairs as can be opened",
        """
import os, socket
def f(bait):
    total, kept = 0, []
    try:
        while True:
            kept.append(os.pipe())
            os.set_blocking(kept[-1][1], False)
            try:
                while True: total += os.write(kept[-1][1], bytes(4096))
            except BlockingIOError:
                pass
    except OSError:
        pass
    for pair in kept:
        for descriptor in pair: os.close(descriptor)
    return total
""",
        bounded(8 * _MIB),
    ),
    Hostile(
        "kernel-objects",
        "memory",
        "have the kernel keep timers, event counters, watches and file locks, which no address space holds",
        f"""{CALLS}
import fcntl
def f(bait):
    made, timer = 0, ctypes.c_int()
    def lock(file):
        for place in range(0, 20_000, 2):
            fcntl.lockf(file, fcntl.LOCK_EX, 1, place)
            yield
    def timers():
        while True:
            call(222, 1, 0, ctypes.byref(timer))
            yield
    def counters():
        while True:
            call(290, 0, 0)
            yield
    locks = lock(os.open("lock", os.O_RDWR | os.O_CREAT)) if os.access(".", os.W_OK) else ()
    for makes in (timers(), locks, counters()):
        try:
            for _ in makes: made += 1
        except OSError:
            pass
    return made
""",
        bounded(200_000),
        frozenset({"ok", "time_limit/cpu"}),
    ),
    Hostile(
        "handler-of-a-memory-error",
        "memory",
        "free memory in the handler of the error and start again, for ever",
        """
def f(bait):
    while True:
        kept = []
        try:
            while True: kept.append(bytearray(1 << 24))
        except BaseException:
            kept.clear()
""",
        ended,
        _CPU | _MEMORY,
    ),
)
_DISK_PROGRAMS = (
    Hostile(
        "every-writable-place",
        "disk",
        "find every folder that can be written, by a walk from the root, and fill it",
        """
import os
def f(bait):
    total = 0
    for folder, names, _ in os.walk("/"):
        if folder.count("/") > 3:
            names.clear()
        try:
            for number in range(64):
                with open(os.path.join(folder, f"fill{number}"), "wb", buffering=0) as file:
                    for _ in range(8):
                        total += file.write(bytes(1 << 19))
        except OSError:
            pass
    return total
""",
        bounded(4 * _MIB),
        limits={"cpu_seconds": 1.0},
    ),
    Hostile(
        "one-huge-file",
        "disk",
        "make one file as large as a disk: by truncate, fallocate and a far write",
        f"""{TRIES}
def f(bait):
    def far():
        file = os.open("huge", os.O_RDWR | os.O_CREAT)
        return os.pwrite(file, b"x", 1 << 40)
    loot = tries({{
        "truncate": lambda: os.ftruncate(os.open("huge", os.O_RDWR | os.O_CREAT), 1 << 40),
        "fallocate": lambda: os.posix_fallocate(os.open("huge", os.O_RDWR | os.O_CREAT), 0, 1 << 40),
        "write far away": far,
    }})
    return sum(end[0] == "got" for end in loot.values())
""",
        bounded(0),
    ),
    Hostile(
        "million-empty-files",
        "disk",
        "make a million empty files, which no size limit counts",
        """
import os
def f(bait):
    made = 0
    try:
        for number in range(1_000_000):
            os.close(os.open(f"/tmp/{number}", os.O_CREAT | os.O_WRONLY))
            made += 1
    except OSError:
        pass
    return made
""",
        bounded(40_000),
        _CPU | {"ok"},
    ),
    Hostile(
        "deep-folders",
        "disk",
        "nest folders so deep that nobody can walk or delete them",
        """
import os
def f(bait):
    depth = 0
    try:
        while True:
            os.mkdir("d")
            os.chdir("d")
            depth += 1
    except OSError:
        pass
    return depth
""",
        bounded(40_000),
        _CPU | {"ok"},
    ),
)

PROGRAMS = (*_MEMORY_PROGRAMS, *_DISK_PROGRAMS)
"""Both groups."""
