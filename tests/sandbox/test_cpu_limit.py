"""A case gets all the CPU time that it may use, also when the machine is busy; and hardly more."""

import asyncio

import pytest

from sandbox.sandbox import Sandbox
from sandbox.types import Call, Limits, Program, Stdin, TierName

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


BURNER = """
import time
def burn(seconds):
    began = time.process_time()
    while time.process_time() - began < seconds:
        pass
burn(0.7)
"""
"""Loading it takes 0.7 of the 0.8 CPU seconds of each part. The process itself is ended between two whole seconds."""


@pytest.mark.parametrize("tier", ["pool", "one-shot", "reduced"])
async def test_load_and_case_have_their_time_each(tier: TierName) -> None:
    async with Sandbox(Limits(cpu_seconds=0.8), tier=tier) as box:
        ran = await box.run(Program(BURNER), [Call("burn", (0.7,))] * 2)
    assert [result.status for result in ran.results] == ["ok", "ok"]
    assert 0.7 <= ran.load_cpu_seconds < 0.8


@pytest.mark.parametrize("tier", ["pool", "one-shot", "reduced"])
async def test_the_time_of_a_killed_case_is_without_that_of_the_load(tier: TierName) -> None:
    async with Sandbox(Limits(cpu_seconds=0.8), tier=tier) as box:
        ran = await box.run(Program(BURNER), [Call("burn", (9,))])
    result = ran.results[0]
    assert (result.status, result.limit) == ("time_limit", "cpu")
    if tier != "one-shot":  # Knows a lower bound of it.
        assert 0.75 < result.cpu_seconds < 1.0
