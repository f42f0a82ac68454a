"""Chunks into a completion."""

import pytest
from wire_server import chunk

from hierarchy.chat import Completion, Sampling
from serving.openai_endpoint.failures import BadReply
from serving.openai_endpoint.reading import Reading


def read(*events: object, sampling: Sampling | None = None) -> Completion:
    reading = Reading(0, sampling or Sampling(), 100)
    for event in events:
        reading.take(event)
    return reading.finish()


def entry(token: str, logprob: float | None, **top: float | None) -> dict[str, object]:
    others = [{"token": name, "logprob": number} for name, number in top.items()]
    return {"token": token, "logprob": logprob, "top_logprobs": others}


def measured(text: str, *entries: dict[str, object]) -> dict[str, object]:
    return chunk(text, logprobs={"content": list(entries)})


END = chunk(finish="stop")


def test_text_and_tokens_add_up() -> None:
    found = read(
        measured("Hi you", entry("Hi", -0.5, Hi=-0.5, Ho=-2.0), entry(" you", 0.25)),
        END,
        sampling=Sampling(top_logprobs=1),
    )
    assert found.text == "Hi you"
    assert found.completion_tokens == 2
    assert [(token.text, token.logprob, token.top) for token in found.tokens] == [
        ("Hi", -0.5, (("Hi", -0.5),)),
        (" you", 0.0, ()),
    ]


def test_what_the_server_states_wins_over_what_is_counted() -> None:
    stated = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 9}}
    assert read(chunk("a"), chunk("b"), END).completion_tokens == 2
    assert read(chunk("a"), chunk("b"), END, stated).completion_tokens == 9


@pytest.mark.parametrize("logprob", [None, float("nan"), float("-inf")])
def test_a_token_without_a_probability_leaves_none_of_them(logprob: float | None) -> None:
    found = read(measured("a", entry("a", logprob)), measured("b", entry("b", -1.0, c=None)), END)
    assert (found.text, found.tokens, found.completion_tokens) == ("ab", (), 2)


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_thoughts_cost_tokens_and_are_no_answer(field: str) -> None:
    thought = {"choices": [{"delta": {field: "hmm"}}]}
    found = read(thought, thought, measured("yes", entry("yes", -1.0)), END)
    assert (found.text, found.completion_tokens, found.tokens) == ("yes", 3, ())


def test_half_a_surrogate_is_no_text() -> None:
    found = read(measured("\ud83d", entry("\ud83d", -1.0)), END)
    assert found.text == found.tokens[0].text == "?"


def test_a_stop_string_over_chunks_ends_it() -> None:
    reading = Reading(0, Sampling(stop=("END",)), 100)
    for text in ("one E", "ND two", " three"):
        reading.take(chunk(text))
    assert reading.stopped
    assert reading.finish().text == "one "


@pytest.mark.parametrize("reason", [None, "tool_calls", "x" * 100])
def test_an_end_that_is_none(reason: str | None) -> None:
    with pytest.raises(BadReply, match=r"finish_reason|ended with"):
        read(chunk("a", reason))
