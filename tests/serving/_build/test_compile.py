"""Running a build: the log, the bar, the errors. No compiler runs here."""

import os
import sys
from pathlib import Path

import pytest

from hierarchy.errors import InfrastructureError
from serving._build import compile  # noqa: A004  the module's name
from serving._build.compile import run_build
from serving._build.recipe import Recipe


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_a_build_leaves_its_wheel_and_its_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    build = f"print('[1/2] CXX a.o'); print('[2/2] CXX b.o'); open({str(tmp_path / 'x.whl')!r}, 'w')"
    log = tmp_path / "logs" / "build.log"
    assert run_build(script(build), dict(os.environ), tmp_path, log, "compiling") == tmp_path / "x.whl"
    assert "[2/2] CXX b.o" in log.read_text()
    said = capfd.readouterr()
    assert said.out == ""
    assert "compiling" in said.err
    assert "compiled llama.cpp in" in said.err


def test_a_bar_moves_on_a_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    build = f"print('[2/2] CXX b.o'); open({str(tmp_path / 'x.whl')!r}, 'w')"
    run_build(script(build), dict(os.environ), tmp_path, tmp_path / "log", "compiling")
    assert "━" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("build", "why"),
    [
        ("print('fatal error: no space'); print('bye'); raise SystemExit(4)", r"exit 4: fatal error: no space"),
        ("print('fine')", r"exit 0: it left no wheel"),
    ],
)
def test_a_failed_build_names_its_log(tmp_path: Path, build: str, why: str) -> None:
    log = tmp_path / "build.log"
    with pytest.raises(InfrastructureError, match=why) as caught:
        run_build(script(build), dict(os.environ), tmp_path, log, "compiling")
    assert repr(str(log)) in str(caught.value)


@pytest.mark.parametrize("ignores", [False, True])
def test_an_interrupted_build_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ignores: bool) -> None:
    pid = tmp_path / "pid"
    deaf = "signal.signal(signal.SIGINT, signal.SIG_IGN);" if ignores else ""
    build = (
        f"import os, signal, time; {deaf} open({str(pid)!r}, 'w').write(str(os.getpid())); "
        "print('[1/2]', flush=True); time.sleep(60)"
    )

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(compile, "_GRACE_SECONDS", 0.2 if ignores else 20.0)
    monkeypatch.setattr(compile._Show, "__call__", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_build(script(build), dict(os.environ), tmp_path, tmp_path / "log", "compiling")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_pip_gets_the_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}

    def look(command: list[str], environment: dict[str, str], folder: Path, _log: Path, note: str) -> Path:
        seen.update(command=command, arguments=environment["CMAKE_ARGS"], note=note)
        return folder

    monkeypatch.setattr(compile, "run_build", look)
    compile.compile_wheel(Recipe("kept", ("-DA=ON", "-DCMAKE_CXX_FLAGS=-f -g")), tmp_path, tmp_path / "log")
    assert seen["arguments"] == "-DA=ON '-DCMAKE_CXX_FLAGS=-f -g'"
    assert "--no-cache-dir" in str(seen["command"])
    assert "(kept)" in str(seen["note"])
