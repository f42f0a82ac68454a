"""A real server of a real model, and a server that does what a test tells it to."""

import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from wire_server import WireServer, serving


@pytest.fixture
def server() -> Iterator[WireServer]:
    with serving(WireServer()) as running:
        yield running


@pytest.fixture(scope="session")
def llama_server(small_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of llama-cpp-python's own server with the small model, called `smol` there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("llama") / "server.log"
    # Where cores are few and busy, threads that wait for each other by spinning make no progress for minutes.
    options = {"model": small_model, "model_alias": "smol", "port": port, "n_ctx": 512, "interrupt_requests": "false"}
    options |= {"n_threads": 1, "n_threads_batch": 1}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    with log.open("wb") as out:
        command = [sys.executable, "-W", "ignore", "-m", "llama_cpp.server", "--host", "127.0.0.1", *words]
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}/v1"
        for _ in range(600):
            assert process.poll() is None, log.read_text(errors="replace")
            try:
                with urllib.request.urlopen(f"{url}/models", timeout=5):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()
