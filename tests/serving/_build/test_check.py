"""The few tokens that a build is tried with; `test_build_llama` runs the whole in a child process."""

from pathlib import Path

import pytest

from serving._build.check import NEW_TOKENS, generate
from serving.llama_cpp.library import load_library


def test_tokens_come_out_the_same_twice(small_model: Path) -> None:
    api = load_library().api
    first = generate(api, str(small_model))
    assert len(first) == NEW_TOKENS
    assert generate(api, str(small_model)) == first


def test_no_weights_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="cannot load"):
        generate(load_library().api, str(tmp_path / "none.gguf"))
