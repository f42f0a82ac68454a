"""What namespaces would stop in the other tiers: each program here has the same user as somebody outside."""

import errno
import os
import signal
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from sandbox.types import CaseResult

Attack = Callable[..., Awaitable[CaseResult]]
Loot = Callable[[str], Awaitable[object]]
Neighbour = subprocess.Popen[bytes]

SYSCALL = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def syscall(number, *args):
    args = [ctypes.c_char_p(a) if isinstance(a, bytes) else ctypes.c_long(a) for a in args]
    done = libc.syscall(ctypes.c_long(number), *args)
    return ctypes.get_errno() if done == -1 else 0
"""
TRY = """
def errno_of(action):
    try:
        action()
    except OSError as error:
        return error.errno
    return 0
"""


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("os.fork()", errno.EAGAIN),
        ("os.posix_spawn('/usr/bin/true', ['true'], {})", errno.EAGAIN),
        ("subprocess.run(['/usr/bin/true'])", errno.EAGAIN),
        ("os.execv('/usr/bin/true', ['true'])", errno.EPERM),
        ("os.execv(sys.executable, ['python'])", errno.EPERM),
        ("os.execve(os.open('/usr/bin/true', os.O_RDONLY), ['true'], {})", errno.EPERM),
        ("os.setsid()", errno.EPERM),
        ("os.memfd_create('x')", errno.EPERM),
    ],
)
async def test_no_other_process_or_program(loot: Loot, action: str, answer: int) -> None:
    source = f"import os, subprocess, sys{TRY}\ndef f(): return errno_of(lambda: {action})"
    assert await loot(source) == answer


SECRETS = [
    "/etc/passwd",
    "/etc/hostname",
    "/proc/self/environ",
    "/proc/self/maps",
    "/proc/self/mem",
    "/proc/self/cmdline",
    "/proc/1/cmdline",
    "/proc/cpuinfo",
    "/sys/kernel/notes",
    "/dev/tty",
    "/dev/mem",
    "/dev/kmsg",
]


@pytest.mark.parametrize("path", SECRETS)
async def test_file_outside_cannot_be_read(loot: Loot, path: str) -> None:
    found = await loot(f"{TRY}\ndef f(): return errno_of(lambda: open({path!r}, 'rb').read(1))")
    assert found in (errno.EACCES, errno.ENOENT, errno.ENXIO)


async def test_file_of_the_same_user_cannot_be_read(loot: Loot, planted: Path) -> None:
    source = f"""
import os
{TRY}
PATH = {str(planted)!r}
def f():
    folder = os.open(os.path.dirname(PATH), os.O_PATH)
    os.chdir(os.path.dirname(PATH))
    return [errno_of(action) for action in (
        lambda: open(PATH), lambda: open("planted"), lambda: os.open("planted", os.O_RDONLY, dir_fd=folder),
        lambda: os.listdir("."), lambda: open("/proc/self/root" + PATH),
        lambda: open("/proc/self/cwd/planted"), lambda: open(f"/usr/../{{PATH}}"))]
"""
    assert await loot(source) == [errno.EACCES] * 7


@pytest.mark.parametrize("file", ["environ", "mem", "maps", "cmdline", "fd/0", "root/etc/passwd", "auxv", "stat"])
async def test_neighbours_and_callers_proc_cannot_be_read(loot: Loot, neighbour: Neighbour, file: str) -> None:
    source = f"""
import os
{TRY}
def f():
    return [errno_of(lambda: open(f"/proc/{{process}}/{file}", "rb").read()) for process in
            (os.getppid(), {neighbour.pid}, 1)]
"""
    found = await loot(source)
    assert isinstance(found, list)
    assert set(found) <= {errno.EACCES, errno.ENOENT}


async def test_environment_is_not_inherited(loot: Loot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "canary")
    found = await loot("import os\ndef f(): return dict(os.environ)")
    assert isinstance(found, dict)
    assert set(found) <= {"HOME", "LANG", "MALLOC_ARENA_MAX", "PYTHONHASHSEED", "LD_LIBRARY_PATH", "LC_CTYPE", "PWD"}


async def test_environment_block_in_memory_holds_nothing_else(loot: Loot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "canary")
    source = """
