"""From a name to a checked file: present, absent, truncated, altered, and files of one's own."""

import hashlib
import os
from pathlib import Path

import pytest

from hierarchy.errors import MissingComponent, UnknownName
from serving.models import Catalogue, ModelEntry, ModelStatus, ModelStore, Progress
from serving.settings import ModelsSettings

DATA = b"GGUF" + bytes(range(256)) * 40
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    """A store whose model has no source: only what is in its folder counts."""
    entry = ModelEntry(
        name="tiny",
        file="tiny.gguf",
        about="a test file",
        size_bytes=len(DATA),
        sha256=SHA,
        parameters=1,
        context_tokens=1,
        licence="none",
        sources=(),
    )
    cache = tmp_path / "models"
    cache.mkdir()
    files = {"mine": tmp_path / "mine.gguf", "gone": tmp_path / "gone.gguf"}
    files["mine"].write_bytes(b"GGUF and my own weights")
    return ModelStore(cache, files=files, catalogue=Catalogue(model=(entry,)))


def put(store: ModelStore, data: bytes = DATA) -> Path:
    path = store.cache / "tiny.gguf"
    path.write_bytes(data)
    return path


def test_a_file_that_somebody_put_there_is_checked_and_used(store: ModelStore) -> None:
    path = put(store)
    assert store.path("tiny") == path
    assert store.pull("tiny") == path
    assert store.sha256("tiny") == SHA
    assert store.status("tiny") == ModelStatus("tiny", "present", len(DATA), len(DATA))


def test_an_absent_model_is_named_with_the_command_that_gets_it(store: ModelStore) -> None:
    assert store.status("tiny") == ModelStatus("tiny", "absent", 0, len(DATA))
    for ask in (store.path, store.sha256, store.verify):
        with pytest.raises(MissingComponent, match=r"^model 'tiny' is not on this machine: hi-moe models pull tiny$"):
            ask("tiny")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (DATA[:-1], f"'tiny' are truncated: {len(DATA) - 1} bytes instead of {len(DATA)}; .*hi-moe models pull tiny$"),
        (DATA + b"x", f"'tiny' are altered: {len(DATA) + 1} bytes instead of {len(DATA)}; "),
        (DATA[:-1] + b"x", f"'tiny' are altered: sha256 [0-9a-f]{{64}} instead of {SHA}; .*hi-moe models pull tiny$"),
        (b"", "'tiny' are truncated: 0 bytes"),
    ],
)
def test_a_truncated_or_altered_file_is_refused(store: ModelStore, data: bytes, says: str) -> None:
    put(store, data)
    for ask in (store.path, store.sha256):
        with pytest.raises(MissingComponent, match=says):
            ask("tiny")
    report = store.verify("tiny")
    assert not report.ok
    assert (report.size_bytes, report.expected_bytes, report.expected_sha256) == (len(data), len(DATA), SHA)
    assert report.problem is not None


def test_verify_finds_what_size_and_time_do_not_show(store: ModelStore) -> None:
    path = put(store)
    store.path("tiny")
    times = path.stat()
    path.write_bytes(DATA[:-1] + b"x")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert store.path("tiny") == path  # the remembered checksum: a start must not read a gigabyte
    assert not store.verify("tiny").ok
    with pytest.raises(MissingComponent, match="are altered"):
        store.path("tiny")


def test_a_file_changed_in_the_normal_way_is_read_again(store: ModelStore) -> None:
    put(store)
    store.path("tiny")
    path = put(store, DATA[:-1] + b"x")
    os.utime(path, ns=(1, 1))
    with pytest.raises(MissingComponent, match="are altered"):
        store.path("tiny")


def test_verify_tells_how_far_it_is(store: ModelStore) -> None:
    put(store)
    heard: list[Progress] = []
    report = store.verify("tiny", heard.append)
    assert report.ok
    assert (report.sha256, report.problem) == (SHA, None)
    assert heard == [Progress("tiny", "cache", len(DATA), len(DATA), "checking the sha256")]


def test_a_pull_that_cannot_repair_an_altered_file_removes_it(store: ModelStore) -> None:
    path = put(store, DATA[:-1] + b"x")
    with pytest.raises(MissingComponent, match="no source delivered it"):
        store.pull("tiny")
    assert not path.exists()


def test_files_of_ones_own_go_by_the_name_they_were_given(store: ModelStore, tmp_path: Path) -> None:
    path = tmp_path / "mine.gguf"
    assert store.names() == ["mine", "gone", "tiny"]
    assert store.path("mine") == store.pull("mine") == path
    assert store.sha256("mine") == hashlib.sha256(path.read_bytes()).hexdigest()
    assert store.status("mine") == ModelStatus("mine", "present", 23, 23)
    report = store.verify("mine")
    assert report.ok
    assert (report.expected_bytes, report.expected_sha256) == (None, None)
    assert store.status("gone") == ModelStatus("gone", "absent", 0, 0)
    for ask in (store.path, store.pull, store.verify):
        with pytest.raises(MissingComponent, match=r"gone.gguf' of model 'gone' cannot be read: No such file"):
            ask("gone")


def test_a_path_is_a_name_too(store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("mine.gguf", "./mine.gguf", str(tmp_path / "mine.gguf")):
        assert store.path(name) == tmp_path / "mine.gguf"
        assert store.sha256(name) == store.sha256("mine")
    (tmp_path / "notes.gguf").write_text("dear diary")
    with pytest.raises(MissingComponent, match=r"notes.gguf' is no GGUF file \(it begins with b'dear'\)"):
        store.path("notes.gguf")
    with pytest.raises(MissingComponent, match="cannot be read: Is a directory"):
        store.path("models/")


def test_a_file_of_ones_own_wins_a_name_of_the_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(b"GGUF")
    name = ModelsSettings().default
    store = ModelStore.from_settings(ModelsSettings(cache=tmp_path, files={name: path}))
    assert store.path(name) == path
    assert store.names().count(name) == 1


def test_an_unknown_name_is_refused_with_the_nearest(store: ModelStore) -> None:
    for ask in (store.path, store.sha256, store.status, store.pull, store.verify):
        with pytest.raises(UnknownName, match=r"no model 'tinny'; did you mean 'tiny'\?"):
            ask("tinny")
    with pytest.raises(UnknownName, match="did you mean 'mine'"):
        store.path("min")


def test_the_cache_follows_the_platform_and_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert ModelStore().cache == tmp_path / "hi-moe" / "models"
    assert ModelStore.from_settings(ModelsSettings(cache=tmp_path / "else")).cache == tmp_path / "else"


def test_the_small_model_of_this_machine_is_what_the_catalogue_says() -> None:
    """The real file, fetched by `make`; every other test with a real model stands on it."""
    store = ModelStore()
    assert store.verify("smollm2-135m-instruct-q4_1").ok
