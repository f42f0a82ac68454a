"""Cells over a Ray cluster: one worker on each node, each with an engine of its own; the files stay here.

Ray brings the processes, the network and the knowledge of who has died; what is stored, and in which form, is as in a
local run. A worker that dies takes nothing with it: the problems it was at are given to the others, and a new worker is
started where there is room; where there is none, the others go on alone. A problem at which three workers died is a
failure of ours and is listed as one.

Whoever can reach a Ray cluster can run programs on it: keep it in a network of its own. One that is started here binds
to the loopback interface.
"""

import asyncio
import logging
import os
import re
import socket
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from evals.cells import Cell, Finished
from evals.executors.health import Health
from evals.executors.local import RETRIES, attempt
from evals.executors.remote import Description, Remote, RemoteWorker, description_of
from evals.sample import CellError
from hierarchy.errors import HiMoeError, InfrastructureError, MissingComponent, UsageError

DEATHS = 3
"""Workers that may die at one problem."""
READY_SECONDS = 600.0
"""For a worker to start and open its solver; weights are hashed and read from its disk."""
_CLOSE_SECONDS = 30.0
_INSTALL = "pip install 'hi-moe[ray]'"


class WorkerDied(Exception):
    """The worker's process or machine is gone; its problem is given to another."""


@dataclass
class _Worker:
    """An actor and what it said of itself."""

    actor: Any
    node: str
    description: Description | None = None
    dead: bool = False


@dataclass
class RayExecutor:
    """`concurrency` cells at a time on each worker. Make it with `connect`."""

    factory: str
    config: str
    concurrency: int
    retries: int = RETRIES
    pause_seconds: float = 1.0
    _workers: list[_Worker] = field(default_factory=list)
    _at_work: int = 0
    """Places that have a worker, or wait for one."""

    @property
    def name(self) -> str:
        """For the manifest."""
        nodes = {worker.node for worker in self._workers}
        return f"ray, {len(self._workers)} workers on {len(nodes)} nodes"

    @property
    def description(self) -> Description:
        """What all workers solve with."""
        described = next(worker.description for worker in self._workers if worker.description)
        assert described is not None
        return described

    async def start(self, workers: int | None) -> None:
        """Start `workers` workers, by default one on each node, and wait until they are ready.

        Raises `MissingComponent` where one lacks something, `UsageError` where two would not compute the same, and
        `InfrastructureError` where none starts.
        """
        nodes = _alive_nodes()
        wanted = workers or len(nodes)
        self._workers = [self._new_worker(nodes[index % len(nodes)]) for index in range(wanted)]
        await asyncio.gather(*(self._ready(worker) for worker in self._workers))
        first = self._workers[0]
        for other in self._workers[1:]:
            assert first.description is not None
            assert other.description is not None
            differing = first.description.differs_from(other.description)
            if differing:
                raise UsageError(
                    f"the nodes {first.node[:8]} and {other.node[:8]} would not compute the same: they differ in "
                    f"{', '.join(differing)}; install the same hi-moe and weights on both"
                )

    async def work(self, cells: Sequence[Cell]) -> AsyncGenerator[Finished, None]:
        """Each cell as soon as it is finished, from whichever worker."""
        waiting = deque((cell, 0) for cell in cells)
        done: asyncio.Queue[Finished | BaseException] = asyncio.Queue()
        health = Health()
        self._at_work = len(self._workers)
        async with AsyncExitStack() as stack:
            crew = [asyncio.create_task(self._crew(worker, waiting, done)) for worker in self._workers]
            stack.push_async_callback(_stop, crew)
            for _ in range(len(cells)):
                finished = await done.get()
                if isinstance(finished, BaseException):
                    raise finished
                yield finished
                health.note(finished.result)

    async def _crew(
        self, worker: _Worker, waiting: deque[tuple[Cell, int]], done: "asyncio.Queue[Finished | BaseException]"
    ) -> None:
        """One worker after the other in the same place, until nothing waits, or no other one can be had and there are
        others at work elsewhere."""
        try:
            while True:
                seats = [asyncio.create_task(self._seat(worker, waiting, done)) for _ in range(self.concurrency)]
                try:
                    await asyncio.gather(*seats)
                finally:
                    await _stop(seats)
                if not worker.dead:
                    return
                try:
                    worker = await self._replaced(worker)
                except HiMoeError:
                    if waiting and self._at_work == 1:
                        raise  # nobody is left to give them to
                    return
        except Exception as error:
            done.put_nowait(error)
        finally:
            self._at_work -= 1

    async def _seat(
        self, worker: _Worker, waiting: deque[tuple[Cell, int]], done: "asyncio.Queue[Finished | BaseException]"
    ) -> None:
        """Cells one after the other, until none waits or the worker is dead."""
        solver = Remote(
            lambda problem, seed: _asked(worker.actor.solve.remote(problem, seed)), f"node {worker.node[:8]}"
        )
        while waiting and not worker.dead:
            cell, deaths = waiting.popleft()
            try:
                done.put_nowait(await attempt(cell, solver, self.retries, self.pause_seconds))
            except WorkerDied as error:
                worker.dead = True
                if deaths + 1 >= DEATHS:
                    reason = f"{deaths + 1} workers died at it, the last one because: {error}"
                    failed = CellError(task_id=cell.item.id, sample=cell.sample, key=cell.key, error=reason)
                    done.put_nowait(Finished(cell, failed))
                else:
                    waiting.appendleft((cell, deaths + 1))

    async def _replaced(self, dead: _Worker) -> _Worker:
        import ray

        ray.kill(dead.actor)  # one that only could not be reached would keep the place of the new one
        alive = _alive_nodes()
        worker = self._new_worker(dead.node if dead.node in alive else alive[0])
        await self._ready(worker)
        self._workers[self._workers.index(dead)] = worker
        return worker

    def _new_worker(self, node: str) -> _Worker:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        remote: Any = ray.remote(RemoteWorker)
        options = {
            "scheduling_strategy": NodeAffinitySchedulingStrategy(node, soft=True),
            "max_concurrency": self.concurrency + 1,
            "num_cpus": 1,
        }
        return _Worker(remote.options(**options).remote(self.factory, self.config), node)

    async def _ready(self, worker: _Worker) -> None:
        try:
            async with asyncio.timeout(READY_SECONDS):
                text = await _asked(worker.actor.describe.remote(worker.node))
        except TimeoutError:
            raise InfrastructureError(
                f"no worker was ready on node {worker.node[:8]} after {READY_SECONDS:.0f} s; see: ray status"
            ) from None
        except WorkerDied as error:
            raise InfrastructureError(f"the worker on node {worker.node[:8]} died as it began: {error}") from None
        worker.description = description_of(text, f"node {worker.node[:8]}")

    async def aclose(self) -> None:
        """Close the solvers and end the workers."""
        import ray

        open_ones = [worker for worker in self._workers if not worker.dead]
        closing = [asyncio.ensure_future(_asked(worker.actor.aclose.remote())) for worker in open_ones]
        with suppress(TimeoutError):  # one that does not close is ended all the same
            async with asyncio.timeout(_CLOSE_SECONDS):
                await asyncio.gather(*closing, return_exceptions=True)
        for worker in self._workers:
            ray.kill(worker.actor)


