"""The runner's parts in this process; as a whole it is tested through the sandbox."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.request import make_request
from sandbox.runner import Session, classify, describe, to_json
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Evaluate, Limits, Program
from sandbox.values import MAX_DEPTH, decode

LIMITS = Limits(cpu_seconds=60, output_bytes=200)


def message(line: bytes) -> dict[str, Any]:
    head, *parts = (json.loads(part) for part in line.split(b"\t"))
    return dict(head) | dict(zip(("stdout", "value"), parts, strict=False))


@pytest.fixture
def channel() -> Iterator[tuple[int, Callable[[], list[dict[str, Any]]]]]:
    read, write = os.pipe()
    os.set_blocking(read, False)
    try:
        yield write, lambda: [message(line) for line in os.read(read, 65_536).splitlines()]
    finally:
        os.close(read)
        os.close(write)


@pytest.fixture(autouse=True)
def own_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "candidate", sys)
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(sys, "argv", [])


def session(write: int, source: str, *cases: Call | Evaluate, script: bool = False) -> Session:
    return Session(make_request(source, cases, LIMITS, script), write, lambda seconds: None)


SOURCE = """
class S:
    def m(self): return (1,)
def f(x):
    if x == 0: raise ValueError("zero")
    if x == 1: raise MemoryError
    if x == 2: print("x" * 1000)
    if x == 3: return "x" * 1000
    print(x)
    return [x, None, True, 1.5, {"a": x}]
"""


def test_cases_and_what_they_say(channel: Any) -> None:
    write, read = channel
    cases: list[Call | Evaluate] = [*(Call("f", (n,)) for n in range(5)), Call("S.m"), Evaluate("f(9)[0]")]
    opened = session(write, SOURCE, *cases)
    assert opened.load()
    assert [opened.run(index) for index in range(len(cases))] == [True, False, False, False, True, True, True]
    loaded, *results = read()
    assert loaded["kind"] == "loaded"
    assert [r["status"] for r in results] == [
        "exception", "memory_limit", "output_limit", "output_limit", "ok", "ok", "ok",
    ]  # fmt: skip
    assert [decode(r["value"]) for r in results[4:]] == [[4, None, True, 1.5, {"a": 4}], (1,), 9]
    assert (results[0]["error_type"], results[0]["error_message"]) == ("ValueError", "zero (line 5)")
    assert results[4]["stdout"] == "4\n"


@pytest.mark.parametrize(
    ("source", "kind", "detail"),
    [
        ("f(", "compile_error", "line 1: '(' was never closed"),
        ("a\0", "compile_error", "source code string cannot contain null bytes"),
        ("\ud800", "compile_error", "UnicodeEncodeError: "),
        ("1 / 0", "load_error", "ZeroDivisionError: division by zero (line 1)"),
        ("x = 1", "load_error", "LookupError: the program does not define 'f'"),
    ],
)
def test_program_that_does_not_load(channel: Any, source: str, kind: str, detail: str) -> None:
    write, read = channel
    assert not session(write, source, Call("f")).load()
    (message,) = read()
    assert message["kind"] == kind
    assert message["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("source", "kind", "status", "error_type"),
    [
        ("x = 1", "case", "ok", ""),
        ("raise SystemExit", "case", "ok", ""),
        ("raise SystemExit(2)", "case", "exception", "SystemExit"),
        ("raise KeyError(1)", "case", "exception", "KeyError"),
        ("raise MemoryError", "case", "memory_limit", ""),
        ("x =", "compile_error", None, None),
    ],
)
def test_script(channel: Any, source: str, kind: str, status: str | None, error_type: str | None) -> None:
    write, read = channel
    session(write, source, script=True).run_script()
    (message,) = read()
    assert (message["kind"], message.get("status"), message.get("error_type")) == (kind, status, error_type)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
                    | st.text(st.characters(exclude_categories=())),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))  # fmt: skip
def test_json_is_what_the_library_reads(data: object) -> None:
    assert json.loads(to_json(data)) == data


def test_message_that_cannot_be_read() -> None:
    class Silent(Exception):
        def __str__(self) -> str:
            raise ValueError

    assert describe(Silent()) == ("Silent", "its message cannot be read")
    assert classify(KeyError()) == ("exception", "KeyError", "", "")


DEEP = """
import collections, sys
def f(depth, kind):
    sys.setrecursionlimit(1000)
    value = 0
    for _ in range(depth):
        value = {"numbers": {1: value}, "tuples": {(): value}, "ordered": collections.OrderedDict({1: value})}[kind]
    return value
"""


@pytest.mark.parametrize("kind", ["numbers", "tuples", "ordered"])
async def test_the_deepest_dictionary_comes_out(box: Sandbox, kind: str) -> None:
    result = (await box.run(Program(DEEP), [Call("f", (MAX_DEPTH - 1, kind))])).results[0]
    assert result.status == "ok", result.error_message
    depth, value = 0, result.value
    while isinstance(value, dict):
        depth, (value,) = depth + 1, value.values()
    assert (depth, value) == (MAX_DEPTH - 1, 0)


async def test_a_deeper_dictionary_is_said_to_be_too_deep(box: Sandbox) -> None:
    result = (await box.run(Program(DEEP), [Call("f", (MAX_DEPTH + 1, "numbers"))])).results[0]
    assert (result.error_type, result.error_message) == ("ValueCodecError", f"nested deeper than {MAX_DEPTH} levels")


async def test_a_mapping_beyond_the_memory_limit_is_an_exception_of_that_limit(box: Sandbox) -> None:
    source = "import mmap\ndef f(): return len(mmap.mmap(-1, 1 << 30))"
    result = (await box.run(Program(source), [Call("f")])).results[0]
    assert (result.status, result.error_type, result.limit) == ("exception", "OSError", "memory")
