"""Reading headers: what `gguf` writes, and what nobody should."""

import struct
from pathlib import Path

import gguf
import numpy as np
import pytest

from serving.llama_cpp.gguf_header import read_header


def test_the_header_of_a_real_model(small_model: Path) -> None:
    header = read_header(small_model)
    assert header.keys["general.architecture"] == "llama"
    assert header.keys["llama.block_count"] == 30
    assert header.keys["llama.rope.freq_base"] == 100_000.0
    assert "tokenizer.ggml.tokens" not in header.keys
    assert len(header.shapes) == 272
    assert header.shapes["blk.0.attn_k.weight"] == (576, 192)


def test_every_type_of_value_that_gguf_writes(tmp_path: Path) -> None:
    path = tmp_path / "all.gguf"
    writer = gguf.GGUFWriter(path, "none")
    given: dict[str, int | float | bool | str] = {
        "uint8": 255, "int8": -1, "uint16": 65_535, "int16": -2, "uint32": 2**32 - 1, "int32": -3, "uint64": 2**63,
        "int64": -4, "float32": 0.5, "float64": 0.1, "bool": True, "string": "ä",
    }  # fmt: skip
    for kind, value in given.items():
        getattr(writer, f"add_{kind}")(f"a.{kind}", value)
    writer.add_array("a.words", ["one", "two"])
    writer.add_array("a.floats", [1.0, 2.0])
    writer.add_tensor("t", np.zeros((2, 3), np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    header = read_header(path)
    assert {key: header.keys[f"a.{key}"] for key in given} == given
    assert "a.words" not in header.keys
    assert header.shapes == {"t": (3, 2)}


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def file(*parts: bytes, version: int = 3, tensors: int = 0, pairs: int = 0) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, pairs) + b"".join(parts) + bytes(64)


def number(value: int) -> bytes:
    return struct.pack("<I", value)


HUGE = struct.pack("<Q", 2**62)
TRUE = text(b"k") + number(7) + b"\1"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "no GGUF file"),
        (b"GGUF\3", "truncated"),
        (file(version=9), "version 9"),
        (file(tensors=2**60), "truncated"),
        (file(pairs=2**60), "truncated"),
        (file(HUGE, pairs=1), "a name of"),
        (file(text(b"\xff"), pairs=1), "not UTF-8"),
        (file(text(b"k"), number(99), pairs=1), "a value of type 99"),
        (file(text(b"k"), number(8), HUGE, pairs=1), r"of \d+ bytes|truncated"),
        (file(text(b"k"), number(9), number(8), HUGE, pairs=1), "truncated"),
        (file(text(b"k"), number(9), number(8), struct.pack("<Q", 1), HUGE, pairs=1), "truncated"),
        (file(text(b"k"), number(9), number(4), HUGE, pairs=1), "truncated"),
        (file(text(b"k"), number(9), number(9), struct.pack("<Q", 1), pairs=1), "an array of type 9"),
        (file(TRUE, TRUE, pairs=2), "the key 'k' is there twice"),
        (file(text(b"t"), number(0), tensors=1), "has 0 dimensions"),
        (file(text(b"t"), number(5), tensors=1), "has 5 dimensions"),
        (file(*2 * (text(b"t") + number(1) + bytes(8 + 4 + 8),), tensors=2), "the tensor 't' is there twice"),
    ],
)
def test_a_hostile_header_is_refused_before_anything_is_allocated(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "x.gguf"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message):
        read_header(path)
