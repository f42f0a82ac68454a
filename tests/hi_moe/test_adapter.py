"""`engine.adapter` around a run: in its record, and in what doctor says."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from hi_moe.assemble import assemble
from hi_moe.cli import checks_install as install
from hi_moe.settings import Loaded, Settings
from hierarchy.errors import MissingComponent
from serving.models.digest import sha256_file

SMALL = "smollm2-135m-instruct-q4_1"


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    path = tmp_path / "tone.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 8.0)
    writer.add_tensor("blk.0.attn_q.weight.lora_a", np.ones((4, 576), np.float32))
    writer.add_tensor("blk.0.attn_q.weight.lora_b", np.zeros((576, 4), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def settings(adapter: Path) -> Loaded:
    flags: dict[str, object] = {"engine.adapter": str(adapter), "ledger.url": f"sqlite:///{adapter.parent}/l.sqlite3"}
    return Settings.load("tiny", flags=flags, environ={})


async def test_the_record_of_a_run_has_the_adapters_sha256(small_model: Path, adapter: Path) -> None:
    async with assemble(settings(adapter)) as assembly:
        weights = assembly.weights()
        assert weights == {SMALL: sha256_file(small_model), f"{SMALL}+tone.gguf": sha256_file(adapter)}
        adapter.unlink()
        with pytest.raises(MissingComponent, match=r"tone\.gguf' cannot be read"):
            assembly.weights()


def test_doctor_says_whether_the_adapter_fits(small_model: Path, adapter: Path) -> None:
    (good,) = install.weights(settings(adapter).settings)
    assert good.ok
    assert good.text.endswith(f"with the adapter {adapter}")
    (bad,) = install.weights(settings(small_model).settings)
    assert not bad.ok
    assert "no LoRA adapter" in bad.text
