"""The confidence is arithmetic over the reported tokens: plain values in, plain values out."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.chat import Token
from specialists.choice import chosen, probabilities, schema

CODE = ("algorithms", "data_structures", "debugging", "python", "refactoring")


def token(text: str, p: float = 1.0, **others: float) -> Token:
    """A token with its probability and those of its alternatives; `_q` stands for a quote in their names."""
    top = ((text, math.log(p)), *((name.replace("_q", '"'), math.log(q)) for name, q in others.items()))
    return Token(text=text, logprob=math.log(p), top=top)


OPENING = (token('{"'), token("special"), token("ist"), token('":"'))
CLOSING = (token('","'), token("confidence"), token('":'), token("0.9"), token("}"))


def spread(*tokens: Token, names: tuple[str, ...] = CODE) -> dict[str, float]:
    found = probabilities((*OPENING, *tokens, *CLOSING), names)
    assert sum(found.values()) == pytest.approx(1)
    assert set(found) == set(names)
    return found


def test_the_alternatives_of_the_first_token_are_renormalised_over_the_names() -> None:
    found = spread(token("math", 0.6, general=0.2, The=0.1, soup=0.05), names=("math", "general"))
    assert found == pytest.approx({"math": 0.75, "general": 0.25})


def test_tokens_after_the_name_is_decided_say_nothing() -> None:
    sure = spread(
        token("data", 0.4, algorithms=0.1, python=0.3, debugging=0.1, refactoring=0.1), token("_struct", 0.01)
    )
    assert sure["data_structures"] == pytest.approx(0.4)


def test_a_common_beginning_is_split_at_the_next_token() -> None:
    found = spread(
        token("d", 0.5, algorithms=0.2, python=0.2, refactoring=0.1),
        token("ebug", 0.3, ata=0.1, x=0.6),
        token("ging"),
    )
    assert found["debugging"] == pytest.approx(0.5 * 0.75)
    assert found["data_structures"] == pytest.approx(0.5 * 0.25)
    assert found["algorithms"] == pytest.approx(0.2)


def test_a_name_that_begins_another_ends_with_its_quote() -> None:
    names = ("math", "mathematics")
    found = probabilities((*OPENING, token("math"), token('","', 0.2, ematics=0.6, _q=0.2)), names)
    assert found == pytest.approx({"math": 0.4, "mathematics": 0.6})


def test_several_spellings_of_one_name_add_up() -> None:
    found = spread(token("math", 0.3, m=0.1, ma=0.1, general=0.5), names=("general", "math"))
    assert found == pytest.approx({"math": 0.5, "general": 0.5})


def test_an_alternative_that_fits_several_names_is_split_evenly() -> None:
    found = spread(token("python", 0.4, d=0.2, algorithms=0.2, refactoring=0.2))
    assert found["debugging"] == found["data_structures"] == pytest.approx(0.1)


def test_a_token_may_hold_the_quote_before_the_name_and_the_one_after_it() -> None:
    found = probabilities((*OPENING[:3], token('":"math","', 0.5, **{"_q:_qgeneral": 0.5})), ("general", "math"))
    assert found == pytest.approx({"math": 0.5, "general": 0.5})


def test_an_unreported_name_gets_the_most_it_can_have() -> None:
    found = spread(token("math", 0.8, soup=0.1, rice=0.05), names=("general", "math"))
    assert found["general"] == pytest.approx(0.05 / 0.85)


def test_without_alternatives_the_choice_is_no_surer_than_chance() -> None:
    found = spread(Token(text="python", logprob=-9.0))
    assert found["python"] == pytest.approx(1 / 5)


def test_a_choice_that_the_model_itself_would_never_make_is_not_sure() -> None:
    """Every reported alternative is off the schema, and the constrained token is far below them."""
    found = spread(Token(text="python", logprob=-800.0, top=(("Sure", -0.1), ("The", -3.0))))
    assert found["python"] == pytest.approx(1 / 5)


def test_a_token_far_below_its_alternatives_does_not_overflow() -> None:
    found = spread(Token(text="python", logprob=-5000.0, top=(("debugging", -0.1),)))
    assert found["debugging"] == pytest.approx(1)


def test_one_name_is_certain() -> None:
    assert probabilities(OPENING, ("math",)) == {"math": 1.0}


@pytest.mark.parametrize("tokens", [(), OPENING, (*OPENING, token("poetry")), (*OPENING, token(""), token("d"))])
def test_tokens_that_name_no_specialist(tokens: tuple[Token, ...]) -> None:
    with pytest.raises(ValueError, match="the tokens choose none of the options"):
        probabilities(tokens, CODE)


@given(st.lists(st.floats(-60, 0), min_size=5, max_size=5))
def test_any_alternatives_give_a_distribution(logprobs: list[float]) -> None:
    top = tuple(zip(("algo", "data", "debug", "py", "ref"), logprobs, strict=True))
    best = max(top, key=lambda alternative: alternative[1])
    found = probabilities((*OPENING, Token(text=best[0], logprob=best[1], top=top)), CODE)
    assert sum(found.values()) == pytest.approx(1)
    assert max(found.values()) == pytest.approx(sum(p for name, p in found.items() if name.startswith(best[0])))


def test_the_schema_is_of_the_shape_and_admits_no_long_number() -> None:
    shape = json.loads(schema(("general", "math")))
    assert shape["required"] == list(shape["properties"]) == ["specialist", "confidence"]
    assert shape["properties"]["specialist"] == {"enum": ["general", "math"]}
    assert 0.9 in shape["properties"]["confidence"]["enum"]
    assert shape["additionalProperties"] is False


def test_the_chosen_name() -> None:
    assert chosen('{"specialist":"math","confidence":0.9}', ("math",)) == "math"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no JSON: ''"),
        ('{"specialist":"ma', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ('["math"]', "no specialist of this task"),
        ('{"specialist":["math"]}', "no specialist of this task"),
        ('{"specialist":"python"}', "no specialist of this task"),
    ],
)
def test_an_answer_off_the_schema(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        chosen(text, ("math",))
