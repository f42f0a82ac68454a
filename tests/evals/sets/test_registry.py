"""Sets by name."""

import json
from pathlib import Path
from typing import Any

import pytest

from evals.sets.registry import get, load_set, names
from hierarchy.errors import MissingComponent, UnknownName, UsageError

GSM = {"question": "Two and two?", "answer": "2 + 2 = 4\n#### 4"}
OWN = {"id": "q", "statement": "How much is 2 + 2?", "answer": "4"}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def test_every_name_gets_its_set_with_what_people_are_told() -> None:
    assert len(set(names())) == len(names()) == 12
    for name in names():
        each = get(name)
        assert each.name == name
        assert each.summary
        assert each.licence
        assert each.published


def test_an_unknown_name_leads_to_the_nearest_or_to_all() -> None:
    with pytest.raises(UnknownName, match=r"no set 'human-eval'; did you mean 'humaneval'\?"):
        get("human-eval")
    with pytest.raises(UnknownName, match=r"there are: contest, humaneval, .*or the path of a file"):
        get("zzz")


def test_a_file_is_loaded_under_the_name_of_its_set(tmp_path: Path) -> None:
    loaded = load_set("gsm8k", write(tmp_path / "mine.jsonl", GSM))
    assert (loaded.set.name, [item.id for item in loaded.items]) == ("gsm8k", ["gsm8k/0"])
    assert (loaded.origin.source, len(loaded.sha256), loaded.changed) == ("path mine.jsonl", 64, None)


def test_a_file_that_changed_since_last_time_is_said(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", GSM)
    load_set("gsm8k", path, record=tmp_path / "record")
    assert load_set("gsm8k", path, record=tmp_path / "record").changed is None
    changed = load_set("gsm8k", write(path, GSM, GSM), record=tmp_path / "record").changed
    assert changed is not None
    assert changed.startswith("file of 'gsm8k' changed since")


@pytest.mark.parametrize("name", ["own.jsonl", "no_suffix"])
def test_the_path_of_a_file_is_a_set_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / name, OWN)
    loaded = load_set(name)
    assert (loaded.set.name, loaded.items[0].id) == ("own", "q")


def test_files_of_ones_own_never_count_as_changed(tmp_path: Path) -> None:
    load_set(str(write(tmp_path / "a.jsonl", OWN)))
    assert load_set(str(write(tmp_path / "b.jsonl", OWN, OWN | {"id": "r"}))).changed is None


def test_the_set_own_without_a_file_says_how_to_give_one() -> None:
    with pytest.raises(UsageError, match=r"--set path/to/problems\.jsonl"):
        load_set("own")


def test_a_path_that_is_not_there_is_a_path_and_no_unknown_set() -> None:
    with pytest.raises(UsageError, match=r"there is no file 'missing/rows\.jsonl'"):
        load_set("missing/rows.jsonl")


def test_rows_of_another_set_are_refused_with_their_place(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.jsonl", GSM, OWN)
    with pytest.raises(UsageError) as error:
        load_set("gsm8k", path)
    assert str(error.value).startswith("mine.jsonl:2: ")
    assert "is this another set's file" in str(error.value)


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"mine\.jsonl:1: no field 'task_id', which 'humaneval' has"):
        load_set("humaneval", write(tmp_path / "mine.jsonl", {"prompt": "p", "entry_point": "f"}))


def test_an_id_that_comes_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"mine\.jsonl:2: duplicate id 'q'"):
        load_set(str(write(tmp_path / "mine.jsonl", OWN, OWN)))


def test_a_set_comes_from_the_hub_where_it_has_no_wheel(hub: Any) -> None:
    hub.files["/datasets/HuggingFaceH4/MATH-500/resolve/main/test.jsonl"] = json.dumps(
        {"problem": "1+1?", "solution": "...", "answer": "2", "subject": "Algebra", "level": 1, "unique_id": "t/1"}
    ).encode()
    loaded = load_set("math500")
    assert loaded.origin.source == "hub HuggingFaceH4/MATH-500@main"
    assert [item.id for item in loaded.items] == ["t/1"]


def test_a_set_that_no_source_has_says_where_its_file_is_published() -> None:
    with pytest.raises(MissingComponent, match=r"https://github\.com/evalplus/humanevalplus_release"):
        load_set("humaneval+")
