"""No network, and a pair of sockets leads to no third."""

import errno
import os
import socket
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from raw_calls import TRY

from sandbox.types import CaseResult

Attack = Callable[..., Awaitable[CaseResult]]
Loot = Callable[[str], Awaitable[object]]
Neighbour = subprocess.Popen[bytes]


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
