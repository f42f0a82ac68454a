"""The worked examples that the few-shot dispatcher prompt shows, from `examples.toml`."""

import tomllib
from collections.abc import Collection
from importlib import resources

from pydantic import Field, TypeAdapter

from hierarchy.base import Frozen


class Example(Frozen):
    """A problem in a few words and who should solve it."""

    text: str = Field(min_length=1, max_length=80)
    specialist: str


_EXAMPLES = TypeAdapter(tuple[Example, ...])


def examples(specialists: Collection[str]) -> tuple[Example, ...]:
    """The shipped examples of these specialists, in the order of the file."""
    text = resources.files("specialists").joinpath("examples.toml").read_text("utf-8")
    every = _EXAMPLES.validate_python(tomllib.loads(text)["example"])
    return tuple(example for example in every if example.specialist in specialists)
