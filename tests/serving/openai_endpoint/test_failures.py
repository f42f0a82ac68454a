"""Servers that misbehave: a clear error each time, and nothing that hangs or goes on."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from processes import until
from wire_server import Answer, Client, Seen, WireServer, chunk, speaking

from hierarchy.chat import ChatRequest, Completion, Message, Sampling
from hierarchy.errors import (
    EngineFailed,
    HiMoeError,
    MissingComponent,
    PromptTooLong,
    SettingsError,
    UnknownName,
)
from serving.openai_endpoint.connection import MAX_EVENT_BYTES
from serving.openai_endpoint.endpoint import OpenAIEndpoint
from serving.openai_endpoint.failures import context_numbers
from serving.settings import EndpointSettings

ASKED = (Message(role="user", content="Hello there"),)
KEY = "sk-very-secret"


def settings(server: WireServer, **other: object) -> EndpointSettings:
    fixed = {"base_url": server.url, "model": "m", "context_tokens": 4096, "retries": 0, "continues_prefill": False}
    return EndpointSettings.model_validate(fixed | {"api_key_env": "KEY"} | other)


async def open_(server: WireServer, **other: object) -> OpenAIEndpoint:
    return await OpenAIEndpoint.open("far", settings(server, **other), {"KEY": KEY})


@pytest.fixture
async def endpoint(server: WireServer) -> AsyncIterator[OpenAIEndpoint]:
    opened = await open_(server, timeout_seconds=20)
    yield opened
    await opened.aclose()
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert left == []


async def answers(endpoint: OpenAIEndpoint, *samples: Sampling) -> list[Completion]:
    request = ChatRequest(messages=ASKED, samples=samples or (Sampling(max_tokens=8),))
    return [completion async for completion in endpoint.generate(request)]


def stream(*parts: object) -> Answer:
    """A stream of these parts: bytes as they are, anything else as an event. Then the connection closes."""

    def answer(_: Seen, client: Client) -> None:
        client.head(200, "text/event-stream")
        for part in parts:
            client.raw(part) if isinstance(part, bytes) else client.event(part)

    return answer


def status(number: int, message: str, **more: object) -> Answer:
    return lambda _, client: client.fail(number, message, **more)


GOOD = chunk("Hel")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (status(500, "boom"), r"'far' \(http://127.* answered 500 after 0 retries: boom"),
        (status(503, "busy"), "answered 503 after 0 retries: busy"),
        (status(429, "slow down"), "answered 429 after 0 retries"),
        (status(400, "what?"), r"answered 400: what\?"),
        (lambda _, client: client.send("no object", 502), "answered 502"),
        (lambda _, client: None, "cannot be reached or broke off"),
        (lambda _, client: client.raw(b"\x00garbage\r\n\r\n"), "cannot be reached or broke off"),
        (stream(GOOD), "no finish_reason"),
        (stream(), "no finish_reason"),
        (stream(GOOD, b"data: {nope\n\n"), "nonsense: no JSON"),
        (stream(b"data: \xff\xfe\n\n"), "nonsense"),
        (stream([1, 2]), "another form"),
        (stream("text"), "another form"),
        (stream({"choices": 3}), r"another form: choices"),
        (stream({"choices": [{"delta": {"content": 3}}]}), r"choices\.0\.delta\.content"),
        (stream({"choices": [], "usage": {"completion_tokens": -5}}), r"usage\.completion_tokens"),
        (stream({"choices": [{}] * 17}), "another form"),
        (stream(GOOD, chunk(finish="content_filter")), "ended with 'content_filter'"),
        (stream(GOOD, {"error": {"message": "cuda died"}}), "'far' .* failed: cuda died"),
        (stream(GOOD, chunk("x" * 10_000)), "characters"),
        (stream(b"data: " + b"x" * (MAX_EVENT_BYTES + 1)), "bytes in one piece"),
        (stream(b"data: " + b"[" * 200_000 + b"\n\n"), "nonsense"),
        (lambda _, client: client.send({}, Content_Encoding="gzip"), "compressed"),
    ],
)
async def test_what_a_server_does_wrong_is_infrastructure(
    server: WireServer, endpoint: OpenAIEndpoint, answer: Answer, message: str
) -> None:
    server.chat = answer
    with pytest.raises(EngineFailed, match=message) as caught:
        await answers(endpoint)
    assert "\n" not in str(caught.value)


async def test_a_server_that_hangs_is_given_up(server: WireServer) -> None:
    endpoint = await open_(server, timeout_seconds=0.3)
    for answer in (lambda _, client: client.hang(), _hang_midway):
        server.chat = answer
        with pytest.raises(
            EngineFailed, match=r"did not answer within 0\.3 s.*models\.endpoints\.far\.timeout_seconds"
        ):
            await answers(endpoint)
    await endpoint.aclose()


def _hang_midway(_: Seen, client: Client) -> None:
    client.head(200, "text/event-stream")
    client.event(GOOD)
    while not client.hang(0.01):
        client.raw(b": keepalive\n\n")


@pytest.mark.parametrize(
    ("answer", "kind", "message"),
    [
        (status(401, f"Incorrect key {KEY}"), MissingComponent, r"refuses us \(401: Incorrect key \*\*\*\); .*\$KEY"),
        (status(403, "no"), MissingComponent, "403"),
        (status(404, "no such model"), UnknownName, r"has no model 'm'.*curl http"),
        (status(400, "nope", code="model_not_found"), UnknownName, "has no model 'm'"),
        (
            lambda _, client: client.send({}, 307, Location="http://elsewhere/v1"),
            SettingsError,
            "redirects to http://else",
        ),
        (lambda _, client: client.send([1]), EngineFailed, "another form"),
        (lambda _, client: client.send({}, 500), EngineFailed, "answered 500"),
    ],
)
async def test_what_is_wrong_is_seen_when_an_endpoint_is_opened(
    server: WireServer, answer: Answer, kind: type[HiMoeError], message: str
) -> None:
    server.chat = answer
    with pytest.raises(kind, match=message) as caught:
        await open_(server)
    assert KEY not in str(caught.value)


async def test_without_a_server_or_a_key() -> None:
    gone = EndpointSettings(base_url="http://127.0.0.1:1/v1", model="m", context_tokens=512, retries=0)
    with pytest.raises(EngineFailed, match=r"'far' \(http://127\.0\.0\.1:1/v1\) cannot be reached"):
        await OpenAIEndpoint.open("far", gone, {})
    keyed = gone.model_copy(update={"api_key_env": "KEY"})
    with pytest.raises(MissingComponent, match=r"variable 'KEY' is not set; export KEY="):
        await OpenAIEndpoint.open("far", keyed, {"KEY": " "})
    with pytest.raises(MissingComponent, match="holds no key"):
        await OpenAIEndpoint.open("far", keyed, {"KEY": "a\nb"})


async def test_a_refusal_for_want_of_a_key_says_where_to_name_it(server: WireServer) -> None:
    server.chat = status(401, "who are you?")
    with pytest.raises(MissingComponent, match=r"set models\.endpoints\.far\.api_key_env"):
        await open_(server, api_key_env=None)


async def test_busy_servers_are_asked_again_as_often_as_was_said(server: WireServer) -> None:
    endpoint = await open_(server, retries=1)
    before = len(server.seen)
    busy = [True, True]

    def answer(seen: Seen, client: Client) -> None:
        if busy and busy.pop():
            client.fail(503, "busy")
        else:
            speaking("Fine")(seen, client)

    busy.pop()
    server.chat = answer
    assert [completion.text for completion in await answers(endpoint)] == ["Fine"]
    assert len(server.seen) - before == 2
    busy[:] = [True, True]
    with pytest.raises(EngineFailed, match="503 after 1 retries"):
        await answers(endpoint)
    await endpoint.aclose()


async def test_one_failed_sample_ends_the_request_and_the_others(server: WireServer, endpoint: OpenAIEndpoint) -> None:
    def answer(seen: Seen, client: Client) -> None:
        if seen.body["seed"] == 1:
            client.fail(400, "no")
        else:
            _endless(seen, client)

    server.chat = answer
    with pytest.raises(EngineFailed, match="400"):
        await answers(endpoint, Sampling(seed=0, max_tokens=9999), Sampling(seed=1))
    await until(lambda: len(server.left) == 1)


def _endless(_: Seen, client: Client) -> None:
    client.head(200, "text/event-stream")
    while not client.hang(0.005):
        client.event(chunk("ha "))


async def test_cancelling_closes_the_connection_of_a_sample(server: WireServer, endpoint: OpenAIEndpoint) -> None:
    server.chat = _endless
    samples = tuple(Sampling(seed=seed, max_tokens=100_000) for seed in range(3))
    generation = endpoint.generate(ChatRequest(messages=ASKED, samples=samples))
    await until(lambda: generation.usage.completion_tokens > 6)
    await generation.cancel(1)
    await until(lambda: len(server.left) == 1)
    assert server.left[0].body["seed"] == 1
    await generation.cancel()
    await until(lambda: len(server.left) == 3)
    assert [completion async for completion in generation] == []
    spent = generation.usage
    assert spent.completion_tokens > 6
    assert spent.prompt_tokens > 0
    await generation.cancel()
    assert generation.usage == spent


async def test_closing_ends_what_is_under_way(server: WireServer) -> None:
    endpoint = await open_(server, max_concurrency=1)
    server.chat = _endless
    generations = [endpoint.generate(ChatRequest(messages=ASKED, samples=(Sampling(max_tokens=10**5),))) for _ in "ab"]
    await until(lambda: generations[0].usage.completion_tokens)
    assert generations[1].usage.prompt_tokens == 0, "it waits for its place"
    await endpoint.aclose()
    await until(lambda: len(server.left) == 1)
    assert [[completion async for completion in generation] for generation in generations] == [[], []]


async def test_the_key_and_nothing_else_of_ours_is_sent(server: WireServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "theirs")
    server.tokenize = lambda _, client: client.send({"count": 3, "max_model_len": 64, "tokens": [1, 2, 3]})
    await (await open_(server)).aclose()
    assert {seen.headers["authorization"] for seen in server.seen} == {f"Bearer {KEY}"}
    server.seen.clear()
    await (await open_(server, api_key_env=None)).aclose()
    assert {seen.headers.get("authorization") for seen in server.seen} == {None}
    assert "theirs" not in json.dumps([seen.headers for seen in server.seen])


async def test_a_completion_that_does_not_fit_is_asked_for_shorter(
    server: WireServer, endpoint: OpenAIEndpoint
) -> None:
    def answer(seen: Seen, client: Client) -> None:
        if seen.body["max_tokens"] > 24:
            client.fail(400, "maximum context length is 1024 tokens and your request has 1000 input tokens")
        else:
            speaking("Fine")(seen, client)

    server.chat = answer
    assert [completion.text for completion in await answers(endpoint, Sampling(max_tokens=500))] == ["Fine"]
    assert [seen.body["max_tokens"] for seen in server.seen[-2:]] == [500, 24]


@pytest.mark.parametrize(
    ("said", "limit", "prompt"),
    [
        (
            "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens "
            "(4500 in the messages, 500 in the completion).",
            4096,
            4500,
        ),
        ("the request exceeds the available context size, try increasing it", None, None),
        (
            "'max_tokens' is too large: 900. This model's maximum context length is 1024 tokens and your request has "
            "200 input tokens",
            1024,
            200,
        ),
    ],
)
async def test_a_context_that_is_too_short_is_recognised(
    server: WireServer, endpoint: OpenAIEndpoint, said: str, limit: int | None, prompt: int | None
) -> None:
    assert context_numbers(said) == (limit, prompt)
    server.chat = status(400, said)
    with pytest.raises(PromptTooLong) as caught:
        await answers(endpoint)
    assert caught.value.context_tokens == (limit or 4096)
    assert caught.value.prompt_tokens == (prompt or endpoint.count_tokens(ASKED))
