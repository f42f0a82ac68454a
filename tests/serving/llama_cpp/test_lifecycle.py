"""Opening, closing and breaking."""

import asyncio
import builtins
import gc
import sys
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hierarchy.chat import ChatRequest, Completion, Message, RegexConstraint, Sampling
from hierarchy.errors import EngineFailed, MissingComponent
from serving.llama_cpp.engine import LlamaCppEngine
from serving.llama_cpp.library import load_library
from serving.settings import EngineSettings

TINY = EngineSettings(context_tokens=256, max_sequences=2, max_tokens=64, batch_tokens=32, threads=1)
LAUGH = Sampling(max_tokens=60, constraint=RegexConstraint(pattern="(ha){100,}"))


def ask(text: str = "Say a word.", *samples: Sampling) -> ChatRequest:
    return ChatRequest(messages=(Message(role="user", content=text),), samples=samples or (Sampling(max_tokens=3),))


async def answers(engine: LlamaCppEngine, request: ChatRequest) -> list[Completion]:
    return [completion async for completion in engine.generate(request)]


@pytest.fixture
async def tiny(small_model: Path) -> AsyncIterator[LlamaCppEngine]:
    engine = await LlamaCppEngine.open(small_model, TINY, "tiny", "")
    yield engine
    await engine.aclose()


async def test_closing_ends_what_is_under_way(tiny: LlamaCppEngine) -> None:
    generation = tiny.generate(ask("Laugh.", LAUGH, LAUGH, LAUGH))
    queued = tiny.generate(ask("Laugh.", LAUGH))
    while not generation.usage.completion_tokens:
        await asyncio.sleep(0.01)
    await tiny.aclose()
    assert [completion async for completion in generation] == []
    assert [completion async for completion in queued] == []
    await generation.cancel()
    await tiny.aclose()
    with pytest.raises(EngineFailed, match="'tiny' is closed"):
        tiny.generate(ask())
    with pytest.raises(EngineFailed, match="closed"):
        tiny.count_tokens([Message(role="user", content="x")])


async def test_a_seed_gives_its_text_again(small_model: Path) -> None:
    engine = await LlamaCppEngine.open(small_model, TINY.model_copy(update={"reuse_prompts": False}), "tiny", "")
    samples = tuple(Sampling(temperature=1.0, seed=seed, max_tokens=12) for seed in (1, 2, 3, 1))
    first = await answers(engine, ask("Tell me something.", *samples))
    await answers(engine, ask("Something else."))
    assert await answers(engine, ask("Tell me something.", *samples)) == first
    assert len({completion.text for completion in first}) > 1
    await engine.aclose()


async def test_the_context_bounds_a_completion(tiny: LlamaCppEngine) -> None:
    request = ask("word " * 190, LAUGH)
    room = tiny.card.context_tokens - tiny.count_tokens(request.messages)
    assert 0 < room < 60
    (found,) = await answers(tiny, request)
    assert (found.finish_reason, found.completion_tokens) == ("length", room)


