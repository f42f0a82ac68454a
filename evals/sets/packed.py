"""LiveCodeBench's packed tests: base64 of zlib of a pickle of a JSON text. The pickle is read and never run.

A pickle is a program for Python's unpickler and can do anything. `pickletools.genops` only lists its instructions; the
one pickle that is accepted consists of a single text.
"""

import base64
import binascii
import pickletools
import zlib

MAX_BYTES = 512 << 20
"""Of one problem's tests, unpacked."""
_TEXT = ("SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8")
_HARMLESS = ("PROTO", "FRAME", "MEMOIZE", "BINPUT", "LONG_BINPUT", "STOP")


def unpacked(tests: str) -> str:
    """The JSON text of tests that may be packed. Raises `ValueError` for anything else than a packed text."""
    if tests.lstrip()[:1] in ("[", "{"):
        return tests
    try:
        packed = base64.b64decode(tests.encode(), validate=True)
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(packed, MAX_BYTES)
    except (binascii.Error, UnicodeEncodeError, zlib.error) as error:
        raise ValueError(f"'private_test_cases' is neither JSON nor packed JSON: {error}") from None
    if unpacker.unconsumed_tail:
        raise ValueError(f"'private_test_cases' unpacks to more than {MAX_BYTES >> 20} MiB")
    return data.decode() if data.lstrip()[:1] == b"[" else _only_text(data)


def _only_text(data: bytes) -> str:
    try:
        listed = [(code.name, value) for code, value, _ in pickletools.genops(data)]
    except (ValueError, IndexError) as error:
        raise ValueError(f"'private_test_cases' holds a broken pickle: {error}") from None
    for name, _ in listed:
        if name not in _TEXT + _HARMLESS:
            raise ValueError(
                f"'private_test_cases' holds a pickle with the instruction {name}, which is never run; write the tests "
                "as JSON text"
            )
    found = [value for name, value in listed if name in _TEXT and isinstance(value, str)]
    if len(found) != 1:
        raise ValueError(f"'private_test_cases' holds a pickle of {len(found)} texts, not one")
    return found[0]
