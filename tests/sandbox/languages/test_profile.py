"""What a compiler may do that a program may not, and what neither may: tried with other tools in its place."""

import asyncio
import os
from pathlib import Path

import pytest
from processes import command_line, until

from sandbox.languages.supervised import ENVIRONMENT, Ended, Supervisors
from sandbox.launch import Launcher

MIB = 1 << 20


def _as_compiler(launcher: Launcher, *arguments: str) -> Ended:
    async def whole() -> Ended:
        deadline = asyncio.get_running_loop().time() + 60
        answer = await Supervisors(launcher).process(
            {
                "arguments": ["/usr/bin/env", *arguments],
                "environment": ENVIRONMENT,
                "inputs": [b""],
                "bounds": [],
                "cpu_seconds": 0.0,
                "output_bytes": 1000,
                "error_head_bytes": 1000,
                "rules": [],
                "artefact": "",
                "artefact_bytes": 0,
                "go": -1,
            },
            {},
            MIB,
            deadline,
        )
        (ended,) = answer.ended
        return ended

    return asyncio.run(whole())


def test_it_may_start_processes(launcher: Launcher) -> None:
    ended = _as_compiler(launcher, "sh", "-c", "echo a | cat; echo b | cat")
    assert (ended.status, ended.output) == (0, b"a\nb\n")


@pytest.mark.parametrize("kind", ["--user", "--mount", "--net", "--pid"])
def test_it_may_make_no_namespace(launcher: Launcher, kind: str) -> None:
    ended = _as_compiler(launcher, "unshare", kind, "true")
    assert ended.status != 0
    assert b"Operation not permitted" in ended.errors


def test_what_it_leaves_running_dies_with_it(launcher: Launcher) -> None:
    # Its number tells this run's process from that of another.
    seconds = f"98{os.getpid()}"
    ended = _as_compiler(launcher, "sh", "-c", f"exec >/dev/null 2>&1; sleep {seconds} & exit 0")
    assert ended.status == 0
    left = f"sleep\0{seconds}\0".encode()
    # Bubblewrap ends before the first process of its namespace, with which all others end.
    asyncio.run(until(lambda: left not in [command_line(pid) for pid in _pids()]))


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]
