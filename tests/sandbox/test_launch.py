"""The command line of one isolated interpreter; how launchers are found is in `test_isolation.py`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.launch import Launcher
from sandbox.packages import Packages
from sandbox.types import Limits

HARDENING = ("--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--disable-userns", "--clearenv")


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    found = Launcher.find()
    yield replace(found, view=None)
    found.close()


def pairs(command: list[str], option: str) -> list[str]:
    """What follows each `option`."""
    return [command[place + 1] for place, word in enumerate(command) if word == option]


@pytest.mark.parametrize("option", HARDENING)
def test_every_isolation_is_asked_for(launcher: Launcher, option: str) -> None:
    assert option in launcher.command(Limits(), 5, 6)


def test_every_capability_is_dropped(launcher: Launcher) -> None:
    assert pairs(launcher.command(Limits(), 5, 6), "--cap-drop") == ["ALL"]


def test_only_a_process_of_ours_may_make_namespaces(launcher: Launcher) -> None:
    assert "--disable-userns" in launcher.isolate()
    assert "--disable-userns" not in launcher.isolate(nested=True)


def test_the_root_is_made_read_only_after_every_mount(launcher: Launcher) -> None:
    command = launcher.command(Limits(), 5, 6)
    last = command.index("--remount-ro")
    assert command[last + 1] == "/"
    mounts = ("--ro-bind", "--dev-bind", "--tmpfs", "--symlink", "--bind", "--proc", "--dir")
    assert not [word for word in command[last:] if word in mounts]


def test_nothing_is_bound_to_be_written(launcher: Launcher) -> None:
    assert not {"--bind", "--bind-try", "--dev", "--proc", "--mqueue"} & set(launcher.command(Limits(), 5, 6))


def test_only_three_devices_are_there(launcher: Launcher) -> None:
    assert pairs(launcher.command(Limits(), 5, 6), "--dev-bind") == ["/dev/null", "/dev/zero", "/dev/urandom"]


@pytest.mark.parametrize("file_mib", [1, 16])
def test_the_only_writable_place_has_a_size(launcher: Launcher, file_mib: int) -> None:
    command = launcher.command(Limits(file_mib=file_mib), 5, 6)
    place = command.index("--tmpfs")
    assert pairs(command, "--tmpfs") == ["/tmp"]
    assert command[place - 4 : place] == ["--size", str(file_mib << 20), "--perms", "0700"]


def test_filter_and_payload_are_handed_over_by_number(launcher: Launcher) -> None:
    command = launcher.command(Limits(), 57, 58)
    assert pairs(command, "--seccomp") == ["57"]
    assert command[-1] == "58"


def test_the_interpreter_reads_no_site_and_no_path(launcher: Launcher) -> None:
    assert {"-P", "-s", "-S", "-c"} < set(launcher.interpreter(6))


def test_the_environment_is_the_same_for_every_caller(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    before = launcher.command(Limits(), 5, 6)
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("SECRET", "canary")
    assert launcher.command(Limits(), 5, 6) == before
    assert "canary" not in " ".join(before)


def test_a_fixed_seed_and_one_thread_for_numbers(launcher: Launcher) -> None:
    command = launcher.isolate()
    told = {command[place + 1]: command[place + 2] for place, word in enumerate(command) if word == "--setenv"}
    assert (told["PYTHONHASHSEED"], told["OMP_NUM_THREADS"], told["MALLOC_ARENA_MAX"]) == ("0", "1", "1")


def test_an_interpreter_elsewhere_is_shown_under_a_neutral_path(launcher: Launcher) -> None:
    command = replace(launcher, prefix="/home/somebody/python", executable="bin/python3").command(Limits(), 5, 6)
    assert [command[i : i + 3] for i, word in enumerate(command) if word == "/home/somebody/python"] == [
        ["/home/somebody/python", "/opt/python", "--dev-bind"]
    ]
    assert "/opt/python/bin/python3" in command


def test_allowed_packages_are_shown_one_by_one(launcher: Launcher, tmp_path: Path) -> None:
    packages = Packages(names=("one",), entries=((str(tmp_path), "one"),), modules=("one",))
    command = replace(launcher, packages=packages).command(Limits(), 5, 6)
    place = command.index(str(tmp_path))
    assert command[place - 1] == "--ro-bind"
    assert command[place + 1].endswith("/one")


def test_options_of_a_single_start_come_last(launcher: Launcher) -> None:
    command = replace(launcher, options=("--info-fd", "9")).isolate()
    assert command[-4:] == ["--remount-ro", "/", "--info-fd", "9"]


def test_groups_are_given_up_with_the_user(launcher: Launcher) -> None:
    assert replace(launcher, user=65_534).groups == []
    assert replace(launcher, user=None).groups is None
