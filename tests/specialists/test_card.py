"""Cards are checked to the last key, and each error is one line that names file and key."""

from pathlib import Path

import pytest

from hierarchy.errors import SettingsError
from specialists.card import read_card

GOOD = """\
manifest_version = 1
name = "haiku"
description = "very short poems"
[prompts]
text = "solve_text"
[priors]
text = 1
[keywords]
haiku = 5
"""


def card(folder: Path, text: str | bytes) -> Path:
    file = folder / "haiku.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def test_a_card_becomes_a_specialist(tmp_path: Path) -> None:
    haiku = read_card(card(tmp_path, GOOD))
    assert (haiku.name, haiku.tasks, haiku.prompt_for("text")) == ("haiku", ("text",), "solve_text")
    assert haiku.keywords == {"haiku": 5.0}
    assert (haiku.model, haiku.adapter) == (None, None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("manifest_version = 1", "manifest_version = 2", "manifest_version 2; this release reads manifest_version = 1"),
        ("manifest_version = 1", "manifest_version = true", "manifest_version True"),
        ("manifest_version = 1\n", "", "manifest_version None"),
        ("name =", "nmae =", "unknown key 'nmae'; did you mean 'name'?"),
        ('name = "haiku"\n', "", "the key 'name' is missing"),
        ('"haiku"', '"Hai ku"', "name: String should match pattern"),
        ('"very short poems"', '"' + "x" * 81 + '"', "description: String should have at most 80 characters"),
        ('"solve_text"', '"solve_txt"', "prompts.text: no prompt 'solve_txt'; did you mean 'solve_text'?"),
        ('"solve_text"', '"zzz"', "prompts.text: no prompt 'zzz'"),
        ('"solve_text"', '"plan_x"', "prompts.text: no prompt 'plan_x'"),
        ('"solve_text"', '"repair"', "prompts.text: 'repair' is no prompt for solving, it takes statement,"),
        ("[prompts]\ntext", "[prompts]\ntxt", "prompts.txt: Input should be"),
        ("[priors]\ntext", "[priors]\nmath", "priors.math: there is no prompts.math"),
        ("text = 1\n", "text = nan\n", "text: the weight nan is not a finite number"),
        ("haiku = 5", "haiku = inf", "haiku: the weight inf is not a finite number"),
        ("haiku = 5", '"!?" = 5', "keywords: '!?' has no letter or digit"),
        ("haiku = 5", "haiku = 5\nhaikus = 4", "'haikus' and 'haiku' are the same words; keep one"),
        ("haiku = 5", 'haiku = "much"', "keywords.haiku: Input should be a valid number"),
        ("[priors]", "[priors", "cannot be read"),
    ],
)
def test_a_bad_card_is_one_line_with_file_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(SettingsError) as caught:
        read_card(card(tmp_path, GOOD.replace(old, new, 1)))
    assert said in str(caught.value)
    assert "haiku.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_card_that_is_not_utf8_or_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"haiku\.toml.*cannot be read"):
        read_card(card(tmp_path, b"\xff\xfe"))
    with pytest.raises(SettingsError, match=r"none\.toml.*cannot be read"):
        read_card(tmp_path / "none.toml")
