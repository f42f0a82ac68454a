"""How long prompts are."""

import pytest
from wire_server import Answer, Client, Seen, WireServer

from hierarchy.chat import Message
from serving.openai_endpoint.counting import TokenCounter, estimate
from serving.openai_endpoint.endpoint import OpenAIEndpoint
from serving.settings import EndpointSettings

ASKED = (Message(role="user", content="one two three"),)
OPENED = (*ASKED, Message(role="assistant", content="four"))


def counting(seen: Seen, client: Client) -> None:
    header = 0 if seen.body.get("continue_final_message") else 10
    client.send({"count": seen.words + header, "max_model_len": 300, "tokens": [1]})


def settings(server: WireServer, context_tokens: int = 4096) -> EndpointSettings:
    return EndpointSettings(
        base_url=server.url, model="m", context_tokens=context_tokens, retries=0, continues_prefill=True
    )


async def test_vllm_counts_for_itself_and_bounds_the_context(server: WireServer) -> None:
    server.tokenize = counting
    endpoint = await OpenAIEndpoint.open("far", settings(server), {})
    assert endpoint.card.context_tokens == 300
    assert endpoint.count_tokens(ASKED) == 13
    assert endpoint.count_tokens(OPENED) == 4
    asked = len(server.seen)
    assert endpoint.count_tokens(ASKED) == 13
    assert len(server.seen) == asked, "it is remembered"
    await endpoint.aclose()
    smaller = await OpenAIEndpoint.open("far", settings(server, 256), {})
    assert smaller.card.context_tokens == 256
    await smaller.aclose()


def test_elsewhere_it_is_estimated() -> None:
    assert estimate([Message(role="user", content="abcdef")]) == 2 + 10
    assert estimate([Message(role="user", content="\ud800é"), Message(role="user", content="")]) == 1 + 15


@pytest.mark.parametrize(
    "reply",
    [
        lambda _, client: client.send({"tokens": [1, 2]}),
        lambda _, client: client.send({"count": "7"}),
        lambda _, client: client.send({"count": True}),
        lambda _, client: client.send({"count": -1}),
        lambda _, client: client.send({"count": 5}, 500),
        lambda _, client: client.send([5]),
        lambda _, client: client.send({"count": 5}, Content_Encoding="gzip"),
        lambda _, client: client.raw(b"HTTP/1.0 200 OK\r\n\r\nno json"),
        lambda _, client: client.raw(b"HTTP/1.0 200 OK\r\n\r\n" + b" " * 5 * 2**20),
        lambda _, client: None,
    ],
)
def test_a_count_that_is_none_is_not_believed(server: WireServer, reply: Answer) -> None:
    counter = TokenCounter(settings(server), None)
    server.tokenize = reply
    assert counter.probe() is None
    assert counter.count(ASKED) == estimate(ASKED)
    assert len(server.seen) == 1, "who did not answer at first is not asked again"
    counter.close()


def test_a_server_that_stops_counting_is_left_alone_for_a_while(server: WireServer) -> None:
    counter = TokenCounter(settings(server), "key")
    server.tokenize = lambda _, client: client.send({"count": 5})
    assert counter.probe() == 2**31
    server.tokenize = None
    assert counter.count(ASKED) == estimate(ASKED)
    server.tokenize = counting
    assert counter.count(ASKED) == estimate(ASKED)
    assert len(server.seen) == 2
    assert server.seen[-1].headers["authorization"] == "Bearer key"
    counter.close()
