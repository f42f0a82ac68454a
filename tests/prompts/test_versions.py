"""A change of words is a change of version: the ledger's `NAME@VERSION` must name one text."""

import json
from pathlib import Path

import pytest

from prompts import loader

KNOWN = json.loads((Path(__file__).parent / "versions.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", loader.names())
def test_the_text_is_that_of_its_version(name: str) -> None:
    prompt = loader.load(name)
    key = f"{name}@{prompt.version}"
    assert KNOWN.get(key) == prompt.sha256, f"raise the version in prompts/{name}.md and add {key} to versions.json"
