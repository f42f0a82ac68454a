"""The shipped cards, a folder of one's own, and names that do not exist."""

from pathlib import Path

import pytest

import prompts.loader
from hierarchy.errors import SettingsError, UnknownName
from specialists.registry import Registry

OWN = """\
manifest_version = 1
name = {name!r}
description = "my own"
[prompts]
text = "solve_text"
"""


def own(folder: Path, file: str, name: str) -> None:
    (folder / file).write_text(OWN.format(name=name), "utf-8")


def test_the_seven_shipped_specialists() -> None:
    registry = Registry.load()
    assert registry.names() == (
        "algorithms", "data_structures", "debugging", "general", "math", "python", "refactoring",
    )  # fmt: skip
    assert [each.name for each in registry.for_task("math")] == ["general", "math"]


def test_shipped_prompts_exist_and_render() -> None:
    registry = Registry.load()
    for name in registry.names():
        for prompt in registry.get(name).prompts.values():
            assert prompts.loader.load(prompt).render(statement="Add a and b.", entry_point="add")


def test_an_own_card_is_added_or_replaces_a_shipped_one(tmp_path: Path) -> None:
    own(tmp_path, "a.toml", "haiku")
    own(tmp_path, "b.toml", "general")
    (tmp_path / "notes.txt").write_text("no card", "utf-8")
    registry = Registry.load(tmp_path)
    assert "haiku" in registry.names()
    assert registry.get("general").description == "my own"
    assert [each.name for each in registry.for_task("math")] == ["math"]


def test_two_cards_of_one_name_and_a_missing_folder(tmp_path: Path) -> None:
    own(tmp_path, "a.toml", "haiku")
    own(tmp_path, "b.toml", "haiku")
    with pytest.raises(SettingsError, match=r"b\.toml.*'haiku' is taken by another card"):
        Registry.load(tmp_path)
    with pytest.raises(SettingsError, match=r"routing\.cards: .* is not a folder"):
        Registry.load(tmp_path / "none")


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r"no specialist 'pyton'; did you mean 'python'\?"):
        Registry.load().get("pyton")
    with pytest.raises(UnknownName, match="known: algorithms, data_structures"):
        Registry.load().get("zzz")


def test_a_task_that_nobody_serves() -> None:
    with pytest.raises(SettingsError, match=r"no specialist serves the task 'math'; add a card with prompts\.math"):
        Registry([Registry.load().get("python")]).for_task("math")
