"""A supervisor that does not behave, and one whose run is cancelled."""

import asyncio
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.languages import wire
from sandbox.languages.run import NativeRun
from sandbox.languages.supervised import Answer, Frames, Supervisors
from sandbox.launch import Launcher
from sandbox.types import Call, Execution, Language, Limits, Program, Stdin

WORK: "wire.Work" = {
    "arguments": [],
    "environment": {},
    "inputs": [b""],
    "bounds": [],
    "cpu_seconds": 1.0,
    "output_bytes": 100,
    "error_head_bytes": 0,
    "rules": [],
    "artefact": "",
    "artefact_bytes": 0,
    "go": -1,
}


def _frame(kind: bytes, output: bytes = b"", errors: bytes = b"", status: int = 0, flags: int = 0) -> bytes:
    return wire.HEADER.pack(kind, flags, status, 1_500_000, 2048, len(output), len(errors)) + output + errors


def _heard(*parts: bytes) -> Answer:
    answer, begun = Answer(), []
    frames = Frames(answer, WORK, lambda: begun.append(True))
    for part in parts:
        frames.take(part)
    assert len(begun) == answer.started
    return answer


def test_frames_may_come_in_pieces() -> None:
    whole = _frame(wire.STARTED) + _frame(wire.ENDED, b"out", b"err", 256)
    answer = _heard(*(bytes([byte]) for byte in whole))
    (ended,) = answer.ended
    assert (answer.started, answer.stopped) == (True, "")
    assert (ended.output, ended.errors, ended.status) == (b"out", b"err", 256)
    assert (ended.cpu_seconds, ended.peak_bytes) == (1.5, 2 << 20)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(_frame(wire.ENDED, b"x" * 101), id="too-much-output"),
        pytest.param(_frame(wire.ENDED, b"", b"x" * (wire.ERROR_TAIL_BYTES + 1)), id="too-much-error"),
        pytest.param(_frame(wire.ENDED) * 2, id="more-ends-than-inputs"),
        pytest.param(_frame(wire.STARTED), id="started-twice"),
        pytest.param(_frame(b"?"), id="unknown-kind"),
        pytest.param(b"\xff" * wire.HEADER.size, id="noise"),
        pytest.param(struct.pack("=cBiqqQQ", wire.ENDED, 0, 0, 0, 0, 1 << 62, 0), id="endless-frame"),
    ],
)
def test_broken_channel_is_not_believed(said: bytes) -> None:
    assert _heard(_frame(wire.STARTED), said, _frame(wire.ENDED)).stopped == "broken"


def _run(launcher: Launcher, language: Language = "javascript") -> Execution:
    return asyncio.run(NativeRun(Supervisors(launcher), Program("", language), "", [Stdin("")], Limits()).execute())


def test_sandbox_that_does_not_start_is_our_failure(launcher: Launcher) -> None:
    execution = _run(replace(launcher, bwrap="/usr/bin/false", view=None))
    assert (execution.status, execution.results) == ("infrastructure", ())
    assert execution.detail == "the sandbox ended with exit code 1 before it started"


def test_sandbox_that_is_not_there_is_our_failure(launcher: Launcher) -> None:
    execution = _run(replace(launcher, bwrap="/no/such/bwrap", view=None, user=None))
    assert execution.status == "infrastructure"
    assert "no sandbox could be started" in execution.detail


def test_words_of_bubblewrap_are_told(launcher: Launcher) -> None:
    execution = _run(replace(launcher, executable="no/such/python"))
    assert execution.status == "infrastructure"
    assert "no/such/python" in execution.detail


def test_tool_that_cannot_be_executed_is_our_failure(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.languages.cpp.find", lambda *_: ["/usr/bin/no-such-g++"])
    execution = _run(launcher, "cpp")
    assert execution.status == "infrastructure"
    assert execution.detail == "'/usr/bin/no-such-g++' could not be executed: No such file or directory"


@pytest.mark.parametrize("language", ["cpp", "javascript"])
def test_calls_are_refused_by_name(launcher: Launcher, language: str) -> None:
    with pytest.raises(ValueError, match=r"'Call' is no input for (C\+\+|JavaScript): only 'Stdin' is"):
        NativeRun(Supervisors(launcher), Program("", language), "", [Call("f")], Limits())  # type: ignore[arg-type]


async def test_cancelled_run_leaves_nothing_behind(launcher: Launcher) -> None:
    source = "process.title = 'cancelled-js'; for (;;);"
    limits = Limits(cpu_seconds=60.0, wall_seconds=60.0)
    running = asyncio.create_task(
        NativeRun(Supervisors(launcher), Program(source, "javascript"), source, [Stdin("")], limits).execute()
    )
    while not _is_running("cancelled-js"):
        await asyncio.sleep(0.02)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await _until_gone("cancelled-js")


async def _until_gone(name: str) -> None:
    """What was killed may take a moment to disappear."""
    for _ in range(1000):
        if not _is_running(name):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{name!r} is still there")


def _is_running(name: str) -> bool:
    def named(path: Path) -> bool:
        try:
            return path.read_text().strip() == name
        except OSError:
            return False

    return any(named(path) for path in Path("/proc").glob("[0-9]*/comm"))


def test_nothing_runs_after_the_wall_time(run: Callable[..., Execution]) -> None:
    execution = run("javascript", "process.title = 'late-js'; setTimeout(() => {}, 60000);", "", wall_seconds=1.0)
    assert execution.results[0].limit == "wall"
    asyncio.run(_until_gone("late-js"))
