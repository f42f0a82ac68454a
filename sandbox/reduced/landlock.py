"""Landlock: a process gives up all access to files, TCP and processes outside of it but what it names.

Numbers: Linux `include/uapi/linux/landlock.h`; the system calls have no wrapper in the C library. Runs inside the
sandbox too, hence the standard library only.
"""

import ctypes
import os
import struct

from sandbox import linux

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1
_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_FILE_RIGHTS = ((1, 13), (2, 14), (3, 15), (5, 16))
"""From which ABI on, and the number of access rights on files that are known since: each right is one bit."""
_TCP = 0b11
"""To bind and to connect; ABI 4."""
_SCOPES = 0b11
"""Abstract unix sockets and signals; ABI 6."""


def version() -> int:
    """The ABI of this kernel, 1 or more.

    Raises `OSError`: ENOSYS when it was built without Landlock, EOPNOTSUPP when it was started without.
    """
    return _call(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)


def restrict(abi: int, folders: "list[str]", devices: "list[str]", sink: str) -> None:
    """Give up everything that `abi` knows, but reading below `folders`, reading `devices` and both ways with `sink`.

    Nothing can be executed, not even below `folders`: whoever needs that must not come here. Folders that do not exist
    are passed over. For ever, and for the calling thread: call it while there is only one. Needs "no new privileges".
    Raises `OSError`.
    """
    rights = (1 << next(count for since, count in reversed(_FILE_RIGHTS) if abi >= since)) - 1
    words = [rights] + [_TCP] * (abi >= 4) + [_SCOPES] * (abi >= 6)
    attributes = struct.pack(f"={len(words)}Q", *words)
    ruleset = _call(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    try:
        for folder in folders:
            _allow(ruleset, folder, _READ_FILE | _READ_DIR)
        for device in devices:
            _allow(ruleset, device, _READ_FILE)
        _allow(ruleset, sink, _READ_FILE | _WRITE_FILE)
        _call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        _call(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, place), 0)
    finally:
        os.close(place)


def _call(number: int, *arguments: object) -> int:
    return linux.call("Landlock", number, *arguments)
