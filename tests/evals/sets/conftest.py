"""Sets in a home of their own, rows of every published form, and a hub on this machine."""

import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from evals.item import Item
from evals.sets.registry import get
from hierarchy.errors import UsageError

ItemOf = Callable[[str, Mapping[str, object]], Item]
Refused = Callable[[str, Mapping[str, object]], str]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No record of a developer's own sets is read or written."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


@pytest.fixture(scope="session")
def shared() -> Path:
    """Rows of public benchmarks, which stand beside the checkout and are no part of it."""
    return Path(__file__).resolve().parents[3].parent / "shared" / "data"


@pytest.fixture
def item() -> ItemOf:
    """The item of one row of a set."""

    def read(name: str, row: Mapping[str, object]) -> Item:
        return get(name).items([("rows:1", row)])[0]

    return read


@pytest.fixture
def refused(item: ItemOf) -> Refused:
    """What is said of a row that has another form, without its place."""

    def read(name: str, row: Mapping[str, object]) -> str:
        with pytest.raises(UsageError) as error:
            item(name, row)
        assert str(error.value).startswith("rows:1: ")
        assert "\n" not in str(error.value)
        return str(error.value).removeprefix("rows:1: ")

    return read


class Hub(ThreadingHTTPServer):
    """Files of datasets, as the hub serves small ones."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        """By the path of their address, such as `/datasets/someone/set/resolve/main/test.jsonl`."""
        self.claimed: int | None = None
        """The size that the hub says a file has, instead of its own."""
        self.answering = threading.Event()
        self.answering.set()
        """Cleared: nothing is answered until it is set."""
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def do_HEAD(self) -> None:
        self.server.answering.wait(20)
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(self.server.files.get(self.path, b""))

    def _answer(self, body: bytes) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        file = self.server.files.get(self.path)
        if file is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("X-Repo-Commit", "c" * 40)
        self.send_header("ETag", '"tag"')
        self.send_header("X-Linked-Size", str(self.server.claimed or len(file)))
        self.send_header("Content-Length", str(len(file)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Stay silent."""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that `HF_ENDPOINT` names, and an empty cache."""
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
        yield server
        server.answering.set()
        server.shutdown()
        thread.join()
