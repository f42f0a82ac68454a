"""A real sandbox, tight enough that a hostile program is stopped soon."""

import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.sandbox import Sandbox
from sandbox.types import Call, CaseResult, Limits, Program

TIGHT = Limits(cpu_seconds=1.0, wall_seconds=20.0, memory_mib=128, output_bytes=65_536, file_mib=4, threads=4)


@pytest.fixture(params=["pool", "one-shot"])
async def box(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    async with Sandbox(TIGHT, tier=request.param) as opened:
        yield opened


@pytest.fixture
async def one_shot() -> AsyncIterator[Sandbox]:
    async with Sandbox(TIGHT, tier="one-shot") as opened:
        yield opened


@pytest.fixture
def attack(box: Sandbox) -> Callable[..., Awaitable[CaseResult]]:
    """Run `f()` of a hostile program once, under changed limits."""

    async def run(source: str, **changes: float) -> CaseResult:
        limits = replace(box.limits, **changes)  # type: ignore[arg-type]
        execution = await box.run(Program(source), [Call("f")], limits)
        assert execution.status == "ok", execution.detail
        return execution.results[0]

    return run


@pytest.fixture
def loot(attack: Callable[..., Awaitable[CaseResult]]) -> Callable[[str], Awaitable[object]]:
    """What `f()` of a hostile program brings home."""

    async def run(source: str) -> object:
        result = await attack(source)
        assert result.status == "ok", result
        return result.value

    return run


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the secret that a broken launcher can show: `/tmp` itself may be covered for root."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        os.chmod(folder, 0o777)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)
