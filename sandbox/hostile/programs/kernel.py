"""Talking to the kernel past Python: calls that open a way out, other machine modes, namespaces, mounts."""

from sandbox.hostile.judges import attempts, ended
from sandbox.hostile.prelude import CALLS, TRIES
from sandbox.hostile.record import Hostile

_MACHINE_CODE = f"""{TRIES}
import ctypes, mmap
def run(code):
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return ctypes.CFUNCTYPE(ctypes.c_long)(address)()
"""
_KILLED = frozenset({"crashed/SIGSYS", "crashed/SIGSEGV"})
"""SIGSYS from the filter; SIGSEGV where the kernel is built without the 32-bit calls."""

_CALLS = (
    Hostile(
        "io-uring",
        "kernel",
        "do input and output by io_uring, which no filter of calls sees, and by the older aio",
        f"""{CALLS}
def f(bait):
    buffer = ctypes.create_string_buffer(256)
    return calls(io_uring_setup=(425, 8, buffer), io_uring_enter=(426, 0, 1, 0, 0, 0),
                 io_uring_register=(427, 0, 0, 0, 0), io_setup=(206, 8, buffer), io_submit=(209, 0, 0, 0))
""",
        attempts,
    ),
    Hostile(
        "keyrings",
        "kernel",
        "keep data in the kernel's keyrings, which outlive processes",
        f"""{CALLS}
def f(bait):
    return calls(add_key=(248, b"user", b"loot", b"loot", 4, -3), request_key=(249, b"user", b"loot", None, -3),
                 keyctl=(250, 0, -3, 0, 0, 0))
""",
        attempts,
    ),
    Hostile(
        "kernel-attack-surface",
        "kernel",
        "reach calls known from exploits: userfaultfd, bpf, perf, memfd, fanotify, splice into user memory",
        f"""{CALLS}
def f(bait):
    buffer = ctypes.create_string_buffer(256)
    return calls(userfaultfd=(323, 1), bpf=(321, 0, buffer, 48), perf_event_open=(298, buffer, 0, -1, -1, 0),
                 memfd_create=(319, b"loot", 0), memfd_secret=(447, 0), fanotify_init=(300, 0, 0),
                 vmsplice=(278, 1, 0, 0, 0), name_to_handle_at=(303, -100, b"/tmp", buffer, buffer, 0),
                 open_by_handle_at=(304, -100, buffer, 0), execveat=(322, -100, b"/usr/bin/true", 0, 0, 0))
""",
        attempts,
    ),
    Hostile(
        "calls-of-the-future",
        "kernel",
        "try every call number that this kernel or a newer one may have added since 2019",
        f"""{CALLS}
def f(bait):
    return calls(**{{f"call {{number}}": (number, 0, 0, 0, 0, 0, 0) for number in range(424, 512)
                    if number != 436}})  # close_range is allowed
""",
        attempts,
    ),
    Hostile(
        "administration",
        "kernel",
        "load modules, reboot, swap, set the clock and the host name, open ports of the hardware",
        f"""{CALLS}
def f(bait):
    return calls(init_module=(175, 0, 0, 0), finit_module=(313, 0, 0, 0), delete_module=(176, b"loop", 0),
                 reboot=(169, 0xfee1dead, 672274793, 0x89abcdef, 0), kexec_load=(246, 0, 0, 0, 0),
                 swapon=(167, b"/tmp/x", 0), swapoff=(168, b"/tmp/x"), settimeofday=(164, 0, 0),
                 clock_settime=(227, 0, 0), adjtimex=(159, ctypes.create_string_buffer(256)),
                 sethostname=(170, b"mine", 4), setdomainname=(171, b"mine", 4), iopl=(172, 3),
                 ioperm=(173, 0, 8, 1), acct=(163, b"/tmp/x"), syslog=(103, 3, 0, 0), quotactl=(179, 0, 0, 0, 0))
""",
        attempts,
    ),
    Hostile(
        "become-root",
        "kernel",
        "become another user, take capabilities, run a program that belongs to root",
        f"""{CALLS}
def f(bait):
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    everything = (ctypes.c_uint32 * 6)(*[0xffffffff] * 6)
    return calls(capset=(126, ctypes.byref(header), ctypes.byref(everything))) | tries({{
        "setuid": lambda: os.setuid(0),
        "setresuid": lambda: os.setresuid(0, 0, 0),
        "setgroups": lambda: os.setgroups([0]),
        "setgid": lambda: os.setgid(0),
        "raise capability": lambda: call(157, 47, 2, 21, 0, 0),
    }})
""",
        attempts,
    ),
    Hostile(
        "terminal",
        "kernel",
        "type into the terminal of the caller",
        f"""{CALLS}
def f(bait):
    letter = ctypes.c_char(b"x")
    return calls(**{{f"ioctl {{name}} of {{fd}}": (16, fd, number, ctypes.byref(letter))
                    for name, number in (("TIOCSTI", 0x5412), ("TIOCLINUX", 0x541C)) for fd in range(3)}}) | tries({{
        "open the terminal": lambda: os.open("/dev/tty", os.O_RDWR)}})
""",
        attempts,
    ),
)
_MODES = (
    Hostile(
        "x32-call",
        "kernel",
        "make a call by its x32 number, which a filter by number would miss",
        f"{CALLS}\ndef f(bait): return calls(x32=(0x40000000 + 57,))",
        ended,
        _KILLED,
    ),
    Hostile(
        "32-bit-call",
        "kernel",
        "make a call of the 32-bit machine from 64-bit code by int 0x80: 2 is fork there",
        _MACHINE_CODE + 'def f(bait): return run(bytes.fromhex("53b80200000031db31c931d2cd80489848985bc3"))\n',
        ended,
        _KILLED,
    ),
    Hostile(
        "other-machine-mode",
        "kernel",
        "make segments for another machine mode, change the personality, turn off address randomisation",
        f"""{CALLS}
def f(bait):
    return calls(modify_ldt=(154, 1, ctypes.create_string_buffer(16), 16), personality=(135, 0x0040000))
""",
        attempts,
    ),
    Hostile(
        "loosen-the-filter",
        "kernel",
        "put a system call filter of its own over the one that is there, one that allows everything",
        f"""{CALLS}
def f(bait):
    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))
    allow = Program(1, b"\\x06\\x00\\x00\\x00\\x00\\x00\\xff\\x7f")
    for action in (lambda: call(157, 22, 2, ctypes.byref(allow), 0, 0), lambda: call(157, 22, 0, 0, 0, 0),
                   lambda: call(157, 38, 0, 0, 0, 0), lambda: call(317, 1, 0, ctypes.byref(allow))):
        try:
            action()
        except OSError:
            pass
    return calls(socket=(41, 1, 1, 0), fork=(57,), unshare=(272, 0x10000000), ptrace=(101, 0, 0, 0, 0))
""",
        attempts,
    ),
)
_WORLDS = (
    Hostile(
        "nested-namespaces",
        "namespaces",
        "become root of a namespace of its own, by unshare, clone and setns",
        f"""{CALLS}
def f(bait):
    kinds = {{"user": 0x10000000, "mount": 0x20000, "pid": 0x20000000, "net": 0x40000000, "ipc": 0x8000000,
             "uts": 0x4000000, "cgroup": 0x2000000, "time": 0x80}}
    loot = calls(**{{f"unshare of {{name}}": (272, flag) for name, flag in kinds.items()}})
    loot |= calls(**{{f"clone into {{name}}": (56, flag | 17, 0, 0, 0, 0) for name, flag in kinds.items()}})
    loot |= calls(**{{f"setns to {{fd}}": (308, fd, 0) for fd in range(8)}})
    return loot | tries({{"open a namespace": lambda: os.open(f"/proc/{{bait['pid']}}/ns/mnt", os.O_RDONLY)}})
""",
        attempts,
    ),
    Hostile(
        "thread-with-namespaces",
        "namespaces",
        "smuggle namespace flags into the making of a thread",
        f"""{CALLS}
def f(bait):
    thread = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000
    kinds = {{"user": 0x10000000, "mount": 0x20000, "pid": 0x20000000, "net": 0x40000000, "ipc": 0x8000000}}
    return calls(**{{f"thread in {{name}}": (56, thread | flag, 0, 0, 0, 0) for name, flag in kinds.items()}})
""",
        attempts,
    ),
    Hostile(
        "mounts",
        "namespaces",
        "mount, unmount, remount, change the root",
        f"""{CALLS}
def f(bait):
    tries({{"a place": lambda: os.mkdir("/tmp/place")}})
    return calls(**{{
        "mount of proc": (165, b"proc", b"/tmp/place", b"proc", 0, 0),
        "mount of tmpfs": (165, b"tmpfs", b"/tmp/place", b"tmpfs", 0, 0),
        "mount of the root": (165, b"/", b"/tmp/place", 0, 4096, 0),
        "mount for writing": (165, 0, b"/", 0, 32, 0),
        "umount2": (166, b"/tmp", 2),
        "pivot_root": (155, b"/tmp", b"/tmp/place"),
        "chroot": (161, b"/tmp"),
        "open_tree": (428, -100, b"/", 1),
        "fsopen": (430, b"tmpfs", 0),
        "mount_setattr": (442, -100, b"/", 0, 0, 0),
        "mknod": (133, b"/tmp/disk", 0o60666, 0x800),
        "mknodat": (259, -100, b"/tmp/memory", 0o20666, 0x101),
    }})
""",
        attempts,
    ),
)

PROGRAMS = (*_CALLS, *_MODES, *_WORLDS)
"""All of these groups."""
