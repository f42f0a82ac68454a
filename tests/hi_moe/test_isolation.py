"""The sandbox of the settings: opened, tried, and never left open."""

import asyncio
import os

import pytest
from processes import descendants

from hi_moe.isolation import isolated, try_tier
from sandbox.settings import SandboxSettings


@pytest.mark.parametrize("pause", [0.0, 0.05])
async def test_an_opening_that_is_cancelled_leaves_nothing(pause: float) -> None:
    async def use() -> None:
        async with isolated(SandboxSettings()):
            await asyncio.sleep(1000)

    using = asyncio.create_task(use())
    await asyncio.sleep(pause)
    using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using
    assert descendants(os.getpid()) == []


async def test_a_try_that_is_cancelled_leaves_nothing() -> None:
    trying = asyncio.create_task(try_tier("pool"))
    await asyncio.sleep(0.05)
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    assert descendants(os.getpid()) == []
