import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from scarcity import few_descriptors

from sandbox.bait import Bait, planted


def reach(bait: Bait, way: str) -> None:
    told = bait.told()
    if way == "TCP":
        socket.create_connection(("127.0.0.1", bait.tcp.getsockname()[1])).close()
    elif way in ("unix", "abstract unix"):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(told["unix"]) if way == "unix" else f"\0{told['abstract']}")
    elif way == "UDP":
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.sendto(b"x", ("127.0.0.1", bait.udp.getsockname()[1]))
    else:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.sendto(b"x", str(told["datagram"]))


@pytest.mark.parametrize("way", ["TCP", "UDP", "unix", "unix datagram", "abstract unix"])
def test_listener_remembers_who_called(way: str) -> None:
    with planted() as bait:
        assert bait.traces().touched == ()
        reach(bait, way)
        assert bait.traces().touched == (f"the {way} listener was reached",)
        assert bait.traces().touched == ()


def test_changed_and_new_files_show() -> None:
    with planted() as bait:
        bait.file.write_text("loot")
        assert bait.traces().touched == ("the secret file was changed",)
        bait.file.write_text(bait.secret)
        (bait.folder / "loot").touch()
        assert bait.traces().touched == ("files appeared outside: loot",)


def other_text(bait: Bait) -> None:
    bait.file.write_bytes(b"\xff\xfe")


def removed(bait: Bait) -> None:
    bait.file.unlink()


def a_pipe(bait: Bait) -> None:
    bait.file.unlink()
    os.mkfifo(bait.file)


def a_link(bait: Bait) -> None:
    bait.file.rename(bait.folder / "unix")
    bait.file.symlink_to("unix")


def closed(bait: Bait) -> None:
    bait.file.chmod(0)


def longer(bait: Bait) -> None:
    os.truncate(bait.file, 1 << 40)


def linked(bait: Bait) -> None:
    os.link(bait.file, bait.folder / "loot")


@pytest.mark.parametrize("change", [other_text, removed, a_pipe, a_link, closed, longer, linked])
def test_whatever_happens_to_the_secret_file_shows(change: Callable[[Bait], None]) -> None:
    with planted() as bait:
        change(bait)
        assert "the secret file was changed" in bait.traces().touched


def test_a_file_that_is_gone_shows() -> None:
    with planted() as bait:
        (bait.folder / "unix").unlink()
        assert bait.traces().touched == ("files went outside: unix",)


def test_a_folder_that_is_moved_or_replaced_shows() -> None:
    with planted() as bait:
        away = bait.folder.rename(f"{bait.folder}-away")
        expected = ("the secret file was changed", "the folder outside was changed")
        assert bait.traces().touched == expected
        bait.folder.write_text("no folder")
        assert bait.traces().touched == expected
    shutil.rmtree(away)
    bait.folder.unlink(missing_ok=True)


def test_want_of_descriptors_is_no_trace() -> None:
    with planted() as bait:
        with few_descriptors(), pytest.raises(OSError, match="Too many open files"):
            list(bait.touched())
        with few_descriptors(1):
            assert list(bait.touched()) == []


def test_process_that_is_left_shows() -> None:
    with planted() as bait:
        tool = bait.folder / bait.mark
        shutil.copy("/bin/sleep", tool)
        with subprocess.Popen([tool, "100"]) as process:
            while not bait.left():
                pass
            assert bait.left() == [process.pid]
            process.kill()
        tool.unlink()
        assert bait.traces().touched == ()


def test_program_is_told_no_secret() -> None:
    with planted() as bait:
        assert bait.secret not in json.dumps(bait.told())
        assert os.environ[bait.variable] == bait.file.read_text() == bait.secret
        assert bait.traces().secrets == (bait.secret,)


def test_expected_value_is_new_each_time() -> None:
    with planted() as bait:
        assert bait.traces().wanted != bait.traces().wanted


def test_nothing_is_left() -> None:
    descriptors = os.listdir("/proc/self/fd")
    with planted() as bait:
        pass
    assert not bait.folder.exists()
    assert bait.variable not in os.environ
    assert os.listdir("/proc/self/fd") == descriptors


def test_several_at_once_do_not_mix() -> None:
    with planted() as first:
        second = planted()
        other = second.__enter__()
        assert os.environ[first.variable] != os.environ[other.variable]
    second.__exit__(None, None, None)
    assert {first.variable, other.variable}.isdisjoint(os.environ)


def test_long_path_of_temporary_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    with planted() as bait:
        reach(bait, "unix")
        assert bait.traces().touched == ("the unix listener was reached",)
    assert not bait.folder.exists()


def test_caller_whose_number_is_also_one_inside_has_a_child_seen_instead() -> None:
    source = """
import os
from sandbox.bait import planted
with planted() as bait:
    print(os.getpid(), bait.pid > 16, os.path.exists(f"/proc/{bait.pid}"))
print(os.path.exists(f"/proc/{bait.pid}"))
"""
    # The reaper of a namespace of its own is process 1.
    command = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", sys.executable, "-c", source]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1 True True\nFalse\n", "")


HOLDER = """
import sys
from sandbox.bait import planted
with planted() as bait:
    print(bait.folder, flush=True)
    input()
"""


def aged(folder: Path) -> Path:
    os.utime(folder, (1, 1))
    return folder


def test_folders_of_killed_processes_are_removed_and_no_others(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with tempfile.TemporaryDirectory(prefix="b", dir="/tmp") as parent:
        environment = {**os.environ, "TMPDIR": parent}
        command = [sys.executable, "-c", HOLDER]
        both = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
            for _ in range(2)
        ]
        killed, living = (Path(process.stdout.readline().strip()) for process in both if process.stdout)
        try:
            both[0].kill()
            both[0].wait()
            young = Path(parent) / "hi-moe-bait-young"
            young.mkdir()
            link = Path(parent) / "hi-moe-bait-link"
            link.symlink_to(elsewhere)
            os.utime(link, (1, 1), follow_symlinks=False)
            assert killed.exists()
            aged(killed), aged(living), aged(elsewhere)
            done = subprocess.run(command, input="\n", capture_output=True, text=True, env=environment, check=True)
            assert not Path(done.stdout.strip()).exists()
            assert not killed.exists()
            assert all(path.exists() for path in (living, living / "secret", young, elsewhere))
            assert link.is_symlink()
        finally:
            for process in both:
                process.kill()
                process.communicate()
