"""Talking to a pool of zygotes without a whole sandbox around it."""

from sandbox.pool.tier import Pool
from sandbox.pool.worker import Worker
from sandbox.run import Run
from sandbox.types import Execution, Input, Limits

LIMITS = Limits(cpu_seconds=1.0, wall_seconds=20.0, memory_mib=128, output_bytes=65_536, file_mib=4, threads=4)


async def execute(pool: Pool, source: str, *inputs: Input, limits: Limits = LIMITS) -> Execution:
    """One run that no other tier can take over."""
    return await Run([pool], source, inputs, limits).execute()


async def zygote_of(pool: Pool) -> Worker:
    """The zygote that the next run gets, once nothing happens in the pool by itself."""
    while pool._background:
        await next(iter(pool._background))
    worker = await pool._free.get()
    assert worker is not None
    pool._free.put_nowait(worker)
    return worker
