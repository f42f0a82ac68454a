"""What is found out about a server when an endpoint is opened, and what is sent afterwards."""

import pytest
from wire_server import Answer, Client, Seen, WireServer, speaking

from hierarchy.chat import ChatRequest, Completion, Message, Sampling
from serving.openai_endpoint.endpoint import OpenAIEndpoint
from serving.openai_endpoint.wire import OPTIONAL
from serving.settings import EndpointSettings

USER = Message(role="user", content="Add two numbers.")
OPENING = Message(role="assistant", content="Here it is:\n```python\n")


async def open_(server: WireServer, **other: object) -> OpenAIEndpoint:
    fixed = {"base_url": server.url, "model": "m", "context_tokens": 4096, "retries": 0}
    return await OpenAIEndpoint.open("far", EndpointSettings.model_validate(fixed | other), {})


async def answer(endpoint: OpenAIEndpoint, *messages: Message, sampling: Sampling | None = None) -> Completion:
    request = ChatRequest(messages=messages or (USER,), samples=(sampling or Sampling(max_tokens=64),))
    (found,) = [completion async for completion in endpoint.generate(request)]
    return found


def refusing(*fields: str, says: str = "Unrecognized request argument supplied: {}", number: int = 400) -> Answer:
    def reply(seen: Seen, client: Client) -> None:
        wrong = next((field for field in fields if field in seen.body), None)
        if wrong is None:
            speaking("Fine")(seen, client)
        else:
            client.fail(number, says.format(wrong))

    return reply


@pytest.mark.parametrize(
    ("reply", "left_out"),
    [
        (speaking("Fine"), set()),
        (refusing("top_k", "min_p"), {"top_k", "min_p"}),
        (refusing("stream_options"), {"stream_options"}),
        (refusing("logprobs", says="logprobs is not supported without logits_all", number=500), {"logprobs"}),
        (refusing("seed", says="extra fields are not permitted", number=422), set(OPTIONAL)),
    ],
)
async def test_a_field_that_is_refused_is_left_out(server: WireServer, reply: Answer, left_out: set[str]) -> None:
    server.chat = reply
    endpoint = await open_(server, continues_prefill=False)
    assert OPTIONAL - endpoint.abilities.fields >= left_out
    assert (await answer(endpoint)).text == "Fine"
    body = server.seen[-1].body
    assert not left_out & body.keys()
    assert (body["max_tokens"], body["temperature"], body["top_p"], body["stream"]) == (64, 0.0, 1.0, True)
    await endpoint.aclose()


async def test_samples_are_drawn_as_asked_not_as_the_server_would(server: WireServer) -> None:
    endpoint = await open_(server)
    sampling = Sampling(
        temperature=0.8, top_p=0.9, top_k=5, min_p=0.1, seed=2**31 + 5, top_logprobs=50, stop=("a",) * 9
    )
    await answer(endpoint, sampling=sampling)
    body = server.seen[-1].body
    wanted: dict[str, object] = {
        "temperature": 0.8,
        "top_p": 0.9,
        "top_k": 5,
        "min_p": 0.1,
        "seed": 5,
        "repetition_penalty": 1.0,
    }
    wanted |= {"repeat_penalty": 1.0, "top_logprobs": 20, "logprobs": True, "stop": ["a"] * 4, "model": "m"}
    assert {key: body[key] for key in wanted} == wanted
    await endpoint.aclose()


async def test_newer_models_call_the_bound_otherwise(server: WireServer) -> None:
    says = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    server.chat = refusing("max_tokens", says=says)
    endpoint = await open_(server)
    await answer(endpoint)
    assert server.seen[-1].body["max_completion_tokens"] == 64
    await endpoint.aclose()


async def test_a_server_that_continues_gets_the_beginning_to_continue(server: WireServer) -> None:
    server.chat = speaking("def add", continues=True)
    endpoint = await open_(server)
    assert endpoint.abilities.continues
    assert (await answer(endpoint, USER, OPENING)).text == "def add"
    body = server.seen[-1].body
    assert body["messages"][-1] == OPENING.model_dump()
    assert (body["continue_final_message"], body["add_generation_prompt"]) == (True, False)
    await endpoint.aclose()


@pytest.mark.parametrize("reply", [speaking("x"), speaking("x", usage=False), refusing("continue_final_message")])
async def test_a_server_that_does_not_is_asked_in_words(server: WireServer, reply: Answer) -> None:
    server.chat = reply
    endpoint = await open_(server)
    assert not endpoint.abilities.continues
    server.chat = speaking("Sure! Here it is:\n```py", "thon", "\nx = 1", "\n```\nBye\n```\n")
    found = await answer(endpoint, USER, OPENING, sampling=Sampling(max_tokens=64, stop=("\n```",)))
    assert (found.text, found.finish_reason) == ("x = 1", "stop")
    body = server.seen[-1].body
    assert [message["role"] for message in body["messages"]] == ["user"]
    assert body["messages"][0]["content"].endswith(f"exactly this text and go on from there:\n{OPENING.content}")
    assert "stop" not in body, "the server would stop at a fence before the beginning"
    await endpoint.aclose()


async def test_what_the_settings_say_is_not_asked(server: WireServer) -> None:
    endpoint = await open_(server, continues_prefill=True)
    assert endpoint.abilities.continues
    assert not any("continue_final_message" in seen.body for seen in server.seen)
    await endpoint.aclose()
