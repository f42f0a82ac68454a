"""A small real HTTP server that speaks the OpenAI wire as each test wants it: well, badly, or not at all."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    """Names in lower case."""
    body: dict[str, Any]

    @property
    def words(self) -> int:
        """Words of all messages: what this server calls tokens."""
        return sum(len(message["content"].split()) for message in self.body["messages"])


class Client:
    """The way back to whoever sent a request."""

    def __init__(self, handler: BaseHTTPRequestHandler, closing: threading.Event) -> None:
        self._handler = handler
        self._closing = closing

    def head(self, status: int, kind: str, **headers: str) -> None:
        self._handler.send_response(status)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Connection", "close")
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()

    def send(self, data: object, status: int = 200, **headers: str) -> None:
        """A whole answer."""
        self.head(status, "application/json", **headers)
        self.raw(json.dumps(data).encode())

    def fail(self, status: int, message: str, **more: object) -> None:
        """An error in OpenAI's form."""
        self.send({"error": {"message": message, "type": "x", "param": None, "code": None} | more}, status)

    def event(self, data: object) -> None:
        self.raw(b"data: " + (data if isinstance(data, bytes) else json.dumps(data).encode()) + b"\n\n")

    def raw(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def hang(self, seconds: float = 60.0) -> bool:
        """Say nothing until the server closes; False when the time is over."""
        return self._closing.wait(seconds)


Answer = Callable[[Seen, Client], None]


def chunk(text: str | None = None, finish: str | None = None, **choice: object) -> dict[str, object]:
    delta = {} if text is None else {"content": text}
    return {"id": "c", "choices": [{"index": 0, "delta": delta, "finish_reason": finish, **choice}]}


def speaking(*texts: str, finish: str = "stop", usage: bool = True, continues: bool = False) -> Answer:
    """Answers every request with these pieces; a token is a word. `continues`: obeys `continue_final_message`."""

    def answer(seen: Seen, client: Client) -> None:
        header = 0 if continues and seen.body.get("continue_final_message") else 2
        spent = {"prompt_tokens": seen.words + header, "completion_tokens": len(texts)}
        if not seen.body.get("stream"):
            message = {"role": "assistant", "content": "".join(texts)}
            choice = {"index": 0, "message": message, "finish_reason": finish}
            client.send({"choices": [choice]} | ({"usage": spent} if usage else {}))
            return
        client.head(200, "text/event-stream")
        client.raw(b": keepalive\n\n")
        for text in texts:
            client.event(chunk(text))
        client.event(chunk(finish=finish))
        if usage and seen.body.get("stream_options"):
            client.event({"choices": [], "usage": spent})
        client.event(b"[DONE]")

    return answer


@dataclass
class WireServer:
    """Answers `/v1/chat/completions` with `chat`, `/tokenize` with `tokenize`, anything else with 404."""

    chat: Answer = field(default_factory=lambda: speaking("Hello"))
    tokenize: Answer | None = None
    seen: list[Seen] = field(default_factory=list)
    left: list[Seen] = field(default_factory=list)
    """Requests whose sender went away while they were answered."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextlib.contextmanager
def serving(server: WireServer) -> Iterator[WireServer]:
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen = Seen(self.path, headers, json.loads(self.rfile.read(length)))
            server.seen.append(seen)
            answer = {"/v1/chat/completions": server.chat, "/tokenize": server.tokenize}.get(self.path)
            client = Client(self, closing)
            try:
                if answer is None:
                    client.fail(404, "Not Found")
                else:
                    answer(seen, client)
            except ConnectionError:
                server.left.append(seen)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Nothing on stderr."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        closing.set()
        http.shutdown()
        http.server_close()
        thread.join()