async def test_a_broken_decode_fails_the_request_and_the_engine_goes_on(
    small_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = await LlamaCppEngine.open(small_model, TINY.model_copy(update={"kv_tokens": 256}), "tiny", "")
    # More cells are promised than there are, so llama.cpp itself finds no room.
    monkeypatch.setattr(engine._worker._scheduler, "_free_cells", 100_000)
    monkeypatch.setattr(engine, "_card", engine.card.model_copy(update={"context_tokens": 100_000}))
    with pytest.raises(EngineFailed, match=r"decode a batch of \d+ tokens \(code 1: no room in the KV cache\)"):
        await answers(engine, ask("word " * 260))
    assert len(await answers(engine, ask())) == 1
    await engine.aclose()


async def test_what_breaks_in_one_sample_fails_its_request_only(
    tiny: LlamaCppEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Any:
        raise ZeroDivisionError("by zero")

    with monkeypatch.context() as patched:
        patched.setattr("serving.llama_cpp.worker.Sample.step", broken)
        with pytest.raises(EngineFailed, match=r"the engine broke: ZeroDivisionError\('by zero'\)"):
            await answers(tiny, ask("Hello.", Sampling(), Sampling()))
    assert len(await answers(tiny, ask())) == 1


async def test_a_forgotten_engine_is_freed(small_model: Path) -> None:
    engine = await LlamaCppEngine.open(small_model, TINY, "tiny", "")
    thread = engine._worker._thread
    del engine
    async with asyncio.timeout(30):
        while thread.is_alive():  # the loop may still hold the result of `open`
            await asyncio.sleep(0.01)
            gc.collect()
    assert not thread.is_alive()


async def test_nothing_is_left_of_many_engines(small_model: Path) -> None:
    async def once() -> None:
        engine = await LlamaCppEngine.open(small_model, TINY, "tiny", "")
        await answers(engine, ask())
        await engine.aclose()

    await once()
    before, threads = resident_mib(), threading.active_count()
    for _ in range(3):
        await once()
    assert threading.active_count() <= threads + 1  # asyncio's own pool may have grown
    assert resident_mib() - before < 60  # one engine is about 150 MiB


def resident_mib() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


async def open_(path: Path, settings: EngineSettings = TINY) -> LlamaCppEngine:
    return await LlamaCppEngine.open(path, settings, "m", "")


async def test_absent_weights(tmp_path: Path) -> None:
    with pytest.raises(MissingComponent, match=r"no weights of 'm' at .*none\.gguf.*hi-moe models pull m"):
        await open_(tmp_path / "none.gguf")


async def test_a_file_that_is_not_gguf(tmp_path: Path) -> None:
    path = tmp_path / "page.gguf"
    path.write_text("<html>not found</html>")
    with pytest.raises(MissingComponent, match=r"not a GGUF file \(it begins with b'<htm'\).*hi-moe models verify m"):
        await open_(path)


async def test_truncated_weights(tmp_path: Path, small_model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "half.gguf"
    path.write_bytes(small_model.read_bytes()[:30_000_000])
    with pytest.raises(MissingComponent, match=r"cannot load the weights .*half\.gguf.*verify m"):
        await open_(path)
    assert capfd.readouterr() == ("", "")


async def test_a_cache_that_does_not_fit_into_memory(small_model: Path) -> None:
    settings = TINY.model_copy(update={"kv_tokens": 2**31 - 1024})
    threads = threading.active_count()
    with pytest.raises(EngineFailed, match=r"of 2147482624 tokens needs \d+ MiB and \d+ MiB are free; set a"):
        await open_(small_model, settings)
    assert threading.active_count() <= threads + 1


async def test_a_context_that_llama_cpp_refuses(small_model: Path) -> None:
    settings = TINY.model_copy(update={"max_sequences": 500})
    with pytest.raises(EngineFailed, match=r"no context of \d+ tokens for 1000 sequences \(.*n_seq_max.*\); set a"):
        await open_(small_model, settings)


async def test_a_context_is_never_longer_than_the_model_was_trained_for(small_model: Path) -> None:
    engine = await open_(small_model, TINY.model_copy(update={"context_tokens": 1_000_000, "max_tokens": 16}))
    assert engine.card.context_tokens in (2048, 8192)
    await engine.aclose()


async def test_an_engine_that_is_not_installed(small_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "llama_cpp":
            raise ImportError("No module named 'llama_cpp'")
        return real(name, *rest)

    load_library.cache_clear()
    with monkeypatch.context() as patched:
        patched.delitem(sys.modules, "llama_cpp", raising=False)
        patched.setattr(builtins, "__import__", without)
        with pytest.raises(MissingComponent, match=r"not installed \(No module.*-m serving\.build_llama --install"):
            await open_(small_model)
    load_library()
