"""Whether a program's text can be a program at all, before any process is spent on it."""

from sandbox.types import Program

MAX_SOURCE_BYTES = 1 << 20
"""Contests accept 64 KiB; a program with embedded tables may be longer. Compiling takes about 100 times its size."""


class SourceRefused(ValueError):
    """No text that a compiler could take; the message says why in one line."""


def read_source(program: Program) -> str:
    """The text of `program`. Raises `SourceRefused` when it is too long, no UTF-8 or holds a NUL byte."""
    source = program.source
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "surrogatepass"))
    if size > MAX_SOURCE_BYTES:
        raise SourceRefused(f"the source has {size:,} bytes, at most {MAX_SOURCE_BYTES:,} are accepted")
    try:
        text = (source.decode("utf-8") if isinstance(source, bytes) else source).removeprefix("\ufeff")
        text.encode("utf-8")
    except UnicodeDecodeError as error:
        byte, line = error.object[error.start], error.object.count(b"\n", 0, error.start) + 1
        raise SourceRefused(f"line {line}: the source is not UTF-8 (byte 0x{byte:02x} at {error.start})") from None
    except UnicodeEncodeError as error:
        line = source[: error.start].count("\n") + 1  # type: ignore[arg-type]
        raise SourceRefused(f"line {line}: the source holds a lone surrogate, which is no UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise SourceRefused(f"line {line}: the source holds a NUL byte")
    return text
