"""Where groups can be made, and the files of version 2: on folders laid out like those of the kernel."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.cgroup import V1, V2, Cgroup, Cgroups, candidates

MIB = 1 << 20


@pytest.fixture
def own(tmp_path: Path) -> Callable[[str], Path]:
    """The file in which the kernel tells a process its groups."""

    def write(text: str) -> Path:
        file = tmp_path / "own"
        file.write_text(text)
        return file

    return write


def version2(folder: Path, shared: str) -> Path:
    """A folder laid out like a group of version 2 that shares `shared` out to the groups below it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cgroup.controllers").write_text("cpu memory pids\n")
    (folder / "cgroup.subtree_control").write_text(shared)
    (folder / "cgroup.procs").write_text("")
    return folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "cgroup"


def test_version_1_goes_below_our_own_groups(root: Path, own: Callable[[str], Path]) -> None:
    for folder in ("memory/a", "pids/b/c"):
        (root / folder).mkdir(parents=True)
    found = list(candidates(root, own("9:cpu,cpuacct:/x\n4:memory:/a\n3:pids:/b/c\n1:name=systemd:/y\n0::/z\n")))
    assert found == [((root / "memory/a", root / "pids/b/c"), V1)]


@pytest.mark.parametrize("path", ["/hidden", "/../../above", "/"])
def test_an_own_group_that_cannot_be_seen_is_the_root_of_the_mount(
    root: Path, own: Callable[[str], Path], path: str
) -> None:
    for controller in ("memory", "pids"):
        (root / controller).mkdir(parents=True)
    found = list(candidates(root, own(f"4:memory:{path}\n3:pids:{path}\n")))
    assert found == [((root / "memory", root / "pids"), V1)]


def test_version_1_without_tasks_is_no_place(root: Path, own: Callable[[str], Path]) -> None:
    (root / "memory").mkdir(parents=True)
    assert list(candidates(root, own("4:memory:/\n"))) == []


def test_version_2_goes_below_our_own_group_that_shares_its_controllers_out(
    root: Path, own: Callable[[str], Path]
) -> None:
    version2(root, "")
    group = version2(root / "mine", "cpu memory pids\n")
    assert list(candidates(root, own("0::/mine\n"))) == [((group,), V2)]


def test_version_2_goes_beside_our_own_group_in_a_session(root: Path, own: Callable[[str], Path]) -> None:
    version2(root, "")
    session = version2(root / "user.slice/app.slice", "memory pids\n")
    scope = version2(session / "shell.scope", "")
    (scope / "cgroup.subtree_control").unlink()
    assert list(candidates(root, own("0::/user.slice/app.slice/shell.scope\n"))) == [((session,), V2)]


def test_version_2_asks_our_own_group_to_share_both_controllers(root: Path, own: Callable[[str], Path]) -> None:
    version2(root, "")
    list(candidates(root, own("0::/\n")))
    assert (root / "cgroup.subtree_control").read_text() == "+memory +pids"


@pytest.mark.parametrize("shared", ["", "cpu memory\n", "pids cpu\n"])
def test_version_2_without_both_controllers_is_no_place(root: Path, own: Callable[[str], Path], shared: str) -> None:
    version2(root, shared)
    version2(root / "mine", "cpu\n")
    assert list(candidates(root, own("0::/mine\n"))) == []


def test_nothing_above_the_mount_is_tried(root: Path, own: Callable[[str], Path]) -> None:
    version2(root.parent, "memory pids\n")
    version2(root, "")
    assert list(candidates(root, own("0::/\n"))) == []


def test_a_folder_that_is_no_control_group_is_no_place(root: Path, own: Callable[[str], Path]) -> None:
    version2(root, "memory pids\n")
    assert Cgroups.find(root, own("0::/\n")) is None
    assert [entry.name for entry in root.iterdir() if entry.is_dir()] == []


def test_a_machine_without_control_groups_has_no_place(root: Path) -> None:
    assert Cgroups.find(root, root / "missing") is None


def test_version_2_bounds_memory_swap_and_tasks(root: Path, second: Cgroup) -> None:
    second.limit(64 * MIB, 7)
    second.add(1234)
    written = {name: (root / "group" / name).read_text() for name in ("memory.max", "memory.swap.max", "pids.max")}
    assert written == {"memory.max": str(64 * MIB), "memory.swap.max": "0", "pids.max": "7"}
    assert (root / "group/cgroup.procs").read_text() == "1234"


def test_version_2_does_without_the_count_of_swap(root: Path, second: Cgroup) -> None:
    (root / "group/memory.swap.max").unlink()
    second.limit(64 * MIB, 7)
    assert (root / "group/memory.max").read_text() == str(64 * MIB)


@pytest.fixture
def second(root: Path) -> Cgroup:
    """A group of version 2 as far as files go."""
    folder = root / "group"
    folder.mkdir(parents=True)
    for name in ("memory.max", "memory.swap.max", "pids.max", "cgroup.procs"):
        (folder / name).write_text("")
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n")
    return Cgroup((folder,), V2)


@pytest.mark.parametrize(("met", "killed", "is_ours"), [(0, 0, False), (3, 0, False), (0, 1, False), (1, 1, True)])
def test_a_kill_counts_only_when_the_bound_of_this_group_was_met(
    root: Path, second: Cgroup, met: int, killed: int, is_ours: bool
) -> None:
    (root / "group/memory.events").write_text(f"max 9\noom {met}\noom_kill {killed}\noom_group_kill 0\n")
    assert second.ran_out_of_memory() is is_ours
