"""What one side of an A/B may say."""

from pathlib import Path

import pytest

from hi_moe.evaluation.arms import read_arm
from hierarchy.errors import SettingsError, UnknownName, UsageError


def test_a_profile() -> None:
    arm = read_arm("tiny")
    assert arm.load(None, None, None).settings.profile == "tiny"
    assert arm.spec("direct").name == "direct"


def test_a_solver_and_settings() -> None:
    arm = read_arm("solver=direct, ladder.samples=16,engine.max_tokens=99")
    settings = arm.load("tiny", None, 7).settings
    assert arm.spec("hierarchy").name == "direct"
    assert (settings.ladder.samples, settings.engine.max_tokens, settings.seed) == (16, 99, 7)


def test_a_settings_file(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[ladder]\nsamples = 3\n")
    assert read_arm(str(file)).load("tiny", None, None).settings.ladder.samples == 3


def test_an_adapter() -> None:
    assert read_arm("tiny,my.gguf").load(None, None, None).settings.engine.adapter == Path("my.gguf")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an arm is empty"),
        (" , ", "an arm is empty"),
        ("tinyy", "'tinyy' is no profile.*did you mean 'tiny'"),
        ("no.toml", "there is no settings file 'no.toml'"),
        ("tiny,embedded", "names two of the kind 'profile'"),
    ],
)
def test_what_an_arm_cannot_be(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_arm(text)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"unknown key 'ladder\.sample'"):
        read_arm("ladder.sample=3").load(None, None, None)


def test_an_unknown_solver_is_refused() -> None:
    with pytest.raises(UnknownName, match="no solver 'ring'"):
        read_arm("solver=ring").spec("direct")
