"""Files of datasets from a hub, which here is a real server on this machine."""

from pathlib import Path
from typing import Any

import pytest

from evals.sets.hub import HubFailed, fetch, is_cached
from evals.sets.origins import Hub

FILE = Hub("someone/rows", "data/test.jsonl")
PATH = "/datasets/someone/rows/resolve/main/data/test.jsonl"


def test_a_file_is_fetched_once_and_then_comes_from_the_cache(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.files[PATH] = b'{"id": 1}\n'
    assert not is_cached(FILE)
    first = fetch(FILE)
    assert (first.source, first.files) == ("hub someone/rows@main", (("test.jsonl", b'{"id": 1}\n'),))
    assert is_cached(FILE)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    assert fetch(FILE) == first


def test_a_file_that_is_not_there_is_told_by_its_status(hub: Any) -> None:
    with pytest.raises(HubFailed, match=r"^HTTP 404$"):
        fetch(FILE)


def test_a_file_that_is_too_large_is_not_even_fetched(hub: Any) -> None:
    hub.files[PATH] = b"{}"
    hub.claimed = 3 << 30
    with pytest.raises(HubFailed, match=r"'data/test.jsonl' has 3221225472 bytes there, more than 2048 MiB"):
        fetch(FILE)
    assert not any(line.startswith("GET") for line in hub.asked)


def test_a_file_that_grew_in_the_cache_is_bounded(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.files[PATH] = b'{"id": 1}\n'
    fetch(FILE)
    monkeypatch.setattr("evals.sets.hub.MAX_BYTES", 4)
    with pytest.raises(HubFailed, match="larger than"):
        fetch(FILE)


def test_a_hub_that_does_not_answer_is_left(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.models.probe.PROBE_SECONDS", 0.2)
    hub.answering.clear()
    with pytest.raises(HubFailed, match=r"no answer within 0\.2 s"):
        fetch(FILE)


def test_a_hub_that_is_not_there_is_left(hub: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(HubFailed, match=r"^ConnectError: "):
        fetch(FILE)


def test_the_offline_switch_is_obeyed(hub: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.files[PATH] = b"{}"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(HubFailed, match="OfflineMode"):
        fetch(FILE)
    assert hub.asked == []
