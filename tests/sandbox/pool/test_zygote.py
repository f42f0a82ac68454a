"""What a program has of its memory in a child of a zygote: as much as in a process of its own."""

import pytest

from sandbox.sandbox import Sandbox
from sandbox.types import Call, Limits, Program, TierName

MIB = 128
DEEP = """
import sys
sys.setrecursionlimit(100_000)
def deep(n): return n and sorted([n], key=lambda _: deep(n - 1))[0]
"""


@pytest.mark.parametrize("tier", ["pool", "one-shot", "reduced"])
@pytest.mark.parametrize(
    ("free_mib", "rest"),
    [(0, "None"), (8, "threading.Thread(target=list).start()"), (8, "deep(10_000)"), (8, "bytes(6 << 20)")],
    ids=["nothing", "a thread", "deep recursion", "the rest"],
)
async def test_a_program_may_use_all_its_memory(tier: TierName, free_mib: int, rest: str) -> None:
    source = f"import threading\n{DEEP}\nheld = bytearray({MIB - free_mib} << 20)\ndef f(): {rest}"
    async with Sandbox(Limits(memory_mib=MIB), tier=tier) as box:
        execution = await box.run(Program(source), [Call("f")])
    assert (execution.status, execution.detail, execution.isolation) == ("ok", "", tier)
    assert execution.results[0].status == "ok", execution.results[0]


@pytest.mark.parametrize("tier", ["pool", "one-shot", "reduced"])
async def test_and_no_more_than_the_interpreter_is_given_besides(tier: TierName) -> None:
    async with Sandbox(Limits(memory_mib=MIB), tier=tier) as box:
        execution = await box.run(Program(f"def f(): bytearray({MIB + 64} << 20)"), [Call("f")])
    assert (execution.results[0].status, execution.results[0].limit) == ("memory_limit", "memory")
