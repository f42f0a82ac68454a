"""Cutting an answer behind the beginning that was asked for."""

import pytest

from hierarchy.chat import Message
from serving.openai_endpoint.prefill import Cut, asked_in_words

FENCE = "Below is it:\n```python\n"
COMMENT = "```python\n# The script was wrong because"


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("opening", "said", "text"),
    [
        ("", "as it is", "as it is"),
        (FENCE, "Below is it:\n```python\nx = 1\n```", "x = 1\n```"),
        (FENCE, "Of course. Below is it:\n```python\nx = 1", "x = 1"),
        (FENCE, "Well:\n```py\nx = 1\n```", "x = 1\n```"),
        (FENCE, "x = 1", "x = 1"),
        (COMMENT, "```python\n# The script was wrong because of x", " of x"),
        (COMMENT, "```python\nx = 1", "\nx = 1"),
        (COMMENT, "no idea", "no idea"),
        ("The answer is", "The answer is 4", " 4"),
        ("The answer is", "4", "4"),
        ("The answer is\n", "The answer is", "The answer is"),
    ],
)
def test_what_follows_the_beginning_is_kept(opening: str, said: str, text: str, size: int) -> None:
    cut = Cut(opening)
    kept = "".join(cut.push(said[at : at + size]) for at in range(0, len(said), size))
    assert kept + ("" if cut.open else cut.rest()) == text
    assert cut.rest() == ""


def test_the_beginning_is_asked_for_at_the_end_of_what_the_user_said() -> None:
    system, user = Message(role="system", content="s"), Message(role="user", content="u")
    opening = Message(role="assistant", content="o")
    assert asked_in_words([system, user]) == ((system, user), "")
    messages, text = asked_in_words([system, user, opening])
    assert text == "o"
    assert messages[0] == system
    assert messages[1].content.startswith("u\n\nBegin")
    alone, _ = asked_in_words([system, opening])
    assert [message.role for message in alone] == ["system", "user"]
