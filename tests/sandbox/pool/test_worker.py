"""A zygote enters its control group beside the loop, also when nobody waits for it any more."""

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator

import pytest
from processes import descriptors, groups_made_by

from sandbox.cgroup import Cgroup, Cgroups
from sandbox.launch import Launcher
from sandbox.pool.worker import Recipe, Worker
from sandbox.tiers import recipe
from sandbox.types import Limits


@pytest.fixture
async def made_from() -> AsyncIterator[Recipe]:
    place = Cgroups.find()
    if place is None:
        pytest.skip("this machine has no writable control group")
    launcher = Launcher.find()
    yield recipe(launcher, Limits(), place)
    launcher.close()
    assert groups_made_by(os.getpid()) == []


@pytest.fixture
def entered(monkeypatch: pytest.MonkeyPatch) -> list[threading.Thread]:
    """The threads in which a process was put into a group; it takes its time there, as on a busy machine."""
    threads: list[threading.Thread] = []
    add = Cgroup.add

    def slowly(group: Cgroup, pid: int) -> None:
        threads.append(threading.current_thread())
        time.sleep(0.1)
        add(group, pid)

    monkeypatch.setattr(Cgroup, "add", slowly)
    return threads


async def test_the_loop_goes_on_while_a_zygote_enters_its_group(
    made_from: Recipe, entered: list[threading.Thread]
) -> None:
    worker = await Worker.start(made_from)
    await worker.aclose()
    assert entered
    assert threading.main_thread() not in entered


async def test_a_start_that_is_cancelled_in_its_group_leaves_nothing(
    made_from: Recipe, entered: list[threading.Thread]
) -> None:
    before = descriptors()
    starting = asyncio.create_task(Worker.start(made_from))
    while not entered:
        await asyncio.sleep(0.001)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert descriptors() <= before


async def test_a_zygote_whose_group_cannot_be_entered_is_ended(
    made_from: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(group: Cgroup, pid: int) -> None:
        raise PermissionError(f"{group.name} is closed to {pid}")

    before = descriptors()
    monkeypatch.setattr(Cgroup, "add", refuse)
    with pytest.raises(PermissionError):
        await Worker.start(made_from)
    assert descriptors() <= before
