"""Expected outputs: computed once, kept on disk, and computed again where the file is broken."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from evals.grading import references
from evals.grading.references import References
from evals.item import InputsCheck
from hierarchy.judge import Judge
from sandbox.sandbox import Sandbox
from sandbox.types import Limits

CHECK = InputsCheck("f", "def f(x):\n    x.append((1, {2}, 0.5, 2**5000))\n    return x\n", base=(([],), ([3],)))
VALUES = [[(1, {2}, 0.5, 2**5000)], [3, (1, {2}, 0.5, 2**5000)]]


@pytest.fixture
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox() as box:
        yield Judge(box)


async def test_exact_values_survive_the_disk_and_inputs_stay_as_they_were(judge: Judge, tmp_path: Path) -> None:
    for _ in range(2):
        expected = await References(judge, tmp_path).expected("t", CHECK, CHECK.base)
        assert expected.values == VALUES
    assert CHECK.base == (([],), ([3],))
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "broken", ["", "{", "[]", '{"load": 0, "cases": [[1, 0]]}', '{"load": 0, "cases": [[{"$x": 1}, 0]]}']
)
async def test_a_broken_file_is_computed_again(judge: Judge, tmp_path: Path, broken: str) -> None:
    await References(judge, tmp_path).expected("t", CHECK, CHECK.base)
    (path,) = tmp_path.iterdir()
    path.write_text(broken)
    assert (await References(judge, tmp_path).expected("t", CHECK, CHECK.base)).values == VALUES
    assert json.loads(path.read_text())["cases"]


async def test_another_reference_is_another_file(judge: Judge, tmp_path: Path) -> None:
    other = InputsCheck("f", "def f(x):\n    return 0\n", base=CHECK.base)
    known = References(judge, tmp_path)
    await known.expected("t", CHECK, CHECK.base)
    assert (await known.expected("t", other, other.base)).values == [0, 0]


async def test_many_who_ask_at_once_wait_for_one_run(judge: Judge, tmp_path: Path) -> None:
    known = References(judge, tmp_path)
    found = await asyncio.gather(*(known.expected("t", CHECK, CHECK.base) for _ in range(5)))
    assert all(each is found[0] for each in found)


@pytest.mark.parametrize("make", [Path.touch, lambda path: path.symlink_to("/proc/nowhere")])
async def test_where_nothing_can_be_kept_it_still_works(judge: Judge, tmp_path: Path, make: object) -> None:
    folder = tmp_path / "taken"
    make(folder)  # type: ignore[operator]
    assert (await References(judge, folder).expected("t", CHECK, CHECK.base)).values == VALUES
    assert (await References(judge, None).expected("t", CHECK, CHECK.base)).values == VALUES


async def test_what_was_used_longest_ago_leaves_memory_first(
    judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "KEPT_BYTES", 1)
    known = References(judge, tmp_path)
    first = await known.expected("t", CHECK, CHECK.base)
    await known.expected("t", CHECK, CHECK.base[:1])
    again = await known.expected("t", CHECK, CHECK.base)
    assert again is not first
    assert again.values == first.values


async def test_limits_follow_the_reference(judge: Judge, tmp_path: Path) -> None:
    long = InputsCheck("f", "def f(n):\n    return 'a' * n\n", base=((3 << 20,),))
    known = References(judge, tmp_path)
    limits = (await known.plain("t", long, long.base)).limits(Limits())
    assert limits.cpu_seconds >= 1
    assert 6 << 20 <= limits.output_bytes <= 7 << 20
    assert limits.memory_mib >= Limits().memory_mib
    assert (await known.expected("t", long, long.base)).limits(Limits()).output_bytes == Limits().output_bytes
