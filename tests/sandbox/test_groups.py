"""The stock of control groups, on real ones."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from processes import descriptors, groups_made_by, until
from scarcity import few_descriptors

from sandbox.cgroup import Cgroups
from sandbox.gate import Gate
from sandbox.groups import Groups, Loan

MIB = 1 << 20
BOUNDS = 64 * MIB, 20


@pytest.fixture
async def groups() -> AsyncIterator[Groups]:
    place = await asyncio.to_thread(Cgroups.find)
    if place is None:
        pytest.skip("this machine has no writable control group")
    lent = Groups(place, 1)
    yield lent
    await lent.aclose()
    assert made() == []


def made() -> list[str]:
    return sorted({folder.name for folder in groups_made_by(os.getpid())})


@contextmanager
def sleeper(loan: Loan) -> Iterator[None]:
    with subprocess.Popen(["/bin/sleep", "1000"]) as child:
        loan.add(child.pid)
        try:
            yield
        finally:
            child.kill()


async def test_a_group_is_lent_again_with_other_bounds(groups: Groups) -> None:
    with groups.lend(*BOUNDS), groups.lend(*BOUNDS):
        assert len(made()) == 2
    before = made()
    with groups.lend(128 * MIB, 10):
        assert set(made()) <= set(before)
        read = [file.read_text() for folder in groups_made_by(os.getpid()) for file in folder.glob("pids.max")]
    assert "10\n" in read


async def test_a_group_that_still_has_a_process_is_not_lent(groups: Groups) -> None:
    with groups.lend(*BOUNDS) as first:
        pass
    with sleeper(first), groups.lend(*BOUNDS):
        assert len(made()) == 2


async def test_a_group_that_cannot_be_asked_how_it_went_is_not_lent_again(groups: Groups) -> None:
    with ExitStack() as shortage, groups.lend(*BOUNDS):
        asked = made()
        shortage.enter_context(few_descriptors())
    with groups.lend(*BOUNDS):
        await until(lambda: set(asked).isdisjoint(made()))


async def test_a_gate_that_gets_no_descriptors_keeps_none(groups: Groups) -> None:
    with groups.lend(*BOUNDS) as loan:
        before = descriptors()
        with few_descriptors(2), pytest.raises(OSError, match="Too many open files"):
            Gate(loan)
        assert descriptors() == before


async def test_bounds_that_a_group_cannot_take_get_a_new_one(groups: Groups) -> None:
    with groups.lend(*BOUNDS):
        pass
    with pytest.raises(OSError, match="Invalid argument"), groups.lend(64 * MIB, -5):
        pass


async def test_a_start_that_failed_is_let_through_without_a_group(groups: Groups) -> None:
    with groups.lend(*BOUNDS) as loan, Gate(loan) as gate:
        await gate.pass_in()
        assert os.read(gate.descriptors[1], 1) == b"g"


async def test_a_start_whose_process_is_dead_is_let_through(groups: Groups) -> None:
    with subprocess.Popen(["/bin/true"]) as child:
        child.wait()
    with groups.lend(*BOUNDS) as loan, Gate(loan) as gate:
        os.write(gate.descriptors[0], b'{"child-pid": %d}' % child.pid)
        await gate.pass_in()
        assert os.read(gate.descriptors[1], 1) == b"g"
