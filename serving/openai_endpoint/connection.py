"""HTTP to one endpoint through the `openai` package, with bounds on everything a server may do to us.

The package resends and reads server-sent events; ours are the limits: no redirect is followed, no compressed reply is
taken (a small one could unpack to gigabytes), an event may be `MAX_EVENT_BYTES` long, and nothing from the variables
`OPENAI_*` is sent: an organisation's id is none of another server's business.
"""

import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from hierarchy.errors import MissingComponent
from serving.openai_endpoint.address import is_loopback
from serving.settings import EndpointSettings

if TYPE_CHECKING:
    import httpx2

MAX_EVENT_BYTES = 4 * 2**20
"""Of one server-sent event, and of a whole reply that is none; a token with 20 alternatives has about 3 KiB."""
CONNECT_SECONDS = 10.0
_PATH = "/chat/completions"


class ReplyTooLong(Exception):
    """A server sends without end."""


class Connection:
    """Requests to one endpoint. Errors are those of `openai`, `ReplyTooLong` and ValueError (no JSON);
    `failures.as_ours` explains them."""

    def __init__(self, endpoint: EndpointSettings, key: str | None) -> None:
        """Raises MissingComponent when the `openai` package is not installed."""
        try:
            import httpx2
            import openai
        except ImportError as error:
            raise MissingComponent(
                f"endpoints need the openai package ({error}); install it: pip install 'hi-moe[remote]'"
            ) from error
        self._openai = openai
        self._timeout = httpx2.Timeout(endpoint.timeout_seconds, connect=min(CONNECT_SECONDS, endpoint.timeout_seconds))
        client = httpx2.AsyncClient(
            timeout=self._timeout,
            follow_redirects=False,
            verify=endpoint.base_url.startswith("https:"),  # certificates take 30 ms to load, and plain HTTP has none
            limits=httpx2.Limits(max_connections=endpoint.max_concurrency + 8, max_keepalive_connections=16),
            # A proxy of the environment would be given what is meant for this machine.
            trust_env=not is_loopback(endpoint.base_url),
            event_hooks={"response": [_bound]},
        )
        omitted = openai.Omit()
        headers: dict[str, Any] = {"OpenAI-Organization": omitted, "OpenAI-Project": omitted}
        headers |= {"Accept-Encoding": "identity"}
        self._options: Any = {} if key else {"headers": {"Authorization": omitted}}
        self._client = openai.AsyncOpenAI(
            base_url=endpoint.base_url,
            api_key=key or "none",
            organization="",
            project="",
            max_retries=endpoint.retries,
            default_headers=headers,
            http_client=client,
        )

    async def reply(self, body: Mapping[str, object], *, retries: int | None = None) -> object:
        """One whole answer as JSON data."""
        client = self._client if retries is None else self._client.with_options(max_retries=retries)
        return await client.post(_PATH, cast_to=object, body=dict(body), options=self._options)

    @contextlib.asynccontextmanager
    async def events(self, body: Mapping[str, object]) -> AsyncIterator[AsyncIterator[object]]:
        """The events of a streamed answer as JSON data. Leaving closes the connection, which stops the server."""
        stream = await self._client.post(
            _PATH,
            cast_to=object,
            body=dict(body),
            options=self._options,
            stream=True,
            stream_cls=self._openai.AsyncStream[object],
        )
        async with stream:
            yield stream.__aiter__()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.close()


async def _bound(response: "httpx2.Response") -> None:
    """Hook of the HTTP client, before a reply's body is read."""
    import httpx2

    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        await response.aclose()
        raise ReplyTooLong("a compressed reply, which was not asked for")

    class Bounded(httpx2.AsyncByteStream):
        def __init__(self, stream: httpx2.AsyncByteStream) -> None:
            self._stream = stream

        async def __aiter__(self) -> AsyncIterator[bytes]:
            event = EventBytes()
            async for part in self._stream:
                event.take(part)
                yield part

        async def aclose(self) -> None:
            await self._stream.aclose()

    assert isinstance(response.stream, httpx2.AsyncByteStream)
    response.stream = Bounded(response.stream)


class EventBytes:
    """Counts the bytes since the last empty line, which ends an event."""

    def __init__(self) -> None:
        self._count = 0
        self._tail = b""

    def take(self, part: bytes) -> None:
        """Raises ReplyTooLong when an event has more than `MAX_EVENT_BYTES`."""
        seen = self._tail + part.replace(b"\r", b"")
        at = seen.rfind(b"\n\n")
        self._count = len(seen) - at - 2 if at >= 0 else self._count + len(part)
        self._tail = seen[-1:]
        if self._count > MAX_EVENT_BYTES:
            raise ReplyTooLong(f"more than {MAX_EVENT_BYTES} bytes in one piece")
