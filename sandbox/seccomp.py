"""The system call filter of the sandbox: a classic BPF program, assembled here, for x86-64 only.

Default is allow, because CPython and the C library use a hundred calls; refused is what creates processes, reaches
other processes, the network or kernel objects that no memory limit counts. Every number from 424 on but one is answered
with ENOSYS: that covers io_uring, clone3, pidfd, the new mount calls and whatever a newer kernel adds.
Numbers: Linux `arch/x86/entry/syscalls/syscall_64.tbl`; return values: `include/uapi/linux/seccomp.h`.
"""

import errno
import struct

_ARCH_X86_64 = 0xC000003E
_X32_BIT = 0x40000000
_FIRST_NEW_CALL = 424
_CLOSE_RANGE = 436
"""Allowed: one call closes whatever the caller had open, instead of a million."""
_NEW_PROCESS = (57, 58)
"""`fork` and `vfork`. Like `clone` without a thread they are answered with EAGAIN, as when a user may have no more
processes: unlike EPERM that tells a program, and the verdict, which limit it was."""
_CLONE = 56
_CLONE_THREAD = 0x00010000
_CLONE_NAMESPACES = 0x7E020000
"""Every CLONE_NEW… flag that `clone` takes."""
_IOCTL = 16
_TERMINAL_INJECTION = (0x5412, 0x541C)
"""TIOCSTI types into a terminal, TIOCLINUX pastes into the console."""
_PRLIMIT = 302
_OWN_PROCESS = 0
_SOCKETPAIR = 53
_AF_UNIX = 1

DENIED = {
    "socket": 41, "sendmsg": 46, "sendmmsg": 307,
    "unshare": 272, "setns": 308, "execveat": 322,
    "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
    "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "swapon": 167, "swapoff": 168,
    "name_to_handle_at": 303, "open_by_handle_at": 304, "mknod": 133, "mknodat": 259,
    "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "memfd_create": 319, "fanotify_init": 300,
    "add_key": 248, "request_key": 249, "keyctl": 250,
    "shmget": 29, "shmat": 30, "shmctl": 31, "semget": 64, "semop": 65, "semctl": 66, "semtimedop": 220,
    "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71, "mq_open": 240,
    "io_setup": 206, "io_submit": 209, "vmsplice": 278, "personality": 135, "syslog": 103, "acct": 163,
    "reboot": 169, "kexec_load": 246, "kexec_file_load": 320, "init_module": 175, "delete_module": 176,
    "finit_module": 313, "iopl": 172, "ioperm": 173, "modify_ldt": 154, "quotactl": 179, "settimeofday": 164,
    "clock_settime": 227, "adjtimex": 159, "sethostname": 170, "setdomainname": 171, "lookup_dcookie": 212,
}  # fmt: skip
"""Answered with EPERM. `execve` stays: the filter is loaded before the interpreter starts, and a program that replaces
itself keeps every limit. `sendmsg` is refused because it can hand file descriptors around; asyncio does without."""

_LOAD, _JUMP_EQ, _JUMP_GE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL_PROCESS, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _answer(error: int) -> bytes:
    return _step(_RETURN, _ERRNO | error)


def filter_program(*, processes: bool = False) -> bytes:
    """The filter as an array of `struct sock_filter`, the form that `bwrap --seccomp FD` reads.

    With `processes` new ones may be made, but no namespaces: for a compiler, which calls an assembler and a linker.
    """
    one_process = [_step(_JUMP_SET, _CLONE_THREAD, 1, 0), _answer(errno.EAGAIN)]
    no_namespace = [_step(_JUMP_SET, _CLONE_NAMESPACES, 0, 1), _answer(errno.EPERM)]
    steps = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_JUMP_EQ, _ARCH_X86_64, 1, 0),
        _step(_RETURN, _KILL_PROCESS),
        _step(_LOAD, _NUMBER),
        _step(_JUMP_GE, _X32_BIT, 0, 1),
        _step(_RETURN, _KILL_PROCESS),
        _step(_JUMP_EQ, _CLOSE_RANGE, 0, 1),
        _step(_RETURN, _ALLOW),
        _step(_JUMP_GE, _FIRST_NEW_CALL, 0, 1),
        _answer(errno.ENOSYS),
        _step(_JUMP_EQ, _CLONE, 0, 4),
        _step(_LOAD, _FIRST_ARGUMENT),
        *(no_namespace if processes else one_process),
        _step(_RETURN, _ALLOW),
        refuse_unless(_SOCKETPAIR, 0, _AF_UNIX),
        refuse_unless(_PRLIMIT, 0, _OWN_PROCESS),
        _step(_JUMP_EQ, _IOCTL, 0, 5),
        _step(_LOAD, _SECOND_ARGUMENT),
        _step(_JUMP_EQ, _TERMINAL_INJECTION[0], 1, 0),
        _step(_JUMP_EQ, _TERMINAL_INJECTION[1], 0, 1),
        _answer(errno.EPERM),
        _step(_RETURN, _ALLOW),
    ]
    for number in () if processes else _NEW_PROCESS:
        steps += [_step(_JUMP_EQ, number, 0, 1), _answer(errno.EAGAIN)]
    for number in DENIED.values():
        steps += [_step(_JUMP_EQ, number, 0, 1), _answer(errno.EPERM)]
    return b"".join([*steps, _step(_RETURN, _ALLOW)])


def filter_beside(*checks: bytes) -> bytes:
    """A second filter for a process that has `filter_program` too: the stricter answer of the two counts.

    It holds `checks`, made by `refuse` and `refuse_unless`, and allows the rest.
    """
    architecture = [_step(_LOAD, _ARCHITECTURE), _step(_JUMP_EQ, _ARCH_X86_64, 1, 0), _step(_RETURN, _KILL_PROCESS)]
    return b"".join([*architecture, _step(_LOAD, _NUMBER), *checks, _step(_RETURN, _ALLOW)])


def refuse(number: int) -> bytes:
    """Part of a filter: the call `number` is answered with EPERM."""
    return _step(_JUMP_EQ, number, 0, 1) + _answer(errno.EPERM)


def refuse_unless(number: int, argument: int, *allowed: int) -> bytes:
    """Part of a filter: `refuse`, unless the argument at place `argument` is one of `allowed`.

    Only for arguments that the kernel takes as 32-bit numbers: the upper half of the register is not looked at.
    """
    return _refuse_unless(number, [_FIRST_ARGUMENT + 8 * argument], allowed)


def refuse_unless_null(number: int, argument: int) -> bytes:
    """Part of a filter: `refuse`, unless the pointer at place `argument` is NULL."""
    low = _FIRST_ARGUMENT + 8 * argument
    return _refuse_unless(number, [low, low + 4], (0,))


def _refuse_unless(number: int, words: "list[int]", allowed: "tuple[int, ...]") -> bytes:
    steps = []
    for word in words:
        # Past the refusal, from each value that is allowed: the ones after it and the refusal are jumped over.
        jumps = [_step(_JUMP_EQ, value, len(allowed) - place) for place, value in enumerate(allowed)]
        steps += [_step(_LOAD, word), *jumps, _answer(errno.EPERM)]
    steps.append(_step(_RETURN, _ALLOW))
    return b"".join([_step(_JUMP_EQ, number, 0, len(steps)), *steps])
