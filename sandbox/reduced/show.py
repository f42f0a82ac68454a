"""Run by root as a program, with a folder: shows it as `SHOWN` in a mount namespace of its own, for as long as its
standard input is open. It says "ready" when that is done.

For interpreters below a folder that is closed to others, such as root's home. Mounting takes root's own rights, no user
namespace. Constants: Linux `include/uapi/linux/mount.h` and `sched.h`.
"""

import ctypes
import os
import sys

HIDDEN = "/tmp"  # noqa: S108 - covered by an empty file system that nobody can write
SHOWN = f"{HIDDEN}/python"
_CLONE_NEWNS = 0x00020000
_READ_ONLY, _NO_SETUID, _NO_DEVICES, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18


def show(folder: str) -> None:  # pragma: no cover - only in a process of its own, where nothing measures
    """Raises `OSError` where the right to mount is missing."""
    _call("unshare", _CLONE_NEWNS)
    source = os.open(folder, os.O_PATH)
    safe = _NO_SETUID | _NO_DEVICES
    _mount(b"", "/", _PRIVATE | _RECURSIVE)
    _mount(b"tmpfs", HIDDEN, safe, b"size=64k,mode=0755")
    os.mkdir(SHOWN)
    _mount(f"/proc/self/fd/{source}".encode(), SHOWN, _BIND | _RECURSIVE)
    for place in (SHOWN, HIDDEN):
        _mount(b"", place, _REMOUNT | _BIND | _READ_ONLY | safe)


def _mount(source: bytes, target: str, flags: int, options: bytes = b"") -> None:  # pragma: no cover - as above
    _call("mount", source, target.encode(), source, ctypes.c_ulong(flags), options)


def _call(function: str, *arguments: object) -> None:  # pragma: no cover - as above
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, function)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{function}: {os.strerror(error)}")


if __name__ == "__main__":  # pragma: no cover - as above
    try:
        show(sys.argv[1])
    except OSError as error:
        sys.exit(str(error))
    print("ready", flush=True)
    sys.stdin.read()
