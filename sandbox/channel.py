"""Messages from inside the sandbox, read as what they are: untrusted text."""

import json
from dataclasses import dataclass, field
from typing import Literal, cast, get_args

from sandbox import values
from sandbox.types import CaseResult, CaseStatus, LimitKind, Limits

MessageKind = Literal["started", "loaded", "compile_error", "load_error", "case", "finished"]
_TOLD = ("ok", "exception", "memory_limit", "output_limit")
"""How the runner says a case went. The other ends are seen by the parent, and no program may claim them."""
_HEAD_BYTES = 65_536
_JSON_BYTES = 6
"""JSON takes at most that many bytes for one byte of printed text."""
_NOTHING = b"null"
"""The value of a case that has none, whatever the limit."""
_MAX_SECONDS = 1e6
_MAX_TEXT = 2000
"""Characters kept of an error's type, of its message and of a failed load."""


class BrokenChannel(Exception):
    """A line that is no message of this run."""


@dataclass(frozen=True)
class Message:
    """One line of the channel. Frozen and decoded: nothing of the program's own types is in it."""

    kind: MessageKind
    detail: str = ""
    cpu_seconds: float = 0.0
    """Of "loaded": what loading took."""
    index: int = -1
    result: CaseResult = field(default_factory=lambda: CaseResult("not_run"))


def longest_line(limits: Limits) -> int:
    """Bytes that an honest line needs at most."""
    return (_JSON_BYTES + 1) * limits.output_bytes + _HEAD_BYTES


def parse(line: bytes, token: str, output_bytes: int) -> Message:
    """Read one line: a JSON object, and for a case a tab, what it printed, a tab and its value, both as JSON, too.

    Each part has a bound of its own before it is read, because a text of 1 MiB may be 350,000 lists of 64 bytes. Raises
    `BrokenChannel` for anything that the runner of this run cannot have written.
    """
    head, *parts = line.split(b"\t", 2)
    if len(head) > _HEAD_BYTES:
        raise BrokenChannel("too long a head")
    data = _read(head)
    if not isinstance(data, dict) or data.get("token") != token or data.get("kind") not in get_args(MessageKind):
        raise BrokenChannel("no message of this run")
    if data["kind"] == "loaded":
        return Message("loaded", cpu_seconds=_seconds(data))
    if data["kind"] != "case":
        return Message(data["kind"], detail=_text(data, "detail"))
    status, index = data.get("status"), data.get("index")
    if status not in _TOLD or type(index) is not int or len(parts) != 2:
        raise BrokenChannel("a malformed result")
    # What begins as a text is one, or no JSON.
    printed, value = parts
    if not printed.startswith(b'"') or len(printed) > _JSON_BYTES * output_bytes + 2:
        raise BrokenChannel("a malformed result")
    if len(value) > max(output_bytes, len(_NOTHING)):
        raise BrokenChannel("a malformed result")
    result = _result(cast(CaseStatus, status), _seconds(data), data, printed, value)
    # A byte that is no UTF-8 becomes one character, of three bytes.
    if len(result.stdout) > output_bytes:
        raise BrokenChannel("more printed than is allowed")
    return Message("case", index=index, result=result)


def _result(
    status: CaseStatus, cpu_seconds: float, data: dict[str, object], printed: bytes, value: bytes
) -> CaseResult:
    try:
        decoded = values.decode(_read(value))
    except (values.ValueCodecError, RecursionError) as error:
        raise BrokenChannel(f"a value that is no typed JSON: {error}") from None
    limit = data.get("limit")
    return CaseResult(
        status,
        value=decoded,
        error_type=_text(data, "error_type"),
        error_message=_text(data, "error_message"),
        stdout=str(_read(printed)),
        cpu_seconds=cpu_seconds,
        limit=cast(LimitKind, limit) if limit in get_args(LimitKind) else "",
    )


def _read(text: bytes) -> object:
    try:
        decoded: object = _DECODER.decode(text.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise BrokenChannel(str(error)) from None
    return decoded


def _seconds(data: dict[str, object]) -> float:
    seconds = data.get("cpu_seconds")
    if type(seconds) is not float or not 0 <= seconds < _MAX_SECONDS:
        raise BrokenChannel("no time that a clock can have shown")
    return seconds


def _text(data: dict[str, object], key: str) -> str:
    found = data.get(key)
    return found[:_MAX_TEXT] if isinstance(found, str) else ""


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)
"""One for all: `json.loads` would make a new one for every result."""