import ctypes
def f():
    environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    names = []
    while environ[len(names)] is not None:
        names.append(environ[len(names)].partition(b"=")[0].decode())
    return names
"""
    found = await loot(source)
    assert isinstance(found, list)
    assert "API_TOKEN" not in found


async def test_nothing_can_be_written_anywhere(loot: Loot, planted: Path) -> None:
    source = f"""
import os
def f():
    written, folders = [], {{"/", "/tmp", "/var/tmp", "/dev/shm", "/run/lock", os.getcwd(), {str(planted.parent)!r}}}
    for top in ("/usr", os.path.dirname(os.__file__)):
        for folder, names, _ in os.walk(top):
            folders.add(folder)
            if len(folders) > 3000:
                break
    for folder in folders:
        for flags in (os.O_CREAT | os.O_WRONLY, os.O_TMPFILE | os.O_RDWR):
            try:
                os.open(os.path.join(folder, "probe") if flags & os.O_CREAT else folder, flags, 0o600)
                written.append(folder)
            except OSError:
                pass
    return written
"""
    assert await loot(source) == []


@pytest.mark.parametrize(
    "action",
    [
        "open(PATH, 'a')",
        "open(PATH, 'r+')",
        "os.truncate(PATH, 0)",
        "os.chmod(PATH, 0)",
        "os.chmod(os.path.dirname(PATH), 0o777)",
        "os.chown(PATH, -1, os.getgid())",
        "os.utime(PATH)",
        "os.utime(PATH, (0, 0), follow_symlinks=False)",
        "os.setxattr(PATH, 'user.x', b'1')",
        "os.listxattr(PATH)",
        "os.unlink(PATH)",
        "os.rename(PATH, PATH + '2')",
        "os.replace(PATH, '/tmp/x')",
        "os.link(PATH, PATH + '2')",
        "os.symlink(PATH, PATH + '2')",
        "os.symlink('/etc/passwd', '/tmp/link')",
        "os.link('/etc/passwd', '/var/tmp/link')",
        "os.mkdir(PATH + '2')",
        "os.mkfifo(PATH + '2')",
        "os.mknod(PATH + '2')",
        "os.rmdir(os.path.dirname(PATH))",
        "os.fchmod(os.open(os.__file__, os.O_RDONLY), 0o777)",
        "fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_SH)",
        "fcntl.lockf(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_SH)",
        "fcntl.fcntl(0, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
        "fcntl.fcntl(os.open('/usr', os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE)",
    ],
)
async def test_file_of_the_same_user_cannot_be_changed(loot: Loot, planted: Path, action: str) -> None:
    before = planted.stat()
    source = f"import fcntl, os{TRY}\nPATH = {str(planted)!r}\ndef f(): return errno_of(lambda: {action})"
    assert await loot(source) in (errno.EPERM, errno.EACCES)
    assert (planted.stat(), planted.read_text()) == (before, "canary-in-a-file")
    assert os.listdir(planted.parent) == ["planted"]


async def test_symbolic_link_leads_nowhere(loot: Loot, planted: Path) -> None:
    link = planted.with_name("link")
    link.symlink_to("/etc/passwd")
    source = f"{TRY}\ndef f(): return errno_of(lambda: open({str(link)!r}))"
    assert await loot(source) == errno.EACCES


SIGNALS = [
    "os.kill(PID, signal.SIGTERM)",
    "os.kill(PID, 0)",
    "os.killpg(PID, signal.SIGTERM)",
    "check(syscall(200, PID, 15))",
    "check(syscall(234, PID, PID, 15))",
    "check(syscall(129, PID, 15, bytes(128)))",
    "check(syscall(297, PID, PID, 15, bytes(128)))",
    "check(syscall(62, PID + (1 << 32), 15))",
    "check(syscall(72, os.pipe()[0], 8, PID))",
    "check(syscall(16, os.pipe()[0], 0x8901, PID.to_bytes(4, 'little')))",
    "signal.pidfd_send_signal(os.pidfd_open(PID), 15)",
    "resource.prlimit(PID, resource.RLIMIT_NOFILE)",
    "resource.prlimit(PID, resource.RLIMIT_CPU, (1, 1))",
    "os.sched_setaffinity(PID, {0})",
    "os.sched_setscheduler(PID, os.SCHED_IDLE, os.sched_param(0))",
    "os.setpriority(os.PRIO_PROCESS, PID, 19)",
    "os.setpriority(os.PRIO_USER, os.getuid(), 19)",
    "check(syscall(251, 1, PID, 0x6007))",
    "check(syscall(101, 16, PID, 0, 0))",
    "check(syscall(310, PID, bytes(16), 1, bytes(16), 1, 0))",
    "check(syscall(311, PID, bytes(16), 1, bytes(16), 1, 0))",
    "check(syscall(256, PID, 8, bytes(8), bytes(8)))",
    "check(syscall(279, PID, 0, 0, 0, 0, 0))",
    "check(syscall(274, PID, bytes(8), bytes(8)))",
    "os.setpgid(PID, PID)",
    "os.getpgid(PID)",
    "os.getsid(PID)",
]


@pytest.mark.parametrize("action", SIGNALS)
async def test_neighbour_of_the_same_user_is_out_of_reach(loot: Loot, neighbour: Neighbour, action: str) -> None:
    source = f"""
