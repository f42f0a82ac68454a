"""The system call filter, tried for real: its answers by name and number, written out here from the kernel's own table.

Numbers: Linux `arch/x86/entry/syscalls/syscall_64.tbl`.
"""

import errno

import pytest

from sandbox import seccomp
from sandbox.sandbox import Sandbox
from sandbox.types import Evaluate, Program

SYSCALL = """
import ctypes, mmap
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
def syscall(number, *args):
    done = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) for a in args])
    return ctypes.get_errno() if done == -1 else 0
def machine_code(code):
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))()
"""
REFUSED = {
    "shmget": 29, "shmat": 30, "shmctl": 31, "socket": 41, "sendmsg": 46, "semget": 64, "semop": 65, "semctl": 66,
    "msgget": 68, "msgsnd": 69, "msgrcv": 70, "msgctl": 71, "ptrace": 101, "syslog": 103, "mknod": 133,
    "personality": 135, "modify_ldt": 154, "pivot_root": 155, "adjtimex": 159, "chroot": 161, "acct": 163,
    "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169,
    "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173, "init_module": 175, "delete_module": 176,
    "quotactl": 179, "io_setup": 206, "io_submit": 209, "lookup_dcookie": 212, "semtimedop": 220,
    "clock_settime": 227, "mq_open": 240, "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250,
    "mknodat": 259, "unshare": 272, "vmsplice": 278, "perf_event_open": 298, "fanotify_init": 300,
    "name_to_handle_at": 303, "open_by_handle_at": 304, "sendmmsg": 307, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "memfd_create": 319, "kexec_file_load": 320,
    "bpf": 321, "execveat": 322, "userfaultfd": 323,
}  # fmt: skip
UNKNOWN = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_open": 434, "clone3": 435, "openat2": 437, "pidfd_getfd": 438, "faccessat2": 439,
    "process_madvise": 440, "epoll_pwait2": 441, "mount_setattr": 442, "landlock_create_ruleset": 444,
    "memfd_secret": 447, "futex_waitv": 449, "map_shadow_stack": 453, "futex_wake": 454, "listmount": 458,
    "of next year": 600, "of next century": 100_000,
}  # fmt: skip
"""Of the kernel since 5.1: it is as if it did not have them."""
HARMLESS = {
    "sched_yield": (24,), "getpid": (39,), "umask": (95, 0o077), "getuid": (102,), "getppid": (110,),
    "gettid": (186,), "time": (201, 0), "exit_robust_list": (273, 0, 24), "prlimit64 of itself": (302, 0, 7, 0, 0),
    "close_range": (436, 5000, 5001, 0),
}  # fmt: skip
NEW_PROCESS = {
    "fork": (57,), "vfork": (58,), "clone": (56, 17, 0, 0, 0, 0), "clone without a signal": (56, 0, 0, 0, 0, 0),
    "clone as vfork": (56, 0x4000 | 0x100, 0, 0, 0, 0), "clone with a user namespace": (56, 0x10000011, 0, 0, 0, 0),
}  # fmt: skip
BY_ARGUMENT = {
    "ioctl TIOCSTI": (16, 0, 0x5412, 0), "ioctl TIOCLINUX": (16, 0, 0x541C, 0),
    "ioctl TIOCSTI, upper half set": (16, 0, 0x5412 | 1 << 32, 0),
    "socketpair AF_INET": (53, 2, 1, 0, 0), "socketpair AF_NETLINK": (53, 16, 3, 0, 0),
    "prlimit64 of process 1": (302, 2, 7, 0, 0), "prlimit64 of process 1000": (302, 1000, 7, 0, 0),
}  # fmt: skip


async def answers(box: Sandbox, calls: dict[str, tuple[int, ...]]) -> dict[str, object]:
    execution = await box.run(Program(SYSCALL), [Evaluate(f"syscall(*{call})") for call in calls.values()])
    assert execution.status == "ok", execution.detail
    return {name: result.value for name, result in zip(calls, execution.results, strict=True)}


def without_arguments(numbers: dict[str, int]) -> dict[str, tuple[int, ...]]:
    return {name: (number, 0, 0, 0, 0, 0) for name, number in numbers.items()}


def test_the_table_of_the_filter_is_the_kernels() -> None:
    assert dict(sorted(seccomp.DENIED.items())) == dict(sorted(REFUSED.items()))


async def test_refused_calls_are_not_permitted(box: Sandbox) -> None:
    assert await answers(box, without_arguments(REFUSED)) == dict.fromkeys(REFUSED, errno.EPERM)


async def test_calls_of_newer_kernels_do_not_exist(box: Sandbox) -> None:
    assert await answers(box, without_arguments(UNKNOWN)) == dict.fromkeys(UNKNOWN, errno.ENOSYS)


async def test_new_processes_are_as_for_a_user_who_has_too_many(box: Sandbox) -> None:
    assert await answers(box, NEW_PROCESS) == dict.fromkeys(NEW_PROCESS, errno.EAGAIN)


async def test_calls_are_refused_for_what_they_are_asked(box: Sandbox) -> None:
    assert await answers(box, BY_ARGUMENT) == dict.fromkeys(BY_ARGUMENT, errno.EPERM)


async def test_everything_else_is_allowed(box: Sandbox) -> None:
    assert await answers(box, HARMLESS) == dict.fromkeys(HARMLESS, 0)


@pytest.mark.parametrize("number", [0, 39, 41, 57, 520, 547])
async def test_a_call_of_the_x32_table_ends_the_process(box: Sandbox, number: int) -> None:
    call = f"syscall({0x40000000 | number}, 0, 0, 0, 0, 0)"
    ended, after = (await box.run(Program(SYSCALL), [Evaluate(call), Evaluate("syscall(39)")])).results
    assert (ended.status, ended.error_type) == ("crashed", "SIGSYS")
    assert after.value == 0


@pytest.mark.parametrize("number", [20, 359])
async def test_a_call_of_the_32_bit_table_ends_the_process(box: Sandbox, number: int) -> None:
    """`getpid` and `socket` there, by the interrupt of old programs: mov eax, number; int 0x80; ret."""
    code = b"\xb8" + number.to_bytes(4, "little") + b"\xcd\x80\xc3"
    result = (await box.run(Program(SYSCALL), [Evaluate(f"machine_code({code!r})")])).results[0]
    assert (result.status, result.error_type) == ("crashed", "SIGSYS")


def test_a_filter_is_whole_steps_and_ends_by_allowing() -> None:
    allow = b"\x06\x00\x00\x00\x00\x00\xff\x7f"
    for rules in (seccomp.filter_program(), seccomp.filter_program(processes=True), seccomp.filter_beside()):
        assert len(rules) % len(allow) == 0
        assert rules.endswith(allow)
