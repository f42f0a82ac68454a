"""A set whose file has another sha256 than last time is said aloud, once."""

import os
from pathlib import Path

import pytest

from evals.sets.seen import RECORD, noted

ONE, TWO = "1" * 64, "2" * 64


def test_the_first_time_and_the_same_again_say_nothing(tmp_path: Path) -> None:
    record = tmp_path / "deep" / "sets.json"
    assert noted("a", ONE, record) is None
    assert noted("a", ONE, record) is None


def test_a_change_is_said_once_with_both_and_the_day(tmp_path: Path) -> None:
    record = tmp_path / "sets.json"
    noted("a", ONE, record)
    said = noted("a", TWO, record)
    assert said is not None
    assert said.startswith("file of 'a' changed since 20")
    assert said.endswith("sha256 1111111111111111… → 2222222222222222…")
    assert noted("a", TWO, record) is None


def test_sets_are_told_apart(tmp_path: Path) -> None:
    record = tmp_path / "sets.json"
    noted("a", ONE, record)
    assert noted("b", TWO, record) is None
    assert noted("a", ONE, record) is None


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', '{"a": {"sha256": "x"}}', "\0"])
def test_a_record_that_something_else_wrote_is_begun_anew(tmp_path: Path, content: str) -> None:
    record = tmp_path / "sets.json"
    record.write_text(content)
    assert noted("a", ONE, record) is None
    assert noted("a", TWO, record) is not None


def test_a_record_that_cannot_be_kept_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert noted("a", ONE, tmp_path / "file" / "sets.json") is None


def test_a_write_that_fails_leaves_the_old_record_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = tmp_path / "sets.json"
    noted("a", ONE, record)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert noted("a", TWO, record) is not None
    assert [path.name for path in tmp_path.iterdir()] == ["sets.json"]
    monkeypatch.undo()
    assert noted("a", ONE, record) is None


def test_without_a_path_it_is_in_the_platforms_data_folder(home: Path) -> None:
    noted("a", ONE)
    assert (home / "data" / "hi-moe" / RECORD).is_file()
