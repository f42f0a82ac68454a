"""Pools that are ended with their test."""

from collections.abc import AsyncIterator, Callable

import pytest
from pools import LIMITS

from sandbox.cgroup import Cgroups
from sandbox.launch import Launcher
from sandbox.pool.tier import Pool
from sandbox.tiers import recipe


@pytest.fixture
async def make() -> AsyncIterator[Callable[..., Pool]]:
    """Makes pools and ends them: with control groups where this machine has any, unless told to do without."""
    launcher = Launcher.find()
    made: list[Pool] = []

    def pool(size: int = 1, recycle_after: int = 1000, *, grouped: bool = True) -> Pool:
        made.append(Pool(recipe(launcher, LIMITS, Cgroups.find() if grouped else None), size, recycle_after))
        return made[-1]

    yield pool
    for one in made:
        await one.aclose()
    launcher.close()
