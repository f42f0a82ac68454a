"""Landlock for real, in processes of its own, under each of its versions up to this kernel's."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.reduced import landlock

ROOM = Path(__file__).parents[3]
CODE = """
import ctypes, os, socket, sys
from sandbox.reduced import landlock
assert ctypes.CDLL(None).prctl(38, 1, 0, 0, 0) == 0
landlock.restrict(int(sys.argv[1]), ["/usr", "/nonexistent"], ["/dev/zero"], "/dev/null")
def tries(path, flags):
    try:
        os.close(os.open(path, flags, 0o600))
        return "yes"
    except OSError as error:
        return error.strerror
print([tries(*a) for a in (("/usr/bin/env", 0), ("/etc/passwd", 0), ("/usr/bin", 0), ("/etc", 0), ("/dev/zero", 0),
    ("/dev/null", 2), ("/dev/zero", 1), (sys.argv[2], 1), (sys.argv[2] + "2", 65))])
try:
    os.execv("/usr/bin/true", ["true"])
except OSError as error:
    print(error.strerror)
"""
NO = "Permission denied"


@pytest.mark.parametrize("abi", range(1, 8))
def test_only_what_is_named_opens(abi: int, tmp_path: Path) -> None:
    if abi > landlock.version():
        pytest.skip("newer than this kernel")
    file = tmp_path / "file"
    file.write_text("")
    command = [sys.executable, "-c", CODE, str(abi), str(file)]
    done = subprocess.run(command, cwd=ROOM, capture_output=True, text=True)
    assert done.stdout.splitlines() == [str(["yes", NO, "yes", NO, "yes", "yes", NO, NO, NO]), NO], done.stderr
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("kind", ["tcp", "abstract", "signal"])
def test_newer_versions_close_what_no_file_is(kind: str) -> None:
    if landlock.version() < 6:
        pytest.skip("Landlock 6 is needed")
    action = {
        "tcp": "socket.socket().bind(('127.0.0.1', 0))",
        "abstract": "socket.socket(socket.AF_UNIX).connect(chr(0) + sys.argv[3])",
        "signal": "os.kill(os.getppid(), 0)",
    }[kind]
    code = f"""{CODE.partition("def tries")[0]}
try:
    {action}
    print("yes")
except OSError as error:
    print(error.errno)
"""
    name = f"landlock-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"\0{name}")
        listener.listen()
        command = [sys.executable, "-c", code]
        done = subprocess.run([*command, "6", "", name], cwd=ROOM, capture_output=True, text=True)
    assert done.stdout.strip() in ("1", "13"), done.stderr


def test_failure_has_its_number_and_leaves_nothing_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(OSError, match="Landlock: Invalid argument") as caught:
        landlock.restrict(1, ["/usr/bin/env"], [], os.devnull)
    assert caught.value.errno == errno.EINVAL
    assert len(os.listdir("/proc/self/fd")) == before
