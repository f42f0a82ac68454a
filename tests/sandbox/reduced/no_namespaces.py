"""Run a command where the kernel grants no user namespace: `python no_namespaces.py COMMAND...`.

It enters one last user namespace, in which every user that may be mapped has his own number, and sets its limit of
further ones to 0, which is what `sysctl user.max_user_namespaces=0` does for a machine.
"""

import ctypes
import os
import sys

CLONE_NEWUSER = 0x10000000


def main(command: list[str]) -> None:
    user, group = os.geteuid(), os.getegid()
    entered, mapped = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        assert ctypes.CDLL(None).unshare(CLONE_NEWUSER) == 0
        os.write(entered[1], b"x")
        os.read(mapped[0], 1)
        with open("/proc/sys/user/max_user_namespaces", "w") as file:
            file.write("0")
        os.execv(command[0], command)
    os.read(entered[0], 1)
    if user != 0:
        write(f"/proc/{child}/setgroups", "deny")
    write(f"/proc/{child}/uid_map", f"{user} {user} 1" if user else "0 0 4294967295")
    write(f"/proc/{child}/gid_map", f"{group} {group} 1" if user else "0 0 4294967295")
    os.write(mapped[1], b"x")
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