import os, resource, signal
{SYSCALL}{TRY}
PID = {neighbour.pid}
def check(number):
    if number:
        raise OSError(number, "")
def f(): return errno_of(lambda: {action})
"""
    assert await loot(source) in (errno.EPERM, errno.ENOSYS)
    assert neighbour.poll() is None
    assert os.sched_getaffinity(neighbour.pid) == os.sched_getaffinity(0)
    assert os.getpriority(os.PRIO_PROCESS, neighbour.pid) == os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.parametrize("target", ["os.getppid()", "0", "-1", "1", "-os.getpid()"])
async def test_groups_and_the_caller_cannot_be_signalled(loot: Loot, neighbour: Neighbour, target: str) -> None:
    source = f"import os, signal{TRY}\ndef f(): return errno_of(lambda: os.kill({target}, signal.SIGTERM))"
    assert await loot(source) == errno.EPERM
    assert neighbour.poll() is None


async def test_signals_to_itself_work(loot: Loot) -> None:
    source = """
import os, signal, threading
got = []
signal.signal(signal.SIGUSR1, lambda *a: got.append(1))
def f():
    os.kill(os.getpid(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
    return len(got)
"""
    assert await loot(source) == 3


async def test_death_of_the_caller_cannot_be_outlived(loot: Loot) -> None:
    source = f"{SYSCALL}\ndef f(): return [syscall(157, 1, 0, 0, 0, 0), syscall(157, 4, 1, 0, 0, 0)]"
    assert await loot(source) == [errno.EPERM] * 2


@pytest.mark.parametrize(
    "action",
    [
        "socket.create_connection(('127.0.0.1', PORT), timeout=1)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_INET6)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "socket.socket(socket.AF_VSOCK)",
        "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)",
        "socket.create_server(('127.0.0.1', 0))",
        "socket.getaddrinfo('example.org', 80)",
    ],
)
async def test_no_network(loot: Loot, action: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        action = action.replace("PORT", str(listener.getsockname()[1]))
        source = f"import socket\n{TRY}\ndef f(): return errno_of(lambda: {action})"
        found = await loot(source)
        # The last one is a resolver that could ask nobody.
        assert found == errno.EPERM or (isinstance(found, int) and found < 0)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.fixture(params=["path", "abstract"])
def mailbox(request: pytest.FixtureRequest, planted: Path, user: int) -> Iterator[socket.socket]:
    """A datagram socket that everybody may send to."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as box:
        name = str(planted.with_name("mailbox")) if request.param == "path" else f"\0mailbox-{os.getpid()}"
        box.bind(name)
        if request.param == "path":
            os.chmod(name, 0o777)
            planted.parent.chmod(0o755)
        box.setblocking(False)
        yield box


@pytest.mark.parametrize(
    "action",
    [
        "ours.sendto(b'x', NAME)",
        "ours.connect(NAME)",
        "ours.bind('/tmp/socket')",
        "ours.bind('')",
        "ours.sendmsg([b'x'], [], 0, NAME)",
        "ours.sendmsg([b'x'])",
        "ours.listen()",
    ],
)
async def test_pair_of_sockets_leads_to_no_third(loot: Loot, mailbox: socket.socket, action: str) -> None:
    name = mailbox.getsockname()
    source = f"""
import socket
{TRY}
NAME = {name!r}
def f():
    ours, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.send(b"between us")
    return other.recv(100), errno_of(lambda: {action})
"""
    assert await loot(source) == (b"between us", errno.EPERM)
    with pytest.raises(BlockingIOError):
        mailbox.recv(1)


KERNEL = {
    "io_uring_setup": (425, errno.ENOSYS),
    "clone3": (435, errno.ENOSYS),
    "memfd_secret": (447, errno.ENOSYS),
    "landlock_create_ruleset": (444, errno.ENOSYS),
    "add_key": (248, errno.EPERM),
    "keyctl": (250, errno.EPERM),
    "userfaultfd": (323, errno.EPERM),
    "bpf": (321, errno.EPERM),
    "perf_event_open": (298, errno.EPERM),
    "seccomp": (317, errno.EPERM),
    "setns": (308, errno.EPERM),
    "mount": (165, errno.EPERM),
    "shmget": (29, errno.EPERM),
    "mq_open": (240, errno.EPERM),
    "mq_unlink": (241, errno.EPERM),
    "setresuid": (117, errno.EPERM),
    "capset": (126, errno.EPERM),
    "inotify_init1": (294, errno.EPERM),
    "unshare": (272, errno.EPERM),
    "sync": (162, errno.EPERM),
}


@pytest.mark.parametrize("name", KERNEL)
async def test_kernel_objects_are_refused(loot: Loot, name: str) -> None:
    number, answer = KERNEL[name]
    assert await loot(f"{SYSCALL}\ndef f(): return syscall({number}, 0, 0, 0, 0, 0)") == answer


@pytest.mark.parametrize("flags", [0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000])
async def test_namespaces_are_refused(loot: Loot, flags: int) -> None:
    source = f"{SYSCALL}\ndef f(): return [syscall(272, {flags}), syscall(56, {flags | signal.SIGCHLD}, 0, 0, 0, 0)]"
    assert await loot(source) == [errno.EPERM, errno.EAGAIN]


async def test_x32_call_is_killed(attack: Attack) -> None:
    result = await attack(f"{SYSCALL}\ndef f(): return syscall(0x40000000 + 39)")
    assert (result.status, result.error_type) == ("crashed", "SIGSYS")


async def test_no_open_descriptor_leads_out(loot: Loot) -> None:
    source = """
import os, stat
def f():
    found = []
    for number in range(1024):
        try:
            mode = os.fstat(number).st_mode
        except OSError:
            continue
        found.append("null" if stat.S_ISCHR(mode) else "pipe" if stat.S_ISFIFO(mode) else f"{number}: {mode:o}")
    return found
"""
    assert await loot(source) == ["null", "null", "null", "pipe"]


async def test_no_privilege_is_left(loot: Loot, user: int) -> None:
    source = """
import ctypes, os
def f():
    data = (ctypes.c_uint32 * 6)()
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    assert ctypes.CDLL(None).syscall(125, head, data) == 0
    libc = ctypes.CDLL(None)
    return list(data), set(os.getresuid()), libc.prctl(39, 0, 0, 0, 0), libc.prctl(3, 0, 0, 0, 0), os.umask(0)
"""
    assert await loot(source) == ([0] * 6, {user}, 1, 0, 0o077)


async def test_only_harmless_devices_open(loot: Loot) -> None:
    source = f"""
import os
{TRY}
def f():
    open("/dev/null", "w").write("x")
    return [len(open("/dev/zero", "rb").read(4)), len(open("/dev/urandom", "rb").read(4)),
            errno_of(lambda: open("/dev/urandom", "wb")), errno_of(lambda: open("/dev/zero", "wb")),
            errno_of(lambda: open("/dev/full", "rb"))]
"""
    assert await loot(source) == [4, 4, errno.EACCES, errno.EACCES, errno.EACCES]


async def test_honest_program_is_judged_as_before_after_an_attack(attack: Attack, loot: Loot) -> None:
    honest = "def f(): return sum(range(10))"
    assert await loot(honest) == 45
    await attack("import os, signal\ndef f():\n    os.kill(os.getpid(), signal.SIGKILL)")
    assert await loot(honest) == 45
