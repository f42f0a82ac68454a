import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.sandbox_figures.processes import descendants, resident_mib, usage

NESTED = """
import subprocess, sys
with subprocess.Popen([sys.executable, "-I", "-S", "-c", "input()"]):
    pass
"""
WAITING = "print(flush=True); input()"


@pytest.fixture
def waiting() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-I", "-S", "-c", WAITING]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.communicate("\n")


def test_grandchildren_are_descendants() -> None:
    source = NESTED.replace("input()", "print(__import__('os').getpid(), flush=True); input()")
    command = [sys.executable, "-I", "-S", "-c", source]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        found = descendants(os.getpid())
        child.communicate("\n")
    assert {child.pid, grandchild} <= set(found)


def test_a_process_that_is_gone_has_no_descendants() -> None:
    with subprocess.Popen(["true"]) as process:
        pass
    assert descendants(process.pid) == []


def test_usage_counts_the_open_files_of_the_living(waiting: "subprocess.Popen[str]") -> None:
    found = usage([waiting.pid])
    assert (found.processes, found.zombies) == (1, 0)
    assert found.descriptors == len(list(Path(f"/proc/{waiting.pid}/fd").iterdir()))


def test_the_proportional_set_is_a_part_of_the_resident_one(waiting: "subprocess.Popen[str]") -> None:
    assert 0 < usage([waiting.pid]).pss_mib < resident_mib(waiting.pid)


def test_a_dead_child_that_nobody_waited_for_is_a_zombie(waiting: "subprocess.Popen[str]") -> None:
    waiting.kill()
    os.waitid(os.P_PID, waiting.pid, os.WEXITED | os.WNOWAIT)
    found = usage([waiting.pid])
    assert (found.processes, found.zombies, found.pss_mib) == (0, 1, 0)


def test_usage_leaves_out_what_has_ended() -> None:
    with subprocess.Popen(["true"]) as process:
        pass
    assert usage([process.pid]).processes == 0
