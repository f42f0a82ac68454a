import json
from typing import Any

import pytest

from sandbox.channel import BrokenChannel, Message, longest_line, parse
from sandbox.types import CaseResult, Limits

CASE = {
    "token": "t",
    "kind": "case",
    "index": 3,
    "status": "exception",
    "error_type": "ValueError",
    "error_message": "no",
    "cpu_seconds": 0.5,
}


LIMIT = 1000


def line(value: object = None, stdout: object = "printed", **changes: Any) -> bytes:
    return "\t".join(json.dumps(part) for part in ({**CASE, **changes}, stdout, value)).encode()


def read(raw: bytes) -> Message:
    return parse(raw, "t", LIMIT)


def test_result_is_read() -> None:
    message = read(line())
    assert (message.kind, message.index) == ("case", 3)
    assert message.result == CaseResult("exception", None, "ValueError", "no", "printed", 0.5)


def test_detail_is_read_and_cut() -> None:
    assert read(b'{"token": "t", "kind": "load_error", "detail": "why"}').detail == "why"
    assert len(read(line(error_message="x" * 10_000)).result.error_message) == 2000


def test_the_time_of_the_load_is_read() -> None:
    message = read(line(kind="loaded", cpu_seconds=0.25))
    assert (message.kind, message.cpu_seconds) == ("loaded", 0.25)


@pytest.mark.parametrize("printed", ["x", "\x00", "\N{REPLACEMENT CHARACTER}"], ids=["text", "escape", "no text"])
def test_as_much_may_be_printed_as_the_limit_says(printed: str) -> None:
    said = json.dumps(printed * LIMIT).encode()
    raw = line(stdout="@").replace(b'"@"', said)
    assert read(raw).result.stdout == printed * LIMIT


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_no_value_is_within_any_limit(limit: int) -> None:
    assert parse(line(stdout="7"), "t", limit).result == CaseResult("exception", None, "ValueError", "no", "7", 0.5)


def test_lone_surrogate_survives() -> None:
    raw = line(value="@").replace(b"@", "\ud800".encode("utf-8", "surrogatepass"))
    assert read(raw).result.value == "\ud800"


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
        line(value="x" * LIMIT),
        line(value=[[]] * LIMIT),
        line(stdout=[[]]),
        line(stdout=5),
        line(stdout='"').replace(b'\\"', b'",["'),
        line(stdout="x" * (LIMIT + 1)),
        line(stdout="\x00" * LIMIT + "x"),
        line(error_message="x" * 100_000),
        line(kind="loaded", cpu_seconds=None),
        line(kind="loaded", cpu_seconds=-1.0),
        line() + b"\t1",
        line().rpartition(b"\t")[0],
        line().partition(b"\t")[0],
        b'{"token": "t", "kind": "started", "n": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda raw: raw[:30],
)
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(BrokenChannel):
        read(raw)


def test_fields_of_the_wrong_type_are_empty() -> None:
    result = read(line(error_type=[], error_message={})).result
    assert (result.error_type, result.error_message) == ("", "")


def test_line_limit_has_room_for_the_worst_escape() -> None:
    limits = Limits(output_bytes=1000)
    assert len(json.dumps("\x00" * 1000)) + 1000 < longest_line(limits)
