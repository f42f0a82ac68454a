"""A real sandbox, tight enough that a hostile program is stopped soon."""

from collections.abc import AsyncIterator

import pytest

from sandbox.sandbox import Sandbox
from sandbox.types import Limits

TIGHT = Limits(cpu_seconds=1.0, wall_seconds=20.0, memory_mib=128, output_bytes=65_536, file_mib=4, threads=4)


@pytest.fixture
async def box() -> AsyncIterator[Sandbox]:
    async with Sandbox(TIGHT) as opened:
        yield opened
