"""What is no text of a program is refused before a process is spent on it, with its line."""

import pytest

from sandbox.source import MAX_SOURCE_BYTES, SourceRefused, read_source
from sandbox.types import Program


@pytest.mark.parametrize("source", ["", "x = 'é😀'\n", "a\r\nb\x0c\x1b", "\u2028"])
def test_text_and_its_bytes_are_the_same_program(source: str) -> None:
    assert read_source(Program(source)) == read_source(Program(source.encode())) == source


@pytest.mark.parametrize("source", ["\ufeffx = 1", b"\xef\xbb\xbfx = 1"])
def test_a_byte_order_mark_is_dropped(source: str | bytes) -> None:
    assert read_source(Program(source)) == "x = 1"


@pytest.mark.parametrize("source", ["x" * (1 << 20), b"x" * (1 << 20), "é" * (1 << 19)], ids="123")
def test_the_longest_source_is_accepted(source: str | bytes) -> None:
    assert len(read_source(Program(source)).encode()) == MAX_SOURCE_BYTES


@pytest.mark.parametrize(
    "source", ["x" * (MAX_SOURCE_BYTES + 1), "é" * (MAX_SOURCE_BYTES // 2 + 1), "\ud800" * 349_526]
)
def test_a_longer_one_is_refused_with_its_size_in_bytes(source: str) -> None:
    size = len(source.encode("utf-8", "surrogatepass"))
    with pytest.raises(SourceRefused, match=f"^the source has {size:,} bytes, at most 1,048,576 are accepted$"):
        read_source(Program(source))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"\xff", "line 1: the source is not UTF-8 (byte 0xff at 0)"),
        (b"a\nb\xc3(", "line 2: the source is not UTF-8 (byte 0xc3 at 3)"),
        ("é\n".encode("latin-1"), "line 1: the source is not UTF-8 (byte 0xe9 at 0)"),
        ("x".encode("utf-16"), "line 1: the source is not UTF-8 (byte 0xff at 0)"),
        (b"\xed\xa0\x80", "line 1: the source is not UTF-8 (byte 0xed at 0)"),
        ("a\n\n\udfff", "line 3: the source holds a lone surrogate, which is no UTF-8"),
        ("\0", "line 1: the source holds a NUL byte"),
        (b"a\nb\n\0\n\0", "line 3: the source holds a NUL byte"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(source: str | bytes, message: str) -> None:
    with pytest.raises(SourceRefused) as caught:
        read_source(Program(source))
    assert str(caught.value) == message
