"""A real Ray cluster of two nodes on this machine: cells are spread, a killed worker loses nothing."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import told_solver
from processes import until
from told_solver import FACTORY

from evals.cells import Cell, Finished
from evals.executors.ray import RayExecutor, connect
from evals.item import AnswerCheck, Item
from evals.sample import CellError, Sample
from hierarchy.errors import InfrastructureError, MissingComponent, UsageError
from hierarchy.problem import Problem

pytestmark = pytest.mark.filterwarnings("ignore")
"""Ray's own, of sockets and of what it will change in later versions."""


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    """Workers find the told solver, and nothing is reported."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(told_solver.__file__).parent))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        yield


@pytest.fixture(scope="module")
def cluster(environment: None) -> Iterator[str]:
    """The address of a cluster of two nodes with two CPUs each."""
    from ray.cluster_utils import Cluster

    before = signal.getsignal(signal.SIGTERM)
    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 2})
    signal.signal(signal.SIGTERM, before)  # a node of Ray takes it for itself, and every later test would have it
    cluster.add_node(num_cpus=2)
    cluster.wait_for_nodes()
    yield cluster.address
    cluster.shutdown()


def cells(*statements: str) -> list[Cell]:
    return [
        Cell(Item(Problem(id=f"p{number}", statement=statement, task="math"), AnswerCheck("4")), 0, 0, f"k{number}")
        for number, statement in enumerate(statements)
    ]


async def work(executor: RayExecutor, todo: list[Cell]) -> dict[str, Finished]:
    found: dict[str, Finished] = {}
    async with aclosing(executor.work(todo)) as finished:
        async for one in finished:
            assert one.cell.item.id not in found
            found[one.cell.item.id] = one
    return found


def pids(found: dict[str, Finished]) -> set[str]:
    return {one.result.solution for one in found.values() if isinstance(one.result, Sample)}


async def test_cells_are_spread_over_both_nodes(cluster: str) -> None:
    async with connect(FACTORY, "{}", concurrency=2, address=cluster) as executor:
        assert executor.name == "ray, 2 workers on 2 nodes"
        assert executor.description.hi_moe == "test"
        found = await work(executor, cells(*["?"] * 12))
    assert len(found) == 12
    assert len(pids(found)) == 2


async def test_a_killed_worker_loses_nothing(cluster: str) -> None:
    async with connect(FACTORY, "{}", concurrency=2, address=cluster) as executor:
        found: dict[str, Finished] = {}
        async with aclosing(executor.work(cells(*["?"] * 16))) as finished:
            async for one in finished:
                found[one.cell.item.id] = one
                if len(found) == 3:
                    os.kill(executor.description.pid, signal.SIGKILL)
    assert len(found) == 16
    assert all(isinstance(one.result, Sample) for one in found.values())


async def test_a_killed_worker_is_replaced(cluster: str) -> None:
    async with connect(FACTORY, "{}", concurrency=1, address=cluster, workers=1) as executor:
        killed = executor.description.pid
        found: dict[str, Finished] = {}
        async with aclosing(executor.work(cells("?", "?", "?"))) as finished:
            async for one in finished:
                found[one.cell.item.id] = one
                if len(found) == 1:
                    os.kill(killed, signal.SIGKILL)
        assert executor.description.pid != killed
    assert len(pids(found)) == 2


async def test_where_no_worker_can_be_had_in_its_place_the_others_go_on(cluster: str, tmp_path: Path) -> None:
    config = json.dumps({"openings": str(tmp_path / "openings"), "most": 2})
    async with connect(FACTORY, config, concurrency=1, address=cluster) as executor:
        found: dict[str, Finished] = {}
        async with aclosing(executor.work(cells(*["?"] * 8))) as finished:
            async for one in finished:
                found[one.cell.item.id] = one
                if len(found) == 1:
                    os.kill(executor.description.pid, signal.SIGKILL)
    assert len(found) == 8
    assert all(isinstance(one.result, Sample) for one in found.values())


async def test_where_no_worker_is_left_the_run_stops(cluster: str, tmp_path: Path) -> None:
    config = json.dumps({"openings": str(tmp_path / "openings"), "most": 1})
    async with connect(FACTORY, config, concurrency=1, address=cluster, workers=1) as executor:
        with pytest.raises(MissingComponent, match="no more room here"):
            await work(executor, cells("?", "die", "?"))


async def test_a_problem_that_kills_its_workers_is_listed_and_the_others_are_solved(cluster: str) -> None:
    async with connect(FACTORY, "{}", concurrency=1, address=cluster) as executor:
        found = await work(executor, cells("?", "die", "?", "?"))
    result = found["p1"].result
    assert isinstance(result, CellError)
    assert result.error.startswith("3 workers died at it")
    assert sum(isinstance(one.result, Sample) for one in found.values()) == 3


async def test_failures_keep_their_kind(cluster: str) -> None:
    async with connect(FACTORY, "{}", concurrency=2, address=cluster) as executor:
        executor.retries = 1
        executor.pause_seconds = 0.01
        found = await work(executor, cells("fail", "too long", "bug"))
    failed, too_long, bug = (found[name].result for name in ("p0", "p1", "p2"))
    assert isinstance(failed, CellError)
    assert failed.error.startswith("the engine broke (on node")
    assert isinstance(too_long, Sample)
    assert (too_long.status, too_long.solution) == ("abstained", "")
    assert isinstance(bug, CellError)
    assert "a bug" in bug.error


async def test_workers_that_would_not_compute_the_same_are_refused(cluster: str) -> None:
    with pytest.raises(UsageError, match="would not compute the same: they differ in models"):
        async with connect(FACTORY, json.dumps({"differs": True}), concurrency=1, address=cluster):
            pass


async def test_what_a_worker_lacks_is_said(cluster: str) -> None:
    with pytest.raises(MissingComponent, match=r"no weights here \(on node"):
        async with connect(FACTORY, json.dumps({"missing": "no weights here"}), concurrency=1, address=cluster):
            pass


async def test_leaving_early_ends_the_workers(cluster: str) -> None:
    async with connect(FACTORY, "{}", concurrency=2, address=cluster) as executor:
        pid = executor.description.pid
        async with aclosing(executor.work(cells(*["?"] * 12))) as finished:
            async for _ in finished:
                break
    await until(lambda: not Path(f"/proc/{pid}").exists())


async def test_no_cluster_at_the_address_is_said() -> None:
    with pytest.raises(MissingComponent, match=r"no Ray cluster answers at '127\.0\.0\.1:1'.*ray start --head"):
        async with connect(FACTORY, "{}", concurrency=1, address="127.0.0.1:1"):
            pass


async def test_a_worker_that_dies_as_it_begins_is_said(cluster: str) -> None:
    with pytest.raises(InfrastructureError, match=r"the worker on node \w+ died as it began"):
        async with connect("told_solver:no_such_function", "{}", concurrency=1, address=cluster):
            pass


async def test_a_cluster_is_started_here_and_ended() -> None:
    async with connect(FACTORY, "{}", concurrency=2) as executor:
        assert executor.name == "ray, 1 workers on 1 nodes"
        found = await work(executor, cells("?", "?"))
    assert len(found) == 2
