"""The automata of the shipped schemas stay small: one that counts characters takes gigabytes and minutes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hierarchy import architect, critique
from hierarchy.chat import JsonConstraint
from serving.llama_cpp.constraint import ConstraintCompiler
from serving.llama_cpp.library import load_library
from serving.llama_cpp.weights import Weights
from specialists.choice import schema
from specialists.registry import Registry

MOST_TRANSITIONS = 10_000_000
"""Of the vocabulary of 49,152 tokens: 200 states in which any token may come."""


@pytest.fixture(scope="module")
def compiler(small_model: Path) -> Iterator[ConstraintCompiler]:
    weights = Weights(load_library(), small_model, "small")
    compiler = ConstraintCompiler(weights)
    yield compiler
    compiler.close()
    weights.close()


@pytest.mark.parametrize(
    "text",
    [architect._SCHEMA, critique._SCHEMA, schema(Registry.load().names())],
    ids=["plan", "critique", "dispatch"],
)
def test_a_shipped_schema_has_a_small_automaton(compiler: ConstraintCompiler, text: str) -> None:
    index = compiler.compile(JsonConstraint(schema_text=text)).result()
    assert sum(map(len, index.get_transitions().values())) < MOST_TRANSITIONS
