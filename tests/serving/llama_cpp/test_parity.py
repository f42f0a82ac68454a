"""Greedy output and tokens are those of llama-cpp-python's own `Llama` class."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hierarchy.chat import ChatRequest, Message, Sampling
from serving.llama_cpp.engine import LlamaCppEngine
from serving.llama_cpp.library import load_library
from serving.llama_cpp.template import ChatTemplate
from serving.llama_cpp.weights import Weights
from serving.settings import EngineSettings

PROMPTS = [
    "Write a Python function that reverses a string.",
    "\n\n  What is the capital of France?  \n",
    "Größe, 東京 and 🙂: which of them is a city?",
]


@pytest.fixture(scope="module")
def llama(small_model: Path) -> Iterator[Any]:
    load_library()
    import llama_cpp

    # Its constructor leaves the library's log callback alone, so the silence stays. Flash attention as in our settings:
    # it rounds differently, and a near-tie of a greedy text may then fall the other way.
    model = llama_cpp.Llama(str(small_model), n_ctx=512, n_threads=2, flash_attn=True, verbose=False)
    yield model
    model.close()


@pytest.fixture(scope="module")
def alone(small_model: Path) -> Iterator[LlamaCppEngine]:
    """An engine whose requests do not see each other's prompts."""
    settings = EngineSettings(context_tokens=512, max_sequences=2, max_tokens=64, threads=2, reuse_prompts=False)
    engine = asyncio.run(LlamaCppEngine.open(small_model, settings, "alone", ""))
    yield engine
    asyncio.run(engine.aclose())


@pytest.mark.parametrize("prompt", PROMPTS)
async def test_greedy_text_is_the_same(alone: LlamaCppEngine, llama: Any, prompt: str) -> None:
    messages = [{"role": "user", "content": prompt}]
    llama.reset()  # it reuses prompts too
    theirs = llama.create_chat_completion(messages, temperature=0.0, max_tokens=32)
    request = ChatRequest(messages=(Message(role="user", content=prompt),), samples=(Sampling(max_tokens=32),))
    (ours,) = [completion async for completion in alone.generate(request)]
    assert ours.text == theirs["choices"][0]["message"]["content"]
    assert alone.count_tokens(request.messages) == theirs["usage"]["prompt_tokens"]


@pytest.mark.parametrize("text", [*PROMPTS, "", "def f(x):\n\treturn x\n" * 3, " leading", "a<b>c</b>", "\r\n\x00x"])
def test_an_ordinary_text_gets_the_ordinary_tokens(small_model: Path, llama: Any, text: str) -> None:
    weights = Weights(load_library(), small_model, "small")
    messages = [Message(role="system", content=text), Message(role="user", content=text)]
    rendered = "".join(f"<|im_start|>{m.role}\n{m.content}<|im_end|>\n" for m in messages) + "<|im_start|>assistant\n"
    assert ChatTemplate(weights).tokens(messages) == llama.tokenize(rendered.encode(), add_bos=False, special=True)
    weights.close()
