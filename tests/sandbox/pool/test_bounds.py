"""What bounds a run of the pool, with a control group and without one."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pools import LIMITS, execute, zygote_of
from processes import descendants, groups_of, until

from sandbox.cgroup import Cgroup, Cgroups
from sandbox.groups import of_interpreter
from sandbox.pool.tier import Pool
from sandbox.pool.worker import Worker
from sandbox.types import Call

FILES = "memory.limit_in_bytes", "pids.max"


async def test_a_run_has_its_own_limits(make: Callable[..., Pool]) -> None:
    pool = make()
    source = "def f():\n    with open('/tmp/a', 'wb') as file: return file.write(bytes(6 << 20))"
    assert (await execute(pool, source, Call("f"))).results[0].limit == "file"
    wide = replace(LIMITS, file_mib=8)
    assert (await execute(pool, source, Call("f"), limits=wide)).results[0].value == 6 << 20
    assert (await execute(pool, source, Call("f"))).results[0].limit == "file"


async def test_empty_files_are_bounded(make: Callable[..., Pool]) -> None:
    source = "def f():\n    for n in range(100_000): open(f'/tmp/{n}', 'w').close()"
    result = (await execute(make(), source, Call("f"))).results[0]
    assert (result.error_type, result.limit) == ("OSError", "file")


@pytest.fixture(params=[True, False], ids=["with a group", "without"])
def pool(request: pytest.FixtureRequest, make: Callable[..., Pool]) -> Pool:
    if request.param and Cgroups.find() is None:
        pytest.skip("this machine has no writable control group")
    return make(grouped=request.param)


KEPT = """
blocks = []
def f(mib):
    for _ in range(mib): blocks.append(bytearray(1 << 20))
    return len(blocks)
"""


async def test_memory_over_many_blocks_is_bounded(pool: Pool) -> None:
    results = (await execute(pool, KEPT, Call("f", (64,)), Call("f", (200,)), Call("f", (1,)))).results
    assert [(result.status, result.limit) for result in results] == [("ok", ""), ("memory_limit", "memory"), ("ok", "")]
    assert results[2].value == 1


THREADS = """
import threading
def f(wanted):
    go, threads = threading.Event(), []
    try:
        for _ in range(wanted):
            threads.append(threading.Thread(target=go.wait))
            threads[-1].start()
    finally:
        go.set()
    for thread in threads: thread.join()
    return len(threads)
"""


async def test_threads_are_bounded(pool: Pool) -> None:
    most, more = (await execute(pool, THREADS, Call("f", (4,)), Call("f", (50,)))).results
    assert (most.status, most.value) == ("ok", LIMITS.threads)
    assert (more.status, more.error_type, more.limit) == ("exception", "RuntimeError", "threads")


LOOP = """
def f(x):
    while x == "loop": pass
    return x
"""


async def test_a_loop_costs_only_its_own_case(pool: Pool) -> None:
    words = ["a", "loop", "b", "c", "loop", "d"]
    limits = replace(LIMITS, cpu_seconds=0.2)
    results = (await execute(pool, LOOP, *(Call("f", (word,)) for word in words), limits=limits)).results
    assert [result.value or (result.status, result.limit) for result in results] == [
        "a", ("time_limit", "cpu"), "b", "c", ("time_limit", "cpu"), "d",
    ]  # fmt: skip


async def test_cpu_time_is_counted_for_each_case_alone(pool: Pool) -> None:
    source = "import time\ndef f(x):\n    end = time.process_time() + x\n    while time.process_time() < end: pass\n"
    limits = replace(LIMITS, cpu_seconds=0.3)
    results = (await execute(pool, source, *[Call("f", (0.12,))] * 5, limits=limits)).results
    assert [result.status for result in results] == ["ok"] * 5


@pytest.fixture
async def grouped(make: Callable[..., Pool]) -> tuple[Pool, Worker, Cgroup]:
    """A pool with one zygote, which is in a group."""
    if Cgroups.find() is None:
        pytest.skip("this machine has no writable control group")
    pool = make()
    await pool.warm()
    worker = await zygote_of(pool)
    assert worker._group is not None
    return pool, worker, worker._group


async def test_the_zygote_and_what_it_makes_are_in_one_group(grouped: tuple[Pool, Worker, Cgroup]) -> None:
    _, worker, group = grouped
    await until(lambda: len(descendants(worker._process.pid)) == 2)
    inside = [name for pid in descendants(worker._process.pid) for name in groups_of(pid)]
    assert set(inside) == {group.name}
    assert len(inside) == 2 * len(group.folders)
    assert groups_of(worker._process.pid) == []


async def test_bounds_of_the_group_follow_those_of_the_run(grouped: tuple[Pool, Worker, Cgroup]) -> None:
    pool, _, group = grouped
    for limits in (LIMITS, replace(LIMITS, memory_mib=256, threads=9), LIMITS):
        await execute(pool, KEPT, Call("f", (1,)), limits=limits)
        written = [int((folder / name).read_text()) for folder, name in zip(group.folders, FILES, strict=False)]
        assert written == list(of_interpreter(limits))[: len(written)]


@pytest.mark.parametrize(
    "source",
    [
        KEPT,
        "def f(mib):\n    for n in range(mib): open(f'/tmp/{n}', 'wb').write(bytes(1 << 20))",
        "def f(mib):\n    with open('/tmp/a', 'wb') as file:\n        for _ in range(mib): file.write(bytes(1 << 20))",
    ],
    ids=["many blocks", "many files", "one file"],
)
async def test_what_fills_the_group_is_a_memory_limit(grouped: tuple[Pool, Worker, Cgroup], source: str) -> None:
    pool, worker, group = grouped
    wide = replace(LIMITS, memory_mib=256, file_mib=128)
    await execute(pool, KEPT, Call("f", (1,)), limits=wide)
    # So narrow that the group is full before the limits of the process and of its `/tmp` are reached.
    group.limit(48 << 20, 20)
    full, after = (await execute(pool, source, Call("f", (120,)), Call("f", (1,)), limits=wide)).results
    assert (full.status, full.limit) == ("memory_limit", "memory")
    assert after.status == "ok"
    assert await zygote_of(pool) is not worker
