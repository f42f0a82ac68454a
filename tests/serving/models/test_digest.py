"""Remembered checksums: good for one state of one file, and never in the way."""

import hashlib
import json
from pathlib import Path

import pytest

from serving.models.digest import HashBook, sha256_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "weights"
    path.write_bytes(b"x" * 3_000_000)
    return path


def test_the_digest_is_that_of_the_file(file: Path) -> None:
    heard: list[int] = []
    assert sha256_file(file, heard.append) == hashlib.sha256(file.read_bytes()).hexdigest()
    assert heard == [1 << 20, 2 << 20, 3_000_000]


def test_a_checksum_is_recalled_for_the_same_state_only(file: Path, tmp_path: Path) -> None:
    book = HashBook(tmp_path / "book")
    assert book.recall("m", file) is None
    book.note("m", file, "abc")
    assert book.recall("m", file) == "abc"
    assert book.sha256("m", file) == "abc"
    other = file.rename(tmp_path / "moved")
    assert book.recall("m", other) is None
    other.write_bytes(b"y")
    assert book.sha256("m", other) == hashlib.sha256(b"y").hexdigest() == book.recall("m", other)


@pytest.mark.parametrize("page", ["", "[]", "{}", "null", '{"sha256": 1}', "\x00"])
def test_a_broken_note_is_no_note(file: Path, tmp_path: Path, page: str) -> None:
    book = HashBook(tmp_path)
    (tmp_path / "m.json").write_text(page)
    assert book.recall("m", file) is None
    book.note("m", file, "abc")
    assert json.loads((tmp_path / "m.json").read_text())["sha256"] == "abc"


def test_a_folder_that_cannot_be_written_costs_only_time(file: Path, tmp_path: Path) -> None:
    book = HashBook(file / "not a folder")
    assert book.sha256("m", file) == book.sha256("m", file) == sha256_file(file)


def test_a_path_as_a_name_stays_in_the_folder(file: Path, tmp_path: Path) -> None:
    book = HashBook(tmp_path / "book")
    book.note("../../up", file, "abc")
    assert [path.parent for path in tmp_path.rglob("*.json")] == [tmp_path / "book"]
    assert book.recall("../../up", file) == "abc"
