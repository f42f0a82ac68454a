"""Compilers and programs in control groups: bounds over all processes of one run together."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from processes import groups_made_by, until

from sandbox.cgroup import Cgroups
from sandbox.groups import Groups
from sandbox.languages import bounds
from sandbox.languages.supervised import ENVIRONMENT, Answer, Supervisors
from sandbox.launch import Launcher
from sandbox.types import Execution, Limits

MIB = 1 << 20
TMP_BYTES = 4 * MIB
EMPTY_FILES = """
#include <cstdio>
#include <fcntl.h>
#include <unistd.h>
int main() {
    char name[32];
    for (int n = 0;; n++) {
        sprintf(name, "/tmp/%d", n);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
}
"""


@pytest.fixture
async def groups(place: Cgroups | None) -> AsyncIterator[Groups]:
    if place is None:
        pytest.skip("this machine has no writable control group")
    lent = Groups(place, 1)
    yield lent
    await lent.aclose()
    assert groups_made_by(os.getpid()) == []


def of_tool(memory_mib: int) -> list[bounds.Bound]:
    """What bounds each process of a compiler, but for its memory."""
    return [*bounds.of_compiler(Limits(processes=20))[:-1], bounds.address_space(memory_mib)]


async def as_compiler(launcher: Launcher, groups: Groups | None, memory_mib: int, *arguments: str) -> Answer:
    """Run another tool in the place of a compiler."""
    return await Supervisors(launcher, groups).process(
        {
            "arguments": ["/usr/bin/env", *arguments],
            "environment": ENVIRONMENT,
            "inputs": [b""],
            "bounds": of_tool(memory_mib),
            "cpu_seconds": 0.0,
            "output_bytes": 1000,
            "error_head_bytes": 1000,
            "rules": [],
            "artefact": "",
            "artefact_bytes": 0,
            "go": -1,
        },
        {},
        TMP_BYTES,
        asyncio.get_running_loop().time() + 60,
    )


def occupied() -> list[Path]:
    """The groups of this process in which somebody is, all folders of each."""
    made = groups_made_by(os.getpid())
    names = {folder.name for folder in made if (folder / "cgroup.procs").read_text()}
    return [folder for folder in made if folder.name in names]


def hogs(count: int) -> tuple[str, ...]:
    """A command that fails, of that many processes which keep 48 MiB each, all at once."""
    one = "dd if=/dev/zero bs=48M count=1 2>/dev/null | { sleep 1; cat >/dev/null; }"
    return ("sh", "-c", " & ".join([one] * count) + " & wait; exit 1")


async def test_memory_of_all_processes_together_is_bounded(launcher: Launcher, groups: Groups) -> None:
    (ended,) = (await as_compiler(launcher, groups, 64, *hogs(4))).ended
    assert ended.out_of_memory


async def test_the_same_without_a_group_is_not(launcher: Launcher) -> None:
    (ended,) = (await as_compiler(launcher, None, 64, *hogs(4))).ended
    assert (ended.errors, ended.out_of_memory) == (b"", None)


async def test_one_process_within_the_bounds_is_left_alone(launcher: Launcher, groups: Groups) -> None:
    (ended,) = (await as_compiler(launcher, groups, 64, *hogs(1))).ended
    assert (ended.errors, ended.out_of_memory) == (b"", False)


async def test_a_run_has_the_bounds_of_its_processes(launcher: Launcher, groups: Groups) -> None:
    running = asyncio.create_task(as_compiler(launcher, groups, 64, "sleep", "1"))
    memory, tasks = bounds.together(of_tool(64), TMP_BYTES, 1000)
    await until(occupied)
    names = ("memory.limit_in_bytes", "memory.max", "pids.max")
    files = [folder / name for folder in occupied() for name in names]
    assert {int(file.read_text()) for file in files if file.exists()} == {
        memory // 4096 * 4096,  # The kernel counts in pages.
        tasks,
    }
    await running


async def test_groups_do_not_pile_up(launcher: Launcher, groups: Groups) -> None:
    for _ in range(6):
        await as_compiler(launcher, groups, 64, "true")
    await until(lambda: len({folder.name for folder in groups_made_by(os.getpid())}) <= 1)


async def test_a_cancelled_run_gives_its_group_back(launcher: Launcher, groups: Groups) -> None:
    for pause in (0.0, 0.01, 0.1):
        running = asyncio.create_task(as_compiler(launcher, groups, 64, "sleep", "60"))
        await asyncio.sleep(pause)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


def test_a_compiler_over_its_memory_in_several_processes_is_named(
    run: Callable[..., Execution], place: Cgroups | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if place is None:
        pytest.skip("this machine has no writable control group")
    monkeypatch.setattr(bounds, "_SUPERVISOR_BYTES", -bounds.COMPILER_MEMORY_MIB * MIB - 200 * MIB)
    execution = run("cpp", '#include <regex>\nint main() { std::regex a("x"); }', "")
    assert execution.detail == f"the compiler used more than {bounds.COMPILER_MEMORY_MIB} MiB of memory"


def test_empty_files_of_a_program_are_bounded(run: Callable[..., Execution], place: Cgroups | None) -> None:
    if place is None:
        pytest.skip("this machine has no writable control group")
    (filler, _) = run("cpp", EMPTY_FILES, "", "", cpu_seconds=20.0, memory_mib=16).results
    assert (filler.status, filler.limit) == ("memory_limit", "memory")
