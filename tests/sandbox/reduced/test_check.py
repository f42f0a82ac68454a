"""The tier opens only where it holds, and it opens where the others cannot."""

import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sabotage import ALLOW_ALL

from sandbox import launch, roots_view
from sandbox.canaries import CanaryFailed
from sandbox.errors import IsolationMissing
from sandbox.launch import reachable_by_others
from sandbox.packages import Packages
from sandbox.reduced import check, landlock
from sandbox.reduced import interpreter as interpreters
from sandbox.reduced.check import require_reduced
from sandbox.reduced.interpreter import Interpreter
from sandbox.sandbox import Sandbox
from sandbox.types import Program, Stdin

ROOM = Path(__file__).parents[3]
CALLER = """
import asyncio, json, sys
from sandbox.errors import IsolationMissing
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Program
async def main():
    try:
        async with Sandbox(**json.loads(sys.argv[1])) as box:
            execution = await box.run(Program("import os\\ndef f(): return os.getuid()"), [Call("f")])
            print(json.dumps([execution.isolation, execution.results[0].value]))
    except IsolationMissing as missing:
        print(json.dumps(["refused", missing.cause]))
asyncio.run(main())
"""


def without_namespaces(**options: str) -> list[object]:
    """What a caller gets from `Sandbox(**options)` where the kernel grants no user namespace."""
    command = [sys.executable, str(Path(__file__).with_name("no_namespaces.py")), sys.executable, "-c", CALLER]
    done = subprocess.run([*command, json.dumps(options)], cwd=ROOM, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, list)
    return found


def test_no_namespace_can_be_made_there() -> None:
    command = [sys.executable, str(Path(__file__).with_name("no_namespaces.py")), "/usr/bin/unshare", "--user"]
    done = subprocess.run([*command, "/usr/bin/true"], capture_output=True, text=True)
    assert done.returncode != 0
    assert "unshare failed" in done.stderr


def test_reduced_runs_without_namespaces(user: int) -> None:
    assert without_namespaces(tier="reduced") == ["reduced", user]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.skipif(not reachable_by_others(str(ROOM)), reason="the code lies in a folder that is closed to others")
@pytest.mark.skipif(not Path("/usr/bin/python3.11").exists(), reason="the interpreter is closed to others")
def test_user_without_any_privilege_needs_none() -> None:
    become = [
        "/usr/bin/setpriv",
        "--reuid=12345",
        "--regid=12345",
        "--clear-groups",
        "--no-new-privs",
        "--bounding-set=-all",
    ]
    command = [*become, "/usr/bin/python3.11", "-B", "-c", CALLER, '{"tier": "reduced"}']
    assert json.loads(subprocess.check_output(command, cwd=ROOM, env={}, timeout=30)) == ["reduced", 12345]


@pytest.mark.parametrize("options", [{}, {"tier": "pool"}, {"tier": "one-shot"}])
def test_other_tiers_are_refused_without_namespaces(options: dict[str, str]) -> None:
    refused, cause = without_namespaces(**options)
    assert refused == "refused"
    assert "user namespaces are limited to none" in str(cause)


async def test_reduced_needs_no_bubblewrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "find_bwrap", lambda: None)
    monkeypatch.setattr(roots_view.RootsView, "make", None)
    async with Sandbox(tier="reduced") as box:
        execution = await box.run(Program("print(1)"), [Stdin("")])
    assert (execution.isolation, execution.results[0].stdout) == ("reduced", "1\n")


async def test_packages_are_refused() -> None:
    with pytest.raises(IsolationMissing, match=r"cannot show the packages numpy; leave them out"):
        await require_reduced(Packages(("numpy",)))


async def test_kernel_without_landlock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> int:
        raise OSError(38, "no such call")

    monkeypatch.setattr(landlock, "version", fail)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(IsolationMissing, match="has no Landlock"):
        await require_reduced()
    assert len(os.listdir("/proc/self/fd")) == before


async def test_wrong_landlock_version_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    with pytest.raises(IsolationMissing, match="could not be confined"):
        await require_reduced()


async def test_interpreter_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Interpreter, "find", classmethod(lambda cls: cls("/nonexistent", "bin/python3")))
    with pytest.raises(IsolationMissing, match=r"could not be confined .*/nonexistent/bin/python3"):
        await require_reduced()


