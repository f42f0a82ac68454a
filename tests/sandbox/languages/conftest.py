"""Programs of other languages, run for real."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from sandbox.cgroup import Cgroups
from sandbox.groups import Groups
from sandbox.languages.run import NativeRun
from sandbox.languages.supervised import Supervisors
from sandbox.launch import Launcher
from sandbox.types import CaseResult, Execution, Language, Limits, Program, Stdin

TIGHT = Limits(cpu_seconds=0.5, wall_seconds=60.0, memory_mib=128, output_bytes=65_536, file_mib=4, threads=4)


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    found = Launcher.find()
    yield found
    found.close()


@pytest.fixture(scope="session")
def place() -> Cgroups | None:
    return Cgroups.find()


@pytest.fixture(scope="session")
def run(launcher: Launcher, place: Cgroups | None) -> Callable[..., Execution]:
    """Run a program on some standard inputs, under changed limits; in control groups where they can be made."""

    def execute(language: Language, source: str, *texts: str, **changes: float) -> Execution:
        async def whole() -> Execution:
            limits = replace(TIGHT, **changes)  # type: ignore[arg-type]
            inputs = [Stdin(text) for text in texts]
            groups = None if place is None else Groups(place, 1)
            run = NativeRun(Supervisors(launcher, groups), Program(source, language), source, inputs, limits)
            try:
                return await run.execute()
            finally:
                if groups is not None:
                    await groups.aclose()

        return asyncio.run(whole())

    return execute


@pytest.fixture(scope="session")
def results(run: Callable[..., Execution]) -> Callable[..., dict[str, CaseResult]]:
    """The result of each of some standard inputs, by its text: the program is compiled once for many tests."""

    def execute(language: Language, source: str, texts: list[str], **changes: float) -> dict[str, CaseResult]:
        execution = run(language, source, *texts, **changes)
        assert execution.status == "ok", execution.detail
        return dict(zip(texts, execution.results, strict=True))

    return execute
