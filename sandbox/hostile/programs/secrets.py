"""Reading what is not the program's: secrets in plain sight, the caller's memory, other runs."""

from sandbox.hostile.judges import attempts, found
from sandbox.hostile.prelude import CALLS, TRIES
from sandbox.hostile.record import Hostile

_OTHER_RUN = """
import os, time
def f(bait):
    for folder in ("/tmp", "/dev/shm", "/var/tmp", os.getcwd()):
        try:
            with open(os.path.join(folder, bait["mark"]), "w") as file:
                file.write("victim")
            os.chmod(file.name, 0o666)
            os.chmod(folder, 0o777)
        except OSError:
            pass
    held = open(bait["mark"] + "-held", "w+")
    time.sleep(0.25)
"""
_INNOCENT = (
    *("HOME", "TMPDIR", "LANG", "LC_CTYPE", "MALLOC_ARENA_MAX", "LD_LIBRARY_PATH", "PWD", "PYTHONHASHSEED"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
)


def _foreign_variables(value: object) -> bool:
    return not isinstance(value, list) or not set(map(str, value)) <= set(_INNOCENT)


PROGRAMS = (
    Hostile(
        "secret-file",
        "secrets",
        "read a file of the caller that everybody may read, by its path and past it",
        f"""{TRIES}
def f(bait):
    def read(path):
        with open(path) as file:
            return file.read()
    folder, name = os.path.split(bait["file"])
    return tries({{
        "open": lambda: read(bait["file"]),
        "open upwards": lambda: read("../../../../../.." + bait["file"]),
        "open by the caller's root": lambda: read(f"/proc/{{bait['pid']}}/root" + bait["file"]),
        "open in the caller's folder": lambda: read(f"/proc/{{bait['pid']}}/cwd/pyproject.toml"),
        "listdir": lambda: os.listdir(folder),
        "open of the folder": lambda: os.open(folder, os.O_PATH),
    }})
""",
        attempts,
    ),
    Hostile(
        "home-and-system-files",
        "secrets",
        "read passwords, keys, homes, logs and the files of this package",
        f"""{TRIES}
def f(bait):
    places = ["/etc/passwd", "/etc/shadow", "/etc/hostname", "/root", "/home", "/var/log", "/var/run", "/run", "/sys",
              "/boot", "/dev/mem", "/dev/kmem", "/dev/sda", "/dev/tty", "/dev/kvm", "/dev/fuse",
              "/proc/1/environ", "/proc/kcore", "/proc/kallsyms"]
    return tries({{f"open {{place}}": lambda place=place: os.open(place, os.O_RDONLY) for place in places}})
""",
        attempts,
        limits={"cpu_seconds": 0.5},
    ),
    Hostile(
        "environment",
        "secrets",
        "read the environment, from Python, from C and from the stack",
        """
import ctypes, os
def f(bait):
    pointer = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    names, number = set(os.environ), 0
    while pointer[number]:
        names.add(pointer[number].decode().partition("=")[0])
        number += 1
    return sorted(names)
""",
        found(_foreign_variables, "an environment of the sandbox's own"),
    ),
    Hostile(
        "environment-of-the-caller",
        "secrets",
        "read the environment, command line and memory map of the caller and of the parent",
        f"""{TRIES}
def f(bait):
    def read(path):
        with open(path, "rb") as file:
            return file.read()
    parents = (bait["pid"], os.getppid(), 1)
    files = ("environ", "cmdline", "maps", "mem")
    return tries({{f"open {{name}} of {{pid}}": lambda pid=pid, name=name: read(f"/proc/{{pid}}/{{name}}")
                  for pid in parents for name in files}})
""",
        attempts,
    ),
    Hostile(
        "memory-of-the-caller",
        "secrets",
        "read and write the memory of the caller and of the parent",
        f"""{CALLS}
def f(bait):
    buffer = ctypes.create_string_buffer(64)
    class Part(ctypes.Structure):
        _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))
    here, there = Part(ctypes.addressof(buffer), 64), Part(0x400000, 64)
    loot = {{}}
    for pid in (bait["pid"], os.getppid(), 1):
        loot |= calls(**{{
            f"process_vm_readv {{pid}}": (310, pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0),
            f"process_vm_writev {{pid}}": (311, pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0),
            f"kcmp {{pid}}": (312, pid, os.getpid(), 0, 0, 0),
            f"pidfd_open {{pid}}": (434, pid, 0),
            f"ptrace {{pid}}": (101, 16, pid, 0, 0),
            f"process_madvise {{pid}}": (440, pid, 0, 0, 0, 0),
        }})
    return loot
""",
        attempts,
    ),
    Hostile(
        "secrets-in-memory",
        "secrets",
        "search all objects of the interpreter for the caller's secret",
        """
import gc, re, sys
def f(bait):
    seen, texts, left = set(), [], [gc.get_objects(), sys.modules]
    while left:
        thing = left.pop()
        if id(thing) in seen or len(seen) > 60_000:
            continue
        seen.add(id(thing))
        if type(thing) is str:
            texts.append(thing)
        elif type(thing) is bytes:
            texts.append(thing.decode("latin1"))
        else:
            left += gc.get_referents(thing)
    return [text for text in texts if re.search("bait-[0-9a-f]{32}", text)]
""",
        found(lambda value: value != [], "nothing of the caller in its memory"),
        limits={"cpu_seconds": 2.0, "memory_mib": 256},
    ),
    Hostile(
        "own-descriptors",
        "secrets",
        "use a descriptor that was left open and leads outside",
        """
import os, stat
def f(bait):
    found = []
    for number in range(4096):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.path.samestat(os.fstat(number), os.stat("/dev/null"))):
            found.append(f"{number}: {mode:o}")
        if stat.S_ISDIR(mode):
            found.append("folder")
    return found
""",
        found(lambda value: value != [], "no descriptor but its own"),
    ),
    Hostile(
        "files-of-another-run",
        "secrets",
        "read the files of another run that is going on",
        f"""import time
{TRIES}
def f(bait):
    places = [os.path.join(folder, bait["mark"]) for folder in ("/tmp", "/dev/shm", "/var/tmp", os.getcwd())]
    end = time.monotonic() + 0.2
    while time.monotonic() < end and not any(map(os.path.exists, places)):
        time.sleep(0.01)
    loot = tries({{f"open {{place}}": lambda place=place: open(place).read() for place in places}})
    def strange(folder):
        found = [name for name in os.listdir(folder) if bait["mark"] in name]
        if not found:
            raise FileNotFoundError(errno.ENOENT, "nothing strange")
        return found
    return loot | tries({{f"listdir {{folder}}": lambda folder=folder: strange(folder)
                         for folder in ("/tmp", "/tmp/..", "/dev/shm")}})
""",
        attempts,
        beside=_OTHER_RUN,
    ),
    Hostile(
        "descriptors-of-another-run",
        "secrets",
        "find another run that is going on by its number and open what it has open",
        f"""import time
{TRIES}
def f(bait):
    time.sleep(0.05)
    loot = {{}}
    for pid in [*range(1, 40), bait["pid"] + 1]:
        if pid != os.getpid():
            loot |= tries({{f"open descriptors of {{pid}}": lambda: os.listdir(f"/proc/{{pid}}/fd"),
                           f"kill {{pid}}": lambda: os.kill(pid, 0) if pid > 2 else open(f"/proc/{{pid}}/mem")}})
    return loot
""",
        attempts,
        beside=_OTHER_RUN,
    ),
    Hostile(
        "shared-memory-of-another-run",
        "secrets",
        "meet another run in shared memory, semaphores and message queues",
        f"""{CALLS}
def f(bait):
    def library(name, *arguments):
        done = getattr(libc, name)(*arguments)
        if done in (-1, 0xffffffff):
            raise OSError(ctypes.get_errno(), "refused")
        return done
    return calls(shmget=(29, 4711, 4096, 0o1666), semget=(64, 4711, 1, 0o1666), msgget=(68, 4711, 0o1666),
                 mq_open=(240, b"meeting", 0o102, 0o666, 0)) | tries({{
        "shm_open": lambda: library("shm_open", b"/meeting", 0o102, 0o666),
        "shared memory by Python": lambda: __import__("multiprocessing.shared_memory").shared_memory.SharedMemory(
            "meeting", create=True, size=64),
    }})
""",
        attempts,
        limits={"cpu_seconds": 1.0},
    ),
)
"""All of this group."""
