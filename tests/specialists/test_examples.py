"""The dispatcher's worked examples fit the specialists, and none is also a question of the accuracy test."""

import tomllib
from pathlib import Path

from specialists.examples import examples
from specialists.registry import Registry
from specialists.words import words


def test_every_specialist_has_one_and_every_one_has_a_specialist() -> None:
    names = Registry.load().names()
    every = examples(names)
    assert {example.specialist for example in every} == set(names)
    assert len({example.text for example in every}) == len(every)


def test_only_those_of_the_specialists_at_hand_are_shown_in_the_order_of_the_file() -> None:
    every = examples(Registry.load().names())
    shown = examples(["math", "general"])
    assert shown == tuple(example for example in every if example.specialist in ("math", "general"))
    assert examples([]) == ()


def test_examples_are_not_in_the_labelled_set() -> None:
    rows = tomllib.loads((Path(__file__).parent / "statements.toml").read_text("utf-8"))["statement"]
    asked = {words(row["text"]) for row in rows}
    assert asked.isdisjoint(words(example.text) for example in examples(Registry.load().names()))


def test_words_are_cut_alike_on_both_sides() -> None:
    assert words("Doesn\u2019t it? Linked_lists, 10^9+7; class boss") == (
        "doesn't", "it", "linked", "list", "10", "9", "7", "class", "boss",
    )  # fmt: skip
    assert words("!?") == ()
