"""The second system call filter of this tier: what namespaces would keep apart, and what Landlock does not look at.

Numbers: Linux `arch/x86/entry/syscalls/syscall_64.tbl`. Runs inside the sandbox, where the filter's own process is
known, hence the standard library only.
"""

from sandbox import seccomp

REFUSED = {
    "execve": 59, "setsid": 112, "setpgid": 109, "seccomp": 317,
    "setuid": 105, "setgid": 106, "setreuid": 113, "setregid": 114, "setgroups": 116, "setresuid": 117,
    "setresgid": 119, "setfsuid": 122, "setfsgid": 123, "capset": 126, "vhangup": 153,
    "setpriority": 141, "sched_setparam": 142, "sched_setscheduler": 144, "sched_setattr": 314, "ioprio_set": 251,
    "migrate_pages": 256, "move_pages": 279, "get_robust_list": 274, "tkill": 200, "mq_unlink": 241,
    "connect": 42, "accept": 43, "bind": 49, "listen": 50, "accept4": 288,
    "chmod": 90, "fchmod": 91, "fchmodat": 268, "chown": 92, "fchown": 93, "lchown": 94, "fchownat": 260,
    "utime": 132, "utimes": 235, "futimesat": 261, "utimensat": 280,
    "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "getxattr": 191, "lgetxattr": 192, "fgetxattr": 193,
    "listxattr": 194, "llistxattr": 195, "flistxattr": 196, "removexattr": 197, "lremovexattr": 198,
    "fremovexattr": 199, "inotify_init": 253, "inotify_init1": 294, "inotify_add_watch": 254, "flock": 73,
    "truncate": 76, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85, "link": 86, "unlink": 87, "symlink": 88,
    "mkdirat": 258, "unlinkat": 263, "renameat": 264, "linkat": 265, "symlinkat": 266, "renameat2": 316,
    "sync": 162, "syncfs": 306,
}  # fmt: skip
"""Answered with EPERM. Landlock refuses most changes of folders by itself: twice, because no program loses by it."""

_OWN_PROCESS = {"kill": 62, "tgkill": 234, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297}
"""Only with the own process number as the first argument: not 0 or -1, which mean groups."""
_OWN_OR_ZERO = {
    "prlimit64": 302, "sched_setaffinity": 203, "sched_getaffinity": 204, "sched_getscheduler": 145,
    "sched_getparam": 143, "sched_rr_get_interval": 148, "sched_getattr": 315, "getpgid": 121, "getsid": 124,
}  # fmt: skip
"""Here 0 means the caller."""

_FCNTL, _IOCTL, _PRCTL, _SENDTO = 72, 16, 157, 44
_FCNTL_COMMANDS = (0, 1, 2, 3, 4, 1030, 1032)
"""To duplicate, the flags, and the size of a pipe: no locks, leases or owners, because an owner gets signals."""
_IOCTL_REQUESTS = (0x5401, 0x802C542A, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""Whether it is a terminal (two ways) and how large, bytes to read, (non-)blocking, (not) closed when executing."""
_PRCTL_OPTIONS = (2, 3, 15, 16, 21, 23, 39, 0x53564D41)
"""To read one's own state and to name threads and memory. Not to outlive the caller (PR_SET_PDEATHSIG)."""


def filter_program(process: int) -> bytes:
    """The filter for the process of that number, to be loaded beside `seccomp.filter_program`."""
    return seccomp.filter_beside(
        *(seccomp.refuse(number) for number in REFUSED.values()),
        *(seccomp.refuse_unless(number, 0, process) for number in _OWN_PROCESS.values()),
        *(seccomp.refuse_unless(number, 0, 0, process) for number in _OWN_OR_ZERO.values()),
        seccomp.refuse_unless(_FCNTL, 1, *_FCNTL_COMMANDS),
        seccomp.refuse_unless(_IOCTL, 1, *_IOCTL_REQUESTS),
        seccomp.refuse_unless(_PRCTL, 0, *_PRCTL_OPTIONS),
        # A socket of a pair may still send to a path or to an abstract name.
        seccomp.refuse_unless_null(_SENDTO, 4),
    )
