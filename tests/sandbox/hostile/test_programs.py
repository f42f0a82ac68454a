"""Every hostile program on every tier: stopped or harmless, with the right verdict, and honest programs get theirs.

A machine that cannot offer a tier fails here: being safe on one tier says nothing about another.
"""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import pytest_asyncio

from sandbox.bait import Bait, planted
from sandbox.hostile.attack import attack_once, honest_verdicts
from sandbox.hostile.catalogue import CATALOGUE
from sandbox.hostile.record import Hostile
from sandbox.sandbox import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Target(NamedTuple):
    sandbox: Sandbox
    bait: Bait


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["pool", "one-shot", "reduced"])
async def target(request: pytest.FixtureRequest) -> AsyncIterator[Target]:
    with planted() as bait:
        async with Sandbox(tier=request.param) as sandbox:
            assert await honest_verdicts(sandbox) == ""
            yield Target(sandbox, bait)


@pytest.mark.parametrize("hostile", CATALOGUE, ids=lambda hostile: hostile.name)
async def test_program_gets_nothing(target: Target, hostile: Hostile) -> None:
    finding = await attack_once(target.sandbox, hostile, target.bait)
    assert finding.ok, finding
