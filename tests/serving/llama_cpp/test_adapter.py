"""LoRA adapters on the small model, written with ggml's own `gguf` package."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from hierarchy.chat import ChatRequest, Message, Sampling
from hierarchy.errors import MissingComponent
from serving.engines import weights_of
from serving.llama_cpp.engine import LlamaCppEngine
from serving.models.digest import sha256_file
from serving.models.store import ModelStore
from serving.settings import EndpointSettings, EngineSettings, ModelsSettings

RANK = 4
QUERY = "blk.0.attn_q.weight"
WIDTH = 576
"""Of SmolLM2-135M: a query projection of 576 by 576."""
SETTINGS = EngineSettings(context_tokens=256, max_sequences=2, max_tokens=32, batch_tokens=32, threads=1)
Tensors = dict[str, "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]


def pair(
    name: str = QUERY, *, size: float = 1.0, width: int = WIDTH, rank: int = RANK, rank_b: int | None = None
) -> Tensors:
    """A and B with random numbers; `size` 0 makes B nothing."""
    random = np.random.default_rng(7)
    return {
        f"{name}.lora_a": random.standard_normal((rank, width), dtype=np.float32),
        f"{name}.lora_b": size * random.standard_normal((WIDTH, rank_b or rank), dtype=np.float32),
    }


def write(
    path: Path,
    tensors: Tensors,
    *,
    architecture: str = "llama",
    kind: str = "adapter",
    adapter: str | None = "lora",
    alpha: float | None = 8.0,
) -> Path:
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type(kind)
    if adapter is not None:
        writer.add_string("adapter.type", adapter)
    if alpha is not None:
        writer.add_float32("adapter.lora.alpha", alpha)
    writer.add_array("some.words", ["one", "two"])
    writer.add_array("some.numbers", [1, 2, 3])
    for name, tensor in tensors.items():
        writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


async def answer(weights: Path, adapter: Path | None) -> str:
    engine = await LlamaCppEngine.open(weights, SETTINGS.model_copy(update={"adapter": adapter}), "small", "sha")
    try:
        message = Message(role="user", content="Write one sentence about rain.")
        request = ChatRequest(messages=(message,), samples=(Sampling(max_tokens=12),))
        (found,) = [completion async for completion in engine.generate(request)]
        assert engine.card.name == ("small" if adapter is None else f"small+{adapter.name}")
        return found.text
    finally:
        await engine.aclose()


async def test_an_adapter_changes_the_answers_and_one_of_zeros_does_not(small_model: Path, tmp_path: Path) -> None:
    base = await answer(small_model, None)
    assert await answer(small_model, write(tmp_path / "zero.gguf", pair(size=0.0))) == base
    assert await answer(small_model, write(tmp_path / "loud.gguf", pair())) != base


@pytest.mark.parametrize(
    ("tensors", "other", "message"),
    [
        (pair(), {"kind": "model"}, r"no LoRA adapter \(general.type is 'model', not 'adapter'\)"),
        (pair(), {"adapter": None}, r"no LoRA adapter \(adapter.type is None"),
        (pair(), {"adapter": "control"}, "adapter.type is 'control'"),
        (pair(), {"architecture": "qwen2"}, "made for the architecture 'qwen2', not 'llama'"),
        (pair(), {"alpha": None}, r"without a strength \(adapter.lora.alpha is None"),
        (pair(), {"alpha": 0.0}, "without a strength"),
        (pair(), {"alpha": float("nan")}, "without a strength"),
        ({}, {}, "it is empty"),
        (pair("blk.99.attn_q.weight"), {}, "made for another base, which has a tensor 'blk.99.attn_q.weight'"),
        (pair(width=500), {}, r"of another shape: \(500, 4\) and \(4, 576\) for 'blk.0.attn_q.weight' of \(576, 576\)"),
        (pair(rank_b=5), {}, "of another shape"),
        (pair("blk.0.attn_norm.weight"), {}, "which llama.cpp would ignore"),
        ({f"{QUERY}.lora_a": pair()[f"{QUERY}.lora_a"]}, {}, r"has no 'blk.0.attn_q.weight.lora_b'"),
        (pair() | {"output_norm.weight": np.ones(WIDTH, np.float32)}, {}, "no half of a pair, and would be ignored"),
        (
            pair() | {f"{QUERY}.lora_a": np.ones((2, 3, 4), np.float32)},
            {},
            "'blk.0.attn_q.weight' has 2 dimensions",
        ),
        (pair("token_embd.weight"), {}, "of another shape"),
    ],
)
async def test_an_adapter_that_would_not_do_what_it_says_is_refused(
    small_model: Path, tmp_path: Path, tensors: Tensors, other: dict[str, object], message: str
) -> None:
    path = write(tmp_path / "bad.gguf", tensors, **other)  # type: ignore[arg-type]
    with pytest.raises(MissingComponent, match=message) as caught:
        await answer(small_model, path)
    assert "'small'" in str(caught.value)
    assert "engine.adapter" in str(caught.value)


async def test_a_file_that_is_no_adapter_at_all(small_model: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingComponent, match=r"nothing\.gguf' cannot be read: No such file"):
        await answer(small_model, tmp_path / "nothing.gguf")
    text = tmp_path / "text.gguf"
    text.write_text("hello")
    with pytest.raises(MissingComponent, match=r"no GGUF file \(it begins with b'hell'\)"):
        await answer(small_model, text)
    with pytest.raises(MissingComponent, match=r"general\.type is 'model'"):
        await answer(small_model, small_model)


async def test_what_only_llama_cpp_can_see_is_its_to_say(small_model: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "short.gguf", pair())
    path.write_bytes(path.read_bytes()[:-64])
    with pytest.raises(MissingComponent, match=r"llama\.cpp cannot load the adapter"):
        await answer(small_model, path)


def test_the_record_of_a_run_names_the_adapter(small_model: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "tone.gguf", pair())
    endpoint = EndpointSettings(base_url="http://127.0.0.1:1/v1", model="m", context_tokens=512)
    models = ModelsSettings(files={"small": small_model}, endpoints={"far": endpoint})
    store = ModelStore.from_settings(models)
    base = {"far": "", "small": store.sha256("small")}
    assert weights_of(store, models, SETTINGS, ["far", "small"]) == base
    tuned = SETTINGS.model_copy(update={"adapter": path})
    assert weights_of(store, models, tuned, ["far", "small"]) == base | {"small+tone.gguf": sha256_file(path)}
    path.unlink()
    with pytest.raises(MissingComponent, match=r"set engine\.adapter to a GGUF LoRA file"):
        weights_of(store, models, tuned, ["small"])
