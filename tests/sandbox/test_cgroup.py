"""With real groups of this machine where it has writable ones; the choices of version 2 also on plain folders."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from sandbox.cgroup import V1, V2, Cgroup, Cgroups, candidates
from sandbox.launch import find_bwrap

MIB = 1 << 20
HOG = "kept = bytearray(64 << 20)\nprint('done')"
WAIT_THEN_BECOME = ("/bin/sh", "-c", 'read line; exec "$@"', "sh")
PYTHON = (sys.executable, "-I", "-S", "-c")


@pytest.fixture(scope="module")
def place() -> Cgroups:
    found = Cgroups.find()
    if found is None:
        pytest.skip("this machine has no writable control group")
    return found


@pytest.fixture
def make(place: Cgroups) -> Iterator[Callable[..., Cgroup]]:
    made = []

    def one(memory_mib: int = 32, tasks: int = 20) -> Cgroup:
        made.append(place.make(memory_mib * MIB, tasks))
        return made[-1]

    yield one
    for group in made:
        assert group.close()


def run_in(group: Cgroup, *command: str) -> tuple[int, str]:
    """Exit code and output of a command that starts its life in the group."""
    with subprocess.Popen(
        [*WAIT_THEN_BECOME, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        group.add(child.pid)
        said, _ = child.communicate(b"\n")
    return child.returncode, said.decode().strip()


def run_python(group: Cgroup, source: str) -> tuple[int, str]:
    return run_in(group, *PYTHON, textwrap.dedent(source))


def in_memory_folder(group: Cgroup, source: str) -> None:
    """Run Python with a fresh, unbounded memory file system on /tmp."""
    bwrap = find_bwrap()
    assert bwrap is not None
    run_in(group, bwrap, "--dev-bind", "/", "/", "--tmpfs", "/tmp", "--chdir", "/tmp", *PYTHON, source)


@contextmanager
def sleeper(group: Cgroup) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE) as child:
        group.add(child.pid)
        yield child


def test_a_program_within_the_bounds_is_left_alone(make: Callable[..., Cgroup]) -> None:
    group = make()
    assert run_python(group, "print('done')") == (0, "done")
    assert not group.ran_out_of_memory()


def test_memory_of_one_process_is_bounded(make: Callable[..., Cgroup]) -> None:
    group = make()
    assert run_python(group, HOG) == (-signal.SIGKILL, "")
    assert group.ran_out_of_memory()


def test_memory_of_many_processes_is_bounded_together(make: Callable[..., Cgroup]) -> None:
    group = make()
    source = """
    import os
    until_told, tell = os.pipe()
    for _ in range(8):
        ready, done = os.pipe()
        if not os.fork():
            os.close(tell)
            kept = bytearray(8 << 20)
            os.write(done, b"x")
            os.read(until_told, 1)
            os._exit(0)
        os.close(done)
        os.read(ready, 1)
    os.close(tell)
    print(any(os.wait()[1] == 9 for _ in range(8)))
    """
    assert run_python(group, source) == (0, "True")
    assert group.ran_out_of_memory()


def test_pages_of_a_memory_file_system_are_charged(make: Callable[..., Cgroup]) -> None:
    group = make()
    in_memory_folder(group, "with open('f', 'wb') as f:\n    for _ in range(64): f.write(bytes(1 << 20))")
    assert group.ran_out_of_memory()


def test_a_million_empty_files_are_charged(make: Callable[..., Cgroup]) -> None:
    group = make()
    in_memory_folder(group, "import os\nfor n in range(1_000_000): os.close(os.open(str(n), os.O_CREAT))")
    assert group.ran_out_of_memory()


def test_tasks_are_bounded(make: Callable[..., Cgroup]) -> None:
    source = """
    import os
    made = 0
    try:
        while True:
            if not os.fork():
                os.read(0, 1)
                os._exit(0)
            made += 1
    except OSError as error:
        print(made, error.errno)
    """
    assert run_python(make(tasks=5), source) == (0, f"4 {errno.EAGAIN}")


def test_threads_count_as_tasks(make: Callable[..., Cgroup]) -> None:
    source = """
    import threading
    stop, made = threading.Event(), 0
    try:
        while True:
            threading.Thread(target=stop.wait).start()
            made += 1
    except RuntimeError as error:
        print(made, error)
    stop.set()
    """
    assert run_python(make(tasks=5), source) == (0, "4 can't start new thread")


def test_bounds_can_be_raised_and_lowered(make: Callable[..., Cgroup]) -> None:
    group = make(32)
    ends = []
    for memory_mib in (32, 128, 32):
        group.limit(memory_mib * MIB, 20)
        ends.append(run_python(group, HOG)[0])
    assert ends == [-signal.SIGKILL, 0, -signal.SIGKILL]


def test_want_of_memory_is_told_once(make: Callable[..., Cgroup]) -> None:
    group = make()
    run_python(group, HOG)
    assert [group.ran_out_of_memory() for _ in range(2)] == [True, False]
    run_python(group, HOG)
    assert group.ran_out_of_memory()


def test_an_ordinary_kill_is_no_want_of_memory(make: Callable[..., Cgroup]) -> None:
    group = make()
    with sleeper(group) as child:
        child.kill()
    assert not group.ran_out_of_memory()


def test_a_group_with_a_process_is_not_removed(make: Callable[..., Cgroup]) -> None:
    group = make()
    with sleeper(group):
        assert not group.close(patience_seconds=0.01)
    assert group.close()


def test_closing_twice_is_closing_once(make: Callable[..., Cgroup]) -> None:
    group = make()
    assert group.close()
    assert group.close()


def test_a_closed_group_takes_nobody(make: Callable[..., Cgroup]) -> None:
    group = make()
    group.close()
    with pytest.raises(FileNotFoundError):
        group.add(os.getpid())


def test_a_dead_process_cannot_be_added(make: Callable[..., Cgroup]) -> None:
    with subprocess.Popen(["/bin/true"]) as child:
        child.wait()
    with pytest.raises(ProcessLookupError):
        make().add(child.pid)


def test_names_differ(make: Callable[..., Cgroup]) -> None:
    other = Cgroups.find()
    assert other is not None
    with closing(other.make(32 * MIB, 5)) as third:
        assert len({make().name, make().name, third.name}) == 3


def test_the_group_of_a_killed_maker_is_swept_away(place: Cgroups) -> None:
    source = "import os; from sandbox.cgroup import Cgroups; Cgroups.find().make(1 << 25, 5); os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == -signal.SIGKILL
    assert place.sweep() >= 1
    assert place.sweep() == 0


def test_the_group_of_a_living_maker_is_not(make: Callable[..., Cgroup], place: Cgroups) -> None:
    group = make()
    place.sweep()
    assert run_python(group, "print('done')") == (0, "done")


def test_a_stranger_in_that_place_is_left_alone(place: Cgroups, make: Callable[..., Cgroup]) -> None:
    """A group of another PID namespace, whose maker cannot be seen from here."""
    group = make()
    _, _, _, number, _ = group.name.split("-")
    for folder in group.folders:
        folder.with_name(f"hi-moe-{int(number) + 1}-9999999-0").mkdir()
    place.sweep()
    for folder in group.folders:
        folder.with_name(f"hi-moe-{int(number) + 1}-9999999-0").rmdir()


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


@pytest.fixture
def second(root: Path) -> Cgroup:
    """A group of version 2 as far as files go."""
    folder = root / "group"
    folder.mkdir(parents=True)
    for name in ("memory.max", "memory.swap.max", "pids.max", "cgroup.procs"):
        (folder / name).write_text("")
    (folder / "memory.events").write_text("low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n")
    return Cgroup((folder,), V2)


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


@pytest.mark.parametrize(("met", "killed", "is_ours"), [(0, 0, False), (3, 0, False), (0, 1, False), (1, 1, True)])
def test_a_kill_counts_only_when_the_bound_of_this_group_was_met(
    root: Path, second: Cgroup, met: int, killed: int, is_ours: bool
) -> None:
    (root / "group/memory.events").write_text(f"max 9\noom {met}\noom_kill {killed}\noom_group_kill 0\n")
    assert second.ran_out_of_memory() is is_ours
