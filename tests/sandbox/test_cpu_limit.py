"""A case gets all the CPU time that it may use, also when the machine is busy; and hardly more."""

import asyncio

import pytest

from sandbox.sandbox import Sandbox
from sandbox.types import Limits, Program, Stdin, TierName

SECONDS = 0.5
ASIDE = 0.02
"""Of its CPU time the program uses up to this much before it says for the last time how much it was."""
TELLER = f"""
import os, time
began = said = time.process_time()
while True:
    now = time.process_time()
    if now - said > {ASIDE / 4}:
        os.write(1, b"%f " % (now - began))
        said = now
"""


@pytest.mark.parametrize("tier", ["pool", "one-shot", "reduced"])
async def test_a_program_is_ended_after_its_cpu_time_and_not_before(tier: TierName) -> None:
    async with Sandbox(Limits(cpu_seconds=SECONDS), tier=tier, max_parallel=8) as box:
        running = [box.run(Program(TELLER), [Stdin("")]) for _ in range(8)]
        results = [(await run).results[0] for run in asyncio.as_completed(running)]
    assert {(result.status, result.limit) for result in results} == {("time_limit", "cpu")}
    used = [float(result.stdout.split()[-1]) for result in results]
    assert min(used) > SECONDS - ASIDE
    assert max(used) < SECONDS + 1  # The hard limit of the process.
