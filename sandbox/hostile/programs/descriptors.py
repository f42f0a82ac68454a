"""Descriptors that the sandbox keeps for itself: found far above the usual ones they would lead to the zygote."""

from sandbox.hostile.judges import attempts
from sandbox.hostile.prelude import TRIES
from sandbox.hostile.record import Hostile

PROGRAMS = (
    Hostile(
        "descriptors-far-up",
        "channel",
        "look for descriptors as far up as they go, and talk to whoever is at the other end of a socket",
        TRIES
        + """
import array, fcntl, socket, stat
def is_open(number):
    try:
        fcntl.fcntl(number, fcntl.F_GETFD)
    except OSError:
        return False
    return True
def far_up(found):
    if not [number for number in found if number > 1023]:
        raise OSError(errno.EBADF, "none is open")
    return found
def hand_over(link):
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))]
    return link.sendmsg([b"J"], rights, socket.MSG_DONTWAIT)
def f(bait):
    found = [number for number in range(1 << 20) if is_open(number)]
    loot = tries({"descriptors far up": lambda: far_up(found), "a copy far up": lambda: os.dup2(0, 1025)})
    for number in found:
        if not stat.S_ISSOCK(os.fstat(number).st_mode):
            continue
        link = socket.socket(fileno=number)
        loot |= tries({
            f"receive on {number}": lambda: socket.recv_fds(link, 4096, 16, socket.MSG_DONTWAIT),
            f"sendmsg on {number}": lambda: hand_over(link),
            f"send on {number}": lambda: link.send(b"E" + bytes(12), socket.MSG_DONTWAIT),
            f"hang up {number}": lambda: link.shutdown(socket.SHUT_RDWR),
        })
    return loot
""",
        attempts,
        limits={"cpu_seconds": 10.0},
    ),
)
"""All of this file, which belong to the group of the channel."""