def _alive_nodes() -> list[str]:
    """Raises `InfrastructureError` where there is none."""
    import ray

    listed: Any = ray  # its own annotations stop short of this function
    alive = [node["NodeID"] for node in listed.nodes() if node["Alive"]]
    if not alive:
        raise InfrastructureError("no node of the Ray cluster is alive; look at: ray status")
    return alive


async def _asked(reference: Any) -> object:
    """What an actor's call gives. Raises `WorkerDied`."""
    from ray.exceptions import RayError, RayTaskError

    try:
        return await reference
    except RayTaskError as error:  # a bug of ours in the worker: not its death
        raise InfrastructureError(f"the worker failed: {' '.join(str(error.cause or error).split())[:500]}") from error
    except RayError as error:
        # The cause stands last, under Ray's own account; terminals' colours are in it.
        lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines() if line.strip()]
        raise WorkerDied(lines[-1][:300] if lines else type(error).__name__) from error


async def _stop(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def connect(
    factory: str, config: str, *, concurrency: int, address: str | None = None, workers: int | None = None
) -> AsyncIterator[RayExecutor]:
    """An executor over the cluster at `address` (`auto`, `HOST:PORT`), or over one started here and ended afterwards.

    `factory` and `config`: as in `RemoteWorker`. Raises `MissingComponent` where Ray is not installed, no cluster is at
    the address, or a node lacks something.
    """
    # Ray reports its use to its makers unless told not to.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise MissingComponent(f"the package 'ray' is not installed; install it: {_INSTALL}") from None
    await asyncio.to_thread(_initialise, address)
    executor = RayExecutor(factory, config, concurrency)
    try:
        await executor.start(workers)
        yield executor
    finally:
        try:
            await executor.aclose()
        finally:
            await asyncio.to_thread(ray.shutdown)


def _initialise(address: str | None) -> None:
    import ray

    if ray.is_initialized():
        raise UsageError("this process is connected to a Ray cluster already; disconnect first: ray.shutdown()")
    local: dict[str, Any] = {} if address else {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
    try:
        if address:
            _check_reachable(address)
        ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **local)
    except (OSError, ValueError, RuntimeError) as error:
        if isinstance(error, HiMoeError):
            raise
        raise MissingComponent(
            f"no Ray cluster answers at {address!r}: {' '.join(str(error).split())[:300]}; start one on its first "
            "machine: ray start --head, on each other one: ray start --address=HOST:6379; or leave --ray-address out"
        ) from None


def _check_reachable(address: str) -> None:
    """Raise `OSError` when nothing listens at HOST:PORT: Ray itself would try for minutes."""
    host, colon, port = address.rpartition("://")[2].rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()
