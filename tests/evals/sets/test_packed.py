"""LiveCodeBench's packed tests are read without ever running the pickle."""

import base64
import json
import pickle
import zlib
from pathlib import Path

import pytest

from evals.sets.packed import unpacked

TESTS = json.dumps([{"input": "1\n", "output": "2 \u2603", "testtype": "stdin"}], ensure_ascii=False)


def pack(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


class Evil:
    """What unpickling would run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_the_published_form_gives_the_json_text(protocol: int) -> None:
    assert unpacked(pack(pickle.dumps(TESTS, protocol))) == TESTS


def test_long_texts_too() -> None:
    assert unpacked(pack(pickle.dumps("[" + "1," * 100_000 + "1]"))) == "[" + "1," * 100_000 + "1]"


def test_plain_json_and_packed_json_without_a_pickle_pass() -> None:
    assert unpacked(f" {TESTS}") == f" {TESTS}"
    assert unpacked(pack(TESTS.encode())) == TESTS


def test_a_pickle_that_does_something_is_refused_and_not_run(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds a pickle with the instruction \w+, which is never run"):
        unpacked(pack(pickle.dumps(Evil(tmp_path / "touched"))))
    assert not (tmp_path / "touched").exists()


@pytest.mark.parametrize(
    ("tests", "says"),
    [
        ("no base64!", "is neither JSON nor packed JSON"),
        ("é", "is neither JSON nor packed JSON"),
        (base64.b64encode(b"no zlib").decode(), "is neither JSON nor packed JSON"),
        (pack(pickle.dumps(TESTS)[:-30]), "holds a broken pickle"),
        (pack(b"\x80\x04."), "holds a pickle of 0 texts"),
        (pack(pickle.dumps([TESTS, TESTS])), "with the instruction EMPTY_LIST"),
        (pack(b"nothing"), "holds a broken pickle"),
    ],
)
def test_anything_else_is_refused(tests: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        unpacked(tests)


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.sets.packed.MAX_BYTES", 1000)
    with pytest.raises(ValueError, match="unpacks to more than"):
        unpacked(pack(b"[" * 100_000))
