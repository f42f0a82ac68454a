"""The scripted engine keeps the contract of `ChatModel`, so that policy tests mean something."""

import pytest

from hierarchy.chat import ChatRequest, Completion, Message, Sampling, Token
from hierarchy.errors import AdapterNotServed, EngineFailed, PromptTooLong
from hierarchy.protocols import ChatModel
from serving.scripted import ScriptedEngine


def request(samples: int = 1, text: str = "say it", **sampling: object) -> ChatRequest:
    return ChatRequest(
        messages=(Message(role="user", content=text),),
        samples=tuple(Sampling.model_validate({"seed": seed, **sampling}) for seed in range(samples)),
    )


async def texts(engine: ChatModel, asked: ChatRequest) -> dict[int, str]:
    return {completion.index: completion.text async for completion in engine.generate(asked)}


async def test_replies_are_used_in_order_over_requests() -> None:
    engine = ScriptedEngine(["a", "b", "c"])
    assert await texts(engine, request(2)) == {0: "a", 1: "b"}
    assert await texts(engine, request(1)) == {0: "c"}
    assert [len(asked.samples) for asked in engine.requests] == [2, 1]


async def test_a_function_sees_request_and_index() -> None:
    engine = ScriptedEngine(lambda asked, index: f"{asked.messages[-1].content} {index}")
    assert await texts(engine, request(2, "hello")) == {0: "hello 0", 1: "hello 1"}


async def test_an_exhausted_script_fails_as_an_engine() -> None:
    with pytest.raises(EngineFailed, match="no reply left for sample 1 of request 0"):
        await texts(ScriptedEngine(["only one"]), request(2))


async def test_a_scripted_error_is_raised() -> None:
    with pytest.raises(EngineFailed, match="power cut"):
        await texts(ScriptedEngine([EngineFailed("power cut")]), request())


async def test_completions_come_in_order_of_completion() -> None:
    engine = ScriptedEngine(["slow", "fast"], delay=lambda _, index: 0.05 if index == 0 else 0.0)
    assert [completion.text async for completion in engine.generate(request(2))] == ["fast", "slow"]


async def test_cancel_drops_what_is_still_decoding_and_ends_the_stream() -> None:
    engine = ScriptedEngine(["now", "never", "never"], delay=lambda _, index: 0.0 if index == 0 else 3600.0)
    generation = engine.generate(request(3))
    seen = []
    async for completion in generation:
        seen.append(completion.text)
        await generation.cancel()
    assert seen == ["now"]
    assert engine.cancelled == [(0, 1), (0, 2)]
    assert [completion async for completion in generation] == []
    assert generation.usage.completion_tokens == 1
    assert generation.usage.calls == 1


async def test_one_sample_is_cancelled_alone() -> None:
    engine = ScriptedEngine(["a", "b"])
    generation = engine.generate(request(2))
    await generation.cancel(0)
    assert [completion.text async for completion in generation] == ["b"]


async def test_aclose_cancels_everything() -> None:
    engine = ScriptedEngine(["never"], delay=3600.0)
    generation = engine.generate(request())
    await engine.aclose()
    assert [completion async for completion in generation] == []


async def test_stop_and_max_tokens_are_honoured() -> None:
    engine = ScriptedEngine(["one two STOP three", "one two three"])
    first, second = [c async for c in engine.generate(request(2, stop=("STOP", "")))]
    assert (first.text, first.finish_reason, first.completion_tokens) == ("one two ", "stop", 2)
    assert second.finish_reason == "stop"
    (cut,) = [c async for c in ScriptedEngine(["one two three"]).generate(request(max_tokens=2))]
    assert (cut.text, cut.finish_reason, cut.completion_tokens) == ("one two", "length", 2)


async def test_a_completion_is_given_as_written() -> None:
    written = Completion(index=9, text="x", finish_reason="stop", tokens=(Token(text="x", logprob=-0.5),))
    (given,) = [c async for c in ScriptedEngine([written]).generate(request())]
    assert given == written.model_copy(update={"index": 0})
    assert given.mean_logprob == -0.5


async def test_words_are_tokens_and_the_context_bounds_the_prompt() -> None:
    engine = ScriptedEngine(["x"], context_tokens=3, name="tiny")
    assert engine.count_tokens(request(1, "one two").messages) == 2
    assert engine.card.name == "tiny"
    with pytest.raises(PromptTooLong, match=r"3 tokens.*context of 3 tokens of 'tiny'"):
        engine.generate(request(1, "one two three"))


async def test_adapters_are_refused_unless_served() -> None:
    asked = request().model_copy(update={"adapter": "limo"})
    with pytest.raises(AdapterNotServed, match="'limo'"):
        ScriptedEngine(["x"]).generate(asked)
    assert await texts(ScriptedEngine(["x"], adapters=["limo"]), asked) == {0: "x"}
