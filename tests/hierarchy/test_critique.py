"""The Monitor's probability comes from the tokens of the choice, not from what is written."""

import math

import pytest

from hierarchy.chat import Completion, Token
from hierarchy.critique import UNDECIDED, p_yes


def said(*tokens: tuple[str, dict[str, float]]) -> Completion:
    """A completion of (text, alternatives with probabilities)."""
    return Completion(
        index=0,
        text="".join(text for text, _ in tokens),
        finish_reason="stop",
        tokens=tuple(
            Token(
                text=text,
                logprob=math.log(top.get(text, 1.0)),
                top=tuple((other, math.log(p)) for other, p in top.items()),
            )
            for text, top in tokens
        ),
    )


def test_the_share_of_yes_among_yes_and_no() -> None:
    completion = said(('{"correct":"', {}), ("yes", {"yes": 0.6, "no": 0.2, "maybe": 0.2}), ('"}', {}))
    assert p_yes(completion) == pytest.approx(0.75)


def test_a_choice_that_begins_inside_the_quote_token() -> None:
    completion = said(('{"correct":', {}), ('"', {'"': 0.9}), ("no", {"no": 0.9, "yes": 0.1}), ('"}', {}))
    assert p_yes(completion) == pytest.approx(0.1)


def test_pieces_of_a_word_count_for_the_word() -> None:
    completion = said(('{"correct":"', {}), ("y", {"y": 0.5, "n": 0.5}), ("es", {"es": 1.0}), ('"}', {}))
    assert p_yes(completion) == pytest.approx(0.5)


def test_without_the_choice_it_is_undecided() -> None:
    assert p_yes(said(('{"correct":', {}))) == UNDECIDED
