"""Every hostile program on every tier: stopped or harmless, with the right verdict, and honest programs get theirs.

A machine that cannot offer a tier fails here: being safe on one tier says nothing about another.
"""

from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import pytest_asyncio

from sandbox.bait import Bait, planted
from sandbox.hostile.attack import LIMITS, attack_once, honest_verdicts
from sandbox.hostile.catalogue import CATALOGUE
from sandbox.hostile.record import Hostile
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Program

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


@pytest.mark.parametrize(
    ("name", "tries"),
    [
        ("signals-by-descriptor", {"owner of a descriptor", "owner's group", "fcntl", "timer_create", "mq_open"}),
        ("set-user-files", {"owner of an own program", "owner of the system's", "become root", "start /usr/bin/env"}),
    ],
)
async def test_program_tries_what_it_says(target: Target, name: str, tries: set[str]) -> None:
    (hostile,) = (hostile for hostile in CATALOGUE if hostile.name == name)
    execution = await target.sandbox.run(Program(hostile.source), [Call("f", (target.bait.told(),))], LIMITS)
    loot = execution.results[0].value
    assert isinstance(loot, dict)
    assert set(loot) >= tries
