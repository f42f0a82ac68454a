"""Run hostile programs in a sandbox, with an honest right and an honest wrong one around each."""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace

from sandbox.bait import Bait, planted
from sandbox.compare.text import show
from sandbox.compare.values import same
from sandbox.hostile.catalogue import CATALOGUE
from sandbox.hostile.record import Hostile, verdict_of
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Execution, Limits, Program, Stdin

LIMITS = Limits(cpu_seconds=0.2, wall_seconds=10.0, memory_mib=128, output_bytes=65_536, file_mib=4, threads=4)
"""Tight, so that a hostile program is stopped soon."""
_RIGHT = Program("def f(x):\n    return x * x + 1\n")
_WRONG = Program("def f(x):\n    return x * x\n")
_LOOKS, _LOOK_SECONDS = 50, 0.02
"""Nothing may be left of a run one second after it."""
_BESIDE_SECONDS = 0.05
"""Head start of a victim over the program that attacks it."""


@dataclass(frozen=True)
class Finding:
    """What became of one hostile program."""

    name: str
    group: str
    tried: str
    stopped_by: str
    verdict: str
    milliseconds: float
    """Wall time of the hostile run."""
    ok: bool
    """It was stopped (or the tier is known not to stop it), had a verdict that fits, on the tier that was asked for,
    and honest programs still got theirs."""
    known: bool = False
    """It got through, and the tier is known not to stop it."""


async def attack(sandbox: Sandbox, programs: Sequence[Hostile] = CATALOGUE) -> AsyncIterator[Finding]:
    """Try `programs` one after the other. Raises `IsolationMissing` as `Sandbox.run` does."""
    with planted() as bait:
        honest = await honest_verdicts(sandbox)
        for hostile in programs:
            finding = await attack_once(sandbox, hostile, bait)
            yield finding if not honest else replace(finding, stopped_by=f"before it: {honest}", ok=False)
            honest = ""


async def attack_once(sandbox: Sandbox, hostile: Hostile, bait: Bait) -> Finding:
    """Try one program, then an honest right and an honest wrong one."""
    deque(bait.touched(), maxlen=0)
    started = time.perf_counter()
    execution = await _run(sandbox, hostile, bait)
    milliseconds = (time.perf_counter() - started) * 1000
    await _disappeared(bait)
    ruling = hostile.judge(execution, bait.traces())
    verdict = verdict_of(execution)
    unstopped = hostile.unstopped.get(sandbox.tier, "")
    known = ruling.through and bool(unstopped)
    words = f"not stopped: {unstopped}" if known else ruling.stopped_by
    ok = known or not ruling.through
    if verdict not in hostile.verdicts:
        words, ok = f"{words}; the verdict should be {' or '.join(sorted(hostile.verdicts))}", False
    if execution.isolation != sandbox.tier:
        words, ok = f"{words}; it ran in the {execution.isolation} tier", False
    if complaint := await honest_verdicts(sandbox):
        words, ok = f"{words}; after it: {complaint}", False
    return Finding(hostile.name, hostile.group, hostile.tries, words, verdict, milliseconds, ok, known)


async def honest_verdicts(sandbox: Sandbox) -> str:
    """What an honest right or an honest wrong program did not get; empty when both got theirs."""
    runs = [sandbox.run(program, [Call("f", (7,))], LIMITS) for program in (_RIGHT, _WRONG)]
    for wanted, execution in zip((50, 49), await asyncio.gather(*runs), strict=True):
        if execution.status != "ok" or execution.results[0].status != "ok":
            return f"an honest program got {verdict_of(execution)} {execution.detail}".rstrip()
        if not same(wanted, execution.results[0].value):
            return f"an honest program gave {show(execution.results[0].value, 50)} instead of {wanted}"
    return ""


async def _disappeared(bait: Bait) -> None:
    """Give the run the time that it may take to disappear."""
    for _ in range(_LOOKS):
        if not bait.left():
            return
        await asyncio.sleep(_LOOK_SECONDS)


async def _run(sandbox: Sandbox, hostile: Hostile, bait: Bait) -> Execution:
    limits = replace(LIMITS, **hostile.limits)  # type: ignore[arg-type]  # names are checked by a test
    told = bait.told()
    inputs = [Stdin(json.dumps(told))] if hostile.script else [Call("f", (told,))]
    attacking = sandbox.run(Program(hostile.source), inputs, limits)
    if not hostile.beside:
        return await attacking
    victim = asyncio.create_task(sandbox.run(Program(hostile.beside), [Call("f", (told,))], LIMITS))
    await asyncio.sleep(_BESIDE_SECONDS)
    execution = await attacking
    await victim
    return execution
