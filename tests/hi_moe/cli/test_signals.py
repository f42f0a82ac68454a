"""Signals end the work at once, with their exit code; those that are ignored stay so."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hi_moe.cli.exits import Exit
from hi_moe.cli.signals import SIGNALS, Interrupted, finish


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """What was there before is there again."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    assert {number: signal.getsignal(number) for number in SIGNALS} == before


async def signalled(number: int) -> str:
    os.kill(os.getpid(), number)
    await asyncio.sleep(0.1)
    return "went on"


def test_work_gives_its_result() -> None:
    assert finish(asyncio.sleep(0, "done")) == "done"


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED), (signal.SIGHUP, Exit.HUNG_UP)],
)
def test_a_signal_ends_it_with_its_code(capsys: pytest.CaptureFixture[str], number: int, code: Exit) -> None:
    with pytest.raises(Interrupted) as interrupted:
        finish(signalled(number))
    assert interrupted.value.code == code
    assert capsys.readouterr().err == "interrupted\n"


def test_an_ignored_signal_is_still_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert finish(signalled(signal.SIGHUP)) == "went on"
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_second_signal_leaves_at_once() -> None:
    code = """
import asyncio, os, signal
from hi_moe.cli.signals import finish
async def stubborn():
    try:
        await asyncio.sleep(60)
    finally:
        print("stopping", flush=True)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.sleep(60)
async def work():
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGTERM)
    await stubborn()
finish(work())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout) == (Exit.TERMINATED, "stopping\n")


def test_an_error_of_the_work_is_raised() -> None:
    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        finish(fail())
