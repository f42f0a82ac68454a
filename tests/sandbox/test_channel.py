import json
from typing import Any

import pytest

from sandbox.channel import BrokenChannel, longest_line, parse
from sandbox.types import CaseResult, Limits

CASE = {
    "token": "t",
    "kind": "case",
    "index": 3,
    "status": "exception",
    "value": None,
    "error_type": "ValueError",
    "error_message": "no",
    "stdout": "printed",
    "cpu_seconds": 0.5,
}


def line(**changes: Any) -> bytes:
    return json.dumps({**CASE, **changes}).encode()


def test_result_is_read() -> None:
    message = parse(line(), "t")
    assert (message.kind, message.index) == ("case", 3)
    assert message.result == CaseResult("exception", None, "ValueError", "no", "printed", 0.5)


def test_detail_is_read_and_cut() -> None:
    assert parse(b'{"token": "t", "kind": "load_error", "detail": "why"}', "t").detail == "why"
    assert len(parse(line(error_message="x" * 10_000), "t").result.error_message) == 2000


def test_lone_surrogate_survives() -> None:
    raw = line(value="@").replace(b"@", "\ud800".encode("utf-8", "surrogatepass"))
    assert parse(raw, "t").result.value == "\ud800"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[1]",
        b'"t"',
        b"[" * 100_000,
        b'{"a": ' * 100_000,
        line(token="other"),
        line(token=None),
        line(kind="unknown"),
        line(kind=["case"]),
        line(status="verified"),
        line(status=None),
        line(index="0"),
        line(index=True),
        line(cpu_seconds="fast"),
        line(value={"$unknown": []}),
        line(value={"$set": [[]]}),
        line(value=float("nan")),
        b'{"token": "t", "kind": "started", "n": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda raw: raw[:30],
)
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(BrokenChannel):
        parse(raw, "t")


def test_fields_of_the_wrong_type_are_empty() -> None:
    result = parse(line(stdout=5, error_type=[], error_message={}), "t").result
    assert (result.stdout, result.error_type, result.error_message) == ("", "", "")


def test_line_limit_has_room_for_the_worst_escape() -> None:
    limits = Limits(output_bytes=1000)
    assert len(json.dumps("\x00" * 1000)) + 1000 < longest_line(limits)