async def test_silent_failure_has_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Interpreter, "find", classmethod(lambda cls: cls("/usr", "bin/false")))
    with pytest.raises(IsolationMissing, match="exit code 1"):
        await require_reduced()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be told that it is root")
async def test_root_who_stays_root_runs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = os.path.realpath(sys.base_prefix)
    executable = os.path.relpath(os.path.realpath(sys.executable), prefix)
    monkeypatch.setattr(Interpreter, "find", classmethod(lambda cls: cls(prefix, executable)))
    with pytest.raises(IsolationMissing, match="this is root, whom limits do not bind"):
        await require_reduced()


async def test_hole_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "_FURTHER", check._FURTHER.replace("/etc/passwd", "/usr/bin/env"))
    with pytest.raises(CanaryFailed, match=r"in the reduced tier a program could read /usr/bin/env;"):
        await require_reduced()


async def test_canaries_of_every_tier_fly_here(monkeypatch: pytest.MonkeyPatch, outside: Path) -> None:
    monkeypatch.setattr(Interpreter, "folders", property(lambda self: ["/usr", "/lib64", self.prefix, str(outside)]))
    with pytest.raises(CanaryFailed) as caught:
        await require_reduced()
    assert caught.value.sang == ("read a secret file",)


@pytest.mark.parametrize(
    ("module", "sang"),
    [
        ("sandbox.seccomp", {"open a socket", "start a process", "connect by TCP", "start another program"}),
        ("sandbox.reduced.rules", {"see its caller"}),
    ],
)
async def test_missing_filter_is_found(monkeypatch: pytest.MonkeyPatch, module: str, sang: set[str]) -> None:
    def shipped(name: str) -> str:
        source = Path(str(importlib.import_module(name).__file__)).read_text()
        return source + (f"\ndef filter_program(*_):\n    return {ALLOW_ALL!r}\n" if name == module else "")

    monkeypatch.setattr("sandbox.shipment._source", shipped)
    with pytest.raises(CanaryFailed) as caught:
        await require_reduced()
    assert set(caught.value.sang) & sang, caught.value.sang


def test_other_machines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    with pytest.raises(IsolationMissing, match="aarch64"):
        Interpreter.find()


def test_ordinary_user_starts_the_interpreter_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    found = Interpreter.find()
    found.close()
    assert (found.user, found.view) == (None, None)
    assert found.command(5)[0] == os.path.realpath(sys.executable)
    assert found.command(5)[-1] == "5"


def test_root_with_open_folders_only_drops_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(interpreters, "reachable_by_others", lambda path: True)
    found = Interpreter.find()
    assert (found.user, found.view) == (65_534, None)


def test_system_interpreter_needs_no_library_path() -> None:
    assert "LD_LIBRARY_PATH" not in Interpreter("/usr", "bin/python3").environment
    assert Interpreter("/opt/x", "bin/python3").environment["LD_LIBRARY_PATH"] == "/opt/x/lib"


def test_closed_folders_that_cannot_be_shown_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(IsolationMissing, match=r"'/nonexistent' is closed .* cannot be shown to them"):
        interpreters.roots_view("/nonexistent", sys.executable)
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    with pytest.raises(IsolationMissing, match="nsenter is missing"):
        interpreters.roots_view("/usr", sys.executable)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can show others what is closed to them")
def test_root_shows_a_closed_folder_that_nobody_can_write() -> None:
    view = interpreters.roots_view(os.path.realpath(sys.base_prefix), os.path.realpath(sys.executable))
    try:
        show = [*view.enter(), "/usr/bin/findmnt", "--noheadings", "--output", "TARGET,OPTIONS", "--target"]
        for place in ("/tmp", "/tmp/python"):
            target, options = subprocess.check_output([*show, place], text=True).split()
            assert target == place
            assert {"ro", "nosuid", "nodev"} <= set(options.split(","))
        assert subprocess.check_output([*view.enter(), "/usr/bin/id", "-u"]) == b"65534\n"
        assert subprocess.check_output([*view.enter(), "/usr/bin/id", "-G"]) == b"65534\n"
    finally:
        view.close()
