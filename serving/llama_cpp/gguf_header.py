"""The header of a GGUF file: its keys and the shapes of its tensors, without the data.

The file is hostile until it was read through: every length is held against what is left of the file before anything is
allocated or skipped. Format: ggml's `docs/gguf.md`, versions 2 and 3, little-endian.
"""

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

_SCALARS = {0: "B", 1: "b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "?", 10: "<Q", 11: "<q", 12: "<d"}
"""GGUF's value types as `struct` has them; 8 is a string, 9 an array."""
_STRING, _ARRAY = 8, 9
_NAME_BYTES = 65_535
_DIMENSIONS = 4
Scalar = int | float | bool | str


class Header(NamedTuple):
    """What a GGUF file says about itself."""

    keys: dict[str, Scalar]
    """Arrays, such as a vocabulary, are left out."""
    shapes: dict[str, tuple[int, ...]]
    """Of each tensor by name, the dimension that is contiguous in memory first, as ggml counts."""


def read_header(path: Path) -> Header:
    """Raises ValueError, in words, for a file that is no GGUF or ends too early; OSError."""
    with path.open("rb") as stream:
        return _Reader(stream, path.stat().st_size).header()


class _Reader:
    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = size

    def header(self) -> Header:
        magic = self._stream.read(4)
        if magic != b"GGUF":
            raise ValueError(f"no GGUF file (it begins with {magic!r})")
        version = self._number("<I")
        if version not in (2, 3):
            raise ValueError(f"of GGUF version {version}, and 2 and 3 are known")
        tensors, pairs = self._number("<Q"), self._number("<Q")
        # The smallest entry: an empty name, a type, a byte; for a tensor a name, dimensions, a type, an offset.
        self._left(13 * pairs + 24 * tensors)
        keys: dict[str, Scalar] = {}
        for _ in range(pairs):
            key = self._string()
            if key in keys:
                raise ValueError(f"broken: the key {key[:80]!r} is there twice")
            value = self._value(self._number("<I"))
            if value is not None:
                keys[key] = value
        shapes: dict[str, tuple[int, ...]] = {}
        for _ in range(tensors):
            name = self._string()
            if name in shapes:
                raise ValueError(f"broken: the tensor {name[:80]!r} is there twice")
            count = self._number("<I")
            if not 1 <= count <= _DIMENSIONS:
                raise ValueError(f"broken: the tensor {name[:80]!r} has {count} dimensions")
            shapes[name] = tuple(self._number("<Q") for _ in range(count))
            self._skip(4 + 8)  # type and offset
        return Header(keys, shapes)

    def _value(self, kind: int) -> Scalar | None:
        if kind == _STRING:
            return self._string(self._size)
        if kind == _ARRAY:
            element, count = self._number("<I"), self._number("<Q")
            if element == _STRING:
                self._left(8 * count)
                for _ in range(count):
                    self._skip(self._number("<Q"))
            elif element in _SCALARS:
                self._skip(struct.calcsize(_SCALARS[element]) * count)
            else:
                raise ValueError(f"broken: an array of type {element}")
            return None
        if kind not in _SCALARS:
            raise ValueError(f"broken: a value of type {kind}")
        form = _SCALARS[kind]
        (value,) = struct.unpack(form, self._bytes(struct.calcsize(form)))
        assert isinstance(value, int | float)
        return value

    def _string(self, longest: int = _NAME_BYTES) -> str:
        length = self._number("<Q")
        if length > longest:
            raise ValueError(f"broken: a name of {length} bytes")
        try:
            return self._bytes(length).decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"broken: a text that is not UTF-8 ({error.reason})") from None

    def _number(self, form: str) -> int:
        (value,) = struct.unpack(form, self._bytes(struct.calcsize(form)))
        return int(value)

    def _bytes(self, count: int) -> bytes:
        self._left(count)
        return self._stream.read(count)

    def _skip(self, count: int) -> None:
        self._left(count)
        self._stream.seek(count, 1)

    def _left(self, count: int) -> None:
        if count > self._size - self._stream.tell():
            raise ValueError("truncated")
