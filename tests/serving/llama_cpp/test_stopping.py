"""Text from pieces: characters split over tokens, stop strings split over tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.llama_cpp.stopping import TextStream


def test_a_character_split_over_tokens_appears_when_complete() -> None:
    stream = TextStream(())
    pieces = [b"a", b"\xe6", b"\x9d", b"\xb1", b"!"]
    assert [stream.push(piece) for piece in pieces] == ["a", "", "", "東", "!"]
    assert stream.text == "a東!"


def test_broken_bytes_are_replaced_and_an_incomplete_end_is_left_out() -> None:
    stream = TextStream(())
    for piece in (b"a\xff", b"b\xe6\x9d"):
        stream.push(piece)
    assert stream.text == "a\ufffdb"


@pytest.mark.parametrize(
    ("pieces", "stops", "text"),
    [
        ([b"one ST", b"OP two"], ("STOP",), "one "),
        ([b"S", b"T", b"O", b"P"], ("STOP",), ""),
        ([b"a b c"], ("c", "b"), "a "),
        ([b"ab", b"cd"], ("cd", "bc"), "a"),
        ([b"caf\xc3", b"\xa9 end"], ("é",), "caf"),
    ],
)
def test_a_stop_string_may_span_tokens(pieces: list[bytes], stops: tuple[str, ...], text: str) -> None:
    stream = TextStream(stops)
    for piece in pieces:
        assert not stream.stopped
        stream.push(piece)
    assert stream.stopped
    assert stream.text == text


def test_an_empty_stop_string_stops_nothing() -> None:
    stream = TextStream(("",))
    stream.push(b"text")
    assert (stream.stopped, stream.text) == (False, "text")


@given(st.text(), st.integers(1, 5))
def test_any_text_comes_through_whole(text: str, size: int) -> None:
    stream = TextStream(())
    raw = text.encode()
    said = [stream.push(raw[at : at + size]) for at in range(0, len(raw), size)]
    assert stream.text == "".join(said) == text
