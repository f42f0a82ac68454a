"""The supervisor as a plain piece of code: the same steps as inside, with harmless programs and without a sandbox."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.languages import supervisor, wire

SHELL = "/usr/bin/env"


class Channel:
    """What a supervisor writes, frame by frame."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def frames(self) -> list[tuple[bytes, int, int, bytes, bytes]]:
        """Kind, flags, status, output and errors of each."""
        rest, found = self._file.read_bytes(), []
        while rest:
            kind, flags, status, _, _, output, errors = wire.HEADER.unpack_from(rest)
            body, rest = rest[wire.HEADER.size :], rest[wire.HEADER.size + output + errors :]
            found.append((kind, flags, status, body[:output], body[output : output + errors]))
        return found


@pytest.fixture
def channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Channel]:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(wire, "STDIN_FILE", str(tmp_path / "tmp" / "stdin"))
    with (tmp_path / "channel").open("wb", buffering=0) as file:
        monkeypatch.setattr(supervisor, "_CHANNEL", file.fileno())
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        yield Channel(tmp_path / "channel")
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(*arguments: str, cpu_seconds: float = 5.0, artefact: str = "", artefact_bytes: int = 0) -> "wire.Work":
    return {
        "arguments": [SHELL, *arguments],
        "environment": {"PATH": "/usr/bin"},
        "inputs": [],
        "bounds": [],
        "cpu_seconds": cpu_seconds,
        "output_bytes": 1000,
        "error_head_bytes": 10,
        "rules": [],
        "artefact": artefact,
        "artefact_bytes": artefact_bytes,
        "go": -1,
    }


def test_output_and_status_are_told(channel: Channel) -> None:
    assert supervisor.run(_work("sh", "-c", "cat; echo bad >&2; exit 3"), b"in")
    assert channel.frames() == [(wire.ENDED, 0, 3 << 8, b"in", b"bad\n")]


def test_signal_is_told(channel: Channel) -> None:
    assert supervisor.run(_work("sh", "-c", "kill -SEGV $$"), b"")
    assert channel.frames() == [(wire.ENDED, 0, 11, b"", b"")]


def test_signals_that_python_ignores_are_as_usual(channel: Channel) -> None:
    assert supervisor.run(_work("sh", "-c", "kill -PIPE $$"), b"")
    assert channel.frames() == [(wire.ENDED, 0, 13, b"", b"")]


def test_program_that_is_not_there_is_told(channel: Channel) -> None:
    work = _work()
    work["arguments"] = ["/no/such/program"]
    assert not supervisor.run(work, b"")
    assert [frame[:3] for frame in channel.frames()] == [(wire.NOT_EXECUTED, 0, 2)]


def test_too_much_output_ends_a_program(channel: Channel) -> None:
    assert supervisor.run(_work("yes"), b"")
    ((kind, flags, status, output, _),) = channel.frames()
    assert (kind, flags, status, len(output)) == (wire.ENDED, wire.OVER_OUTPUT, 9, 1000)


@pytest.mark.parametrize("script", ["while :; do :; done", "exec >&- 2>&-; while :; do :; done"])
def test_too_much_cpu_time_ends_a_program(channel: Channel, script: str) -> None:
    assert supervisor.run(_work("sh", "-c", script, cpu_seconds=0.1), b"")
    assert [frame[:3] for frame in channel.frames()] == [(wire.ENDED, wire.OVER_CPU, 9)]


def test_start_and_end_of_complaints_are_kept(channel: Channel) -> None:
    script = "echo the first >&2; head -c 100000 /dev/zero >&2; echo the last >&2"
    assert supervisor.run(_work("sh", "-c", script), b"")
    errors = channel.frames()[0][4]
    assert errors.startswith(b"the first\n\0")
    assert errors.endswith(b"\0the last\n")
    assert len(errors) == 10 + wire.ERROR_TAIL_BYTES


@pytest.mark.parametrize("damage", ["touch left", "rm stdin", "rm stdin; mkdir stdin"])
def test_sandbox_with_something_left_in_it_is_unfit(channel: Channel, damage: str) -> None:
    folder = os.path.dirname(wire.STDIN_FILE)
    assert not supervisor.run(_work("sh", "-c", f"cd {folder}; {damage}"), b"")


def test_artefact_follows_a_success(channel: Channel, tmp_path: Path) -> None:
    made = tmp_path / "made"
    assert supervisor.run(_work("sh", "-c", f"echo binary > {made}", artefact=str(made), artefact_bytes=100), b"")
    assert channel.frames()[1] == (wire.ARTEFACT, 0, 0, b"binary\n", b"")


def test_no_artefact_follows_a_failure(channel: Channel, tmp_path: Path) -> None:
    assert supervisor.run(_work("false", artefact=str(tmp_path / "made"), artefact_bytes=100), b"")
    assert len(channel.frames()) == 1


def test_artefact_that_is_too_long_stays(channel: Channel, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.write_text("x" * 101)
    supervisor.send_artefact(str(made), 100)
    assert channel.frames() == [(wire.ARTEFACT, wire.OVER_OUTPUT, 0, b"", b"")]


def test_artefact_that_is_a_link_or_nothing_is_not_read(channel: Channel, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("canary")
    (tmp_path / "made").symlink_to(secret)
    supervisor.send_artefact(str(tmp_path / "made"), 100)
    supervisor.send_artefact(str(tmp_path / "nothing"), 100)
    assert channel.frames() == [(wire.ARTEFACT, 0, 0, b"", b"")] * 2
