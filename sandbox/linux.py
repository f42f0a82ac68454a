"""System calls that Python does not offer, for what runs inside. Linux on x86-64, standard library only.

Everything goes through one `PyDLL`: it keeps the interpreter's lock, so that a child which comes out of `clone` inside
such a call holds it too. Numbers: `arch/x86/entry/syscalls/syscall_64.tbl` and the headers named beside them.

What a child needs is made beforehand: every page that it writes to, if only to count a reference, is copied for it, and
those copies are most of what a run costs.
"""

import ctypes
import os

_CLONE, _CAPSET, _TIMER_CREATE, _TIMER_SETTIME = 56, 126, 222, 223
_PROCESS_CPU_CLOCK = 2  # include/uapi/linux/time.h
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, _PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38  # include/uapi/linux/prctl.h
_SECCOMP_MODE_FILTER = 2
_CAPABILITY_VERSION_3 = 0x20080522  # include/uapi/linux/capability.h
_MS_NOSUID, _MS_NODEV, _MS_REMOUNT, _MNT_DETACH = 2, 4, 32, 2
_NEW_NAMESPACES = 0x00020000 | 0x08000000 | 0x10000000 | 0x20000000
"""CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER and CLONE_NEWPID of include/uapi/linux/sched.h."""
_SIGCHLD = 17
_SET_TID, _CLEAR_TID = 0x01000000, 0x00200000
_STEP_BYTES = 8
_PTHREAD_BYTES = 2048
"""`struct pthread` of glibc is larger; its thread number stands at 720 in every release since 2.4."""

_libc = ctypes.PyDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_libc.pthread_self.restype = ctypes.c_void_p
_libc.signal.argtypes = (ctypes.c_int, ctypes.c_void_p)
_libc.signal.restype = ctypes.c_void_p
_libc.mount.argtypes = (ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p)


_EXIT = ctypes.cast(_libc._exit, ctypes.c_void_p)
_CAPABILITY_HEADER = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
_NO_CAPABILITIES = (ctypes.c_uint32 * 6)()
_ZERO = ctypes.c_ulong(0)


class Filter(ctypes.Structure):
    """`struct sock_fprog`: an array of `struct sock_filter`."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))

    @classmethod
    def of(cls, steps: bytes) -> "Filter":
        """The filter, ready to be installed."""
        return cls(len(steps) // _STEP_BYTES, steps)


def _checked(done: int, what: str) -> int:
    if done == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return done


def call(what: str, number: int, *arguments: object) -> int:
    """A system call by its number, for which the C library has no function. Raises `OSError` that begins with `what`.

    A plain number is passed as a C `int`.
    """
    return _checked(_libc.syscall(ctypes.c_long(number), *arguments), what)


def control(option: int, value: int) -> None:
    """`prctl(2)` with a single number. Raises `OSError`."""
    _checked(_libc.prctl(option, ctypes.c_ulong(value), _ZERO, _ZERO, _ZERO), f"prctl {option}")


def find_thread_number_offset() -> int:
    """Where the C library keeps a thread's number in its own record of the thread.

    `fork` renews it in the child and `clone` must too, or `abort` and `raise` there would signal a stranger. Found by
    looking at several threads, whose numbers differ. Raises `OSError` when there is not exactly one such place.
    """
    import threading  # 3 ms, which a zygote alone needs to pay

    def mark() -> "tuple[int, bytes]":
        return threading.get_native_id(), ctypes.string_at(_libc.pthread_self(), _PTHREAD_BYTES)

    marks = [mark()]
    threads = [threading.Thread(target=lambda: marks.append(mark())) for _ in range(3)]
    for thread in threads:
        thread.start()
        thread.join()
    offsets = [
        offset
        for offset in range(0, _PTHREAD_BYTES, 4)
        if all(int.from_bytes(memory[offset : offset + 4], "little") == number for number, memory in marks)
    ]
    if len(offsets) != 1:
        raise OSError(f"the thread number of the C library was found at {offsets}")
    return offsets[0]


def clone(offset: int) -> int:
    """Fork into fresh user, mount, pid and ipc namespaces; 0 in the child, which is process 1 of them.

    As `fork` of the C library does it. Python's own work after a fork is left out: it renews locks that other threads
    may hold, and here are none; its hooks would touch, and so copy, a megabyte. Raises `OSError`.
    """
    place = ctypes.c_void_p(_libc.pthread_self() + offset)
    flags = ctypes.c_ulong(_NEW_NAMESPACES | _SIGCHLD | _SET_TID | _CLEAR_TID)
    return call("clone", _CLONE, flags, _ZERO, _ZERO, place, _ZERO)


def map_own_user(proc: int, user: int, group: int) -> None:
    """Stay `user` and `group` in a new user namespace. `proc` is an open directory of a process file system."""
    for name, text in (("uid_map", f"{user} {user} 1"), ("setgroups", "deny"), ("gid_map", f"{group} {group} 1")):
        file = os.open(f"self/{name}", os.O_WRONLY, dir_fd=proc)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)


def mount_memory(path: str, size_bytes: int, files: int, *, again: bool = False) -> None:
    """Mount a memory file system of so many bytes and files at `path`, or change the bounds of the one there."""
    options = f"size={size_bytes},nr_inodes={files}" + ("" if again else ",mode=700")
    flags = _MS_NOSUID | _MS_NODEV | (_MS_REMOUNT if again else 0)
    _checked(_libc.mount(b"tmpfs", path.encode(), b"tmpfs", flags, options.encode()), f"mount {path}")


def unmount(path: str) -> None:
    """Take a file system away from `path`; files that are open stay usable."""
    _checked(_libc.umount2(path.encode(), _MNT_DETACH), f"umount {path}")


def drop_capabilities() -> None:
    """Give up every capability of this process."""
    call("capset", _CAPSET, _CAPABILITY_HEADER, _NO_CAPABILITIES)


def exit_on(signals: "tuple[int, ...]") -> None:
    """End this process with the signal's number as exit code when one of `signals` comes.

    The first process of a pid namespace is spared by signals whose action is the default one, the kernel's CPU timer
    included; the C library's `_exit` as the handler ends it at once, also in the middle of a long C call.
    """
    for number in signals:
        _libc.signal(number, _EXIT)


class CpuTimer:
    """Sends this process a signal after so much of its own CPU time, all threads together.

    It reads the clock that the scheduler keeps, to the nanosecond, where `setitimer` counts ticks.
    """

    def __init__(self, number: int) -> None:
        # `struct sigevent`: 64 bytes, the signal behind a value of 8 bytes.
        event = (ctypes.c_int * 16)(0, 0, number)
        self._timer = ctypes.c_int()
        self._spec = (ctypes.c_long * 4)()
        call("timer_create", _TIMER_CREATE, _PROCESS_CPU_CLOCK, event, ctypes.byref(self._timer))

    def arm(self, seconds: float) -> None:
        """Set it; 0 takes it back."""
        self._spec[2:] = [int(seconds), int(seconds % 1 * 1e9)]
        call("timer_settime", _TIMER_SETTIME, self._timer, 0, self._spec, None)


def install_filter(rules: Filter) -> None:
    """Put the system call filter on this process, for good."""
    control(PR_SET_NO_NEW_PRIVS, 1)
    _checked(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(rules)), "seccomp")
