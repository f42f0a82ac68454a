"""Groups of this machine, where it has writable ones."""

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
from processes import groups_made_by

from sandbox.cgroup import Cgroup, Cgroups
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


def in_memory_folder(group: Cgroup, folder: Path, source: str) -> None:
    """Run Python in a folder with a fresh, unbounded memory file system on it."""
    bwrap = find_bwrap()
    assert bwrap is not None
    there = str(folder)
    code, _ = run_in(group, bwrap, "--dev-bind", "/", "/", "--tmpfs", there, "--chdir", there, *PYTHON, source)
    assert code in (-signal.SIGKILL, 128 + signal.SIGKILL)


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


def test_pages_of_a_memory_file_system_are_charged(make: Callable[..., Cgroup], tmp_path: Path) -> None:
    group = make()
    in_memory_folder(group, tmp_path, "with open('f', 'wb') as f:\n    for _ in range(64): f.write(bytes(1 << 20))")
    assert group.ran_out_of_memory()


def test_a_million_empty_files_are_charged(make: Callable[..., Cgroup], tmp_path: Path) -> None:
    group = make()
    in_memory_folder(group, tmp_path, "import os\nfor n in range(1_000_000): os.close(os.open(str(n), os.O_CREAT))")
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
    source = "import time; from sandbox.cgroup import Cgroups; Cgroups.find().make(1 << 25, 5); print(); time.sleep(99)"
    with subprocess.Popen([sys.executable, "-uc", source], stdout=subprocess.PIPE) as maker:
        assert maker.stdout is not None
        assert maker.stdout.read(1) == b"\n"
        assert groups_made_by(maker.pid)
        maker.kill()
    place.sweep()
    assert groups_made_by(maker.pid) == []


def test_the_group_of_a_living_maker_is_not(make: Callable[..., Cgroup], place: Cgroups) -> None:
    group = make()
    place.sweep()
    assert run_python(group, "print('done')") == (0, "done")


def test_a_stranger_in_that_place_is_left_alone(place: Cgroups, make: Callable[..., Cgroup]) -> None:
    """A group of another PID namespace, whose maker cannot be seen from here."""
    group = make()
    _, _, namespace, _, _ = group.name.split("-")
    strangers = [folder.with_name(f"hi-moe-{int(namespace) + 1}-9999999-0") for folder in group.folders]
    for stranger in strangers:
        stranger.mkdir()
    try:
        place.sweep()
        assert [stranger.is_dir() for stranger in strangers] == [True] * len(strangers)
    finally:
        for stranger in strangers:
            stranger.rmdir()
