"""The fixtures of the room, on the reduced tier, and somebody beside the program who has the same user."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from sandbox.sandbox import Sandbox
from sandbox.types import Limits

TIGHT = Limits(cpu_seconds=1.0, wall_seconds=20.0, memory_mib=128, output_bytes=65_536, file_mib=4, threads=4)


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with Sandbox(TIGHT, tier="reduced") as opened:
        yield opened


@pytest.fixture
def user() -> int:
    """Who programs of this tier run as."""
    return 65_534 if os.geteuid() == 0 else os.geteuid()


@pytest.fixture
def neighbour(user: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the same user, outside; its environment holds a canary."""
    root = os.geteuid() == 0
    with subprocess.Popen(
        ["/usr/bin/sleep", "1000"], env={"CANARY": "canary-of-a-neighbour"}, user=user if root else None
    ) as process:
        yield process
        with contextlib.suppress(ProcessLookupError):
            process.kill()


@pytest.fixture
def planted(user: int) -> Iterator[Path]:
    """A file of the same user in a folder of his, which he can read and write outside of the sandbox."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    path = folder / "planted"
    path.write_text("canary-in-a-file")
    if os.geteuid() == 0:
        os.chown(path, user, user)
        os.chown(folder, user, user)
    read = ["/usr/bin/cat", str(path)]
    assert subprocess.check_output(read, user=user if os.geteuid() == 0 else None) == b"canary-in-a-file"
    yield path
    shutil.rmtree(folder)
