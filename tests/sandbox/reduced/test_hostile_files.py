"""Files and the environment of somebody outside who has the same user as the program."""

import errno
import os
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from raw_calls import TRY

from sandbox.types import CaseResult

Attack = Callable[..., Awaitable[CaseResult]]
Loot = Callable[[str], Awaitable[object]]
Neighbour = subprocess.Popen[bytes]


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
