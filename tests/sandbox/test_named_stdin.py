"""A script that opens its standard input by name reads what others read from `sys.stdin`."""

import pytest

from sandbox.sandbox import Sandbox
from sandbox.types import Call, Limits, Program, Stdin, TierName

READER = """
import os, sys
with open("/dev/stdin") as named:
    print(len(named.read()), len(sys.stdin.read()))
"""
WRITER = """
with open("/tmp/all", "wb") as file:
    file.write(bytes(int(input()) << 20))
print("all")
"""


@pytest.mark.parametrize("tier", ["pool", "one-shot", "reduced"])
async def test_the_named_input_is_the_whole_input(tier: TierName) -> None:
    async with Sandbox(Limits(file_mib=1), tier=tier) as box:
        execution = await box.run(Program(READER), [Stdin("x" * size) for size in (0, 5, 3 << 20)])
    assert [result.stdout for result in execution.results] == ["0 0\n", "5 5\n", f"{3 << 20} {3 << 20}\n"]


@pytest.mark.parametrize("tier", ["pool", "one-shot"])
async def test_it_takes_nothing_of_the_room_for_files(tier: TierName) -> None:
    async with Sandbox(Limits(file_mib=2), tier=tier) as box:
        execution = await box.run(Program(WRITER), [Stdin("2" + "\n" * (1 << 20))])
    assert execution.results[0].stdout == "all\n", execution.results[0]


@pytest.mark.parametrize("tier", ["pool", "one-shot"])
async def test_what_is_called_has_none(tier: TierName) -> None:
    source = "import os\ndef f(): return os.path.exists('/dev/stdin'), os.listdir('/tmp')"
    async with Sandbox(tier=tier) as box:
        execution = await box.run(Program(source), [Call("f")])
    assert execution.results[0].value == (False, [])
