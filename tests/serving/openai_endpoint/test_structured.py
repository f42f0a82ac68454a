"""JSON and patterns from servers that keep to them, ignore them, or do not know them."""

import json

import pytest
from wire_server import Answer, Client, Seen, WireServer, speaking

from hierarchy.chat import ChatRequest, Completion, JsonConstraint, Message, RegexConstraint, Sampling, Token
from hierarchy.errors import EngineFailed, UsageError
from serving.openai_endpoint.endpoint import OpenAIEndpoint
from serving.openai_endpoint.structured import without_space
from serving.settings import EndpointSettings

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}, "required": ["n"]}
CONSTRAINT = JsonConstraint(schema_text=json.dumps(SCHEMA))
CANARY = '{ "colour": "heliotrope" }'


async def answer(
    server: WireServer, constraint: JsonConstraint | RegexConstraint = CONSTRAINT, *more: Message
) -> Completion:
    settings = EndpointSettings(base_url=server.url, model="m", context_tokens=4096, retries=0, continues_prefill=True)
    endpoint = await OpenAIEndpoint.open("far", settings, {})
    try:
        messages = (Message(role="user", content="How many?"), *more)
        sampling = Sampling(max_tokens=32, constraint=constraint)
        (found,) = [one async for one in endpoint.generate(ChatRequest(messages=messages, samples=(sampling,)))]
        return found
    finally:
        await endpoint.aclose()


def keeping(kind: str, said: str) -> Answer:
    """Keeps to one form of `response_format`; refuses the other."""

    def reply(seen: Seen, client: Client) -> None:
        asked = seen.body.get("response_format")
        if asked is None:
            speaking("Hello")(seen, client)
        elif asked["type"] != kind:
            client.fail(422, "response_format")
        else:
            speaking(CANARY if "heliotrope" in json.dumps(asked) else said)(seen, client)

    return reply


@pytest.mark.parametrize("kind", ["json_schema", "json_object"])
async def test_a_server_that_keeps_to_a_schema(server: WireServer, kind: str) -> None:
    server.chat = keeping(kind, '{\n  "n": 3\n}')
    assert (await answer(server)).text == '{"n":3}'
    asked = server.seen[-1].body["response_format"]
    assert (asked["json_schema"]["schema"] if kind == "json_schema" else asked["schema"]) == SCHEMA


@pytest.mark.parametrize("said", ['{"n": 0}', '{"m": 1}', "three", "[" * 5000])
async def test_an_answer_outside_of_a_schema_that_is_kept_is_an_error(server: WireServer, said: str) -> None:
    server.chat = keeping("json_schema", said)
    with pytest.raises(EngineFailed, match="not of the JSON Schema"):
        await answer(server)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ('{ "n": 3 }', '{"n":3}'),
        ('```json\n{"n": 3}\n```', '{"n":3}'),
        ("three", "three"),
        ('{"n": 0}', '{"n": 0}'),
    ],
)
async def test_a_server_that_ignores_a_schema_is_asked_in_words(server: WireServer, said: str, text: str) -> None:
    server.chat = speaking(said)
    assert (await answer(server)).text == text
    body = server.seen[-1].body
    assert "response_format" not in body
    assert body["messages"][-1]["content"].endswith(CONSTRAINT.schema_text)


async def test_the_wish_stands_before_a_beginning(server: WireServer) -> None:
    await answer(server, CONSTRAINT, Message(role="assistant", content="{"))
    asked = server.seen[-1].body["messages"]
    assert [message["role"] for message in asked] == ["user", "assistant"]
    assert CONSTRAINT.schema_text in asked[0]["content"]


async def test_an_answer_that_was_cut_off_is_passed_on(server: WireServer) -> None:
    server.chat = speaking('{"n', finish="length")
    assert (await answer(server)).finish_reason == "length"


async def test_a_pattern_goes_to_vllm_and_is_checked(server: WireServer) -> None:
    server.chat = speaking("abba")
    assert (await answer(server, RegexConstraint(pattern="[ab]+"))).text == "abba"
    assert server.seen[-1].body["structured_outputs"] == {"regex": "[ab]+"}
    with pytest.raises(EngineFailed, match="does not match 'c'"):
        await answer(server, RegexConstraint(pattern="c"))


@pytest.mark.parametrize("text", ["{", "[]", '{"type": "nothing"}', '{"$ref": "http://127.0.0.1:1/x"}'])
async def test_a_schema_that_is_none_is_the_callers_mistake(server: WireServer, text: str) -> None:
    server.chat = speaking("{}")
    with pytest.raises(UsageError, match="the JSON Schema"):
        await answer(server, JsonConstraint(schema_text=text))


async def test_a_server_that_breaks_while_it_is_tried_out(server: WireServer) -> None:
    def reply(seen: Seen, client: Client) -> None:
        if "response_format" in seen.body:
            client.fail(429, "later")
        else:
            speaking("x")(seen, client)

    server.chat = reply
    with pytest.raises(EngineFailed, match="429"):
        await answer(server)


def test_white_space_between_the_parts_of_a_document_is_taken_from_its_tokens() -> None:
    tokens = [
        Token(text=text, logprob=-1.0, top=((" no", -2.0),)) for text in ['{ "', 'a b\\"', '" :', "  ", ' "c d"}']
    ]
    squeezed = without_space(tokens)
    assert [token.text for token in squeezed] == ['{"', 'a b\\"', '":', '"c d"}']
    assert [token.top[0][0] for token in squeezed] == ["no", " no", " no", "no"]
