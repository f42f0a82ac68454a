"""Precedence, origins and the one-line errors of the settings."""

import os
from pathlib import Path

import pytest

from hi_moe.settings import Loaded, Settings, find_config, mask, profiles
from hierarchy.errors import SettingsError


@pytest.fixture(autouse=True)
def _no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the developer's own settings file nor one in the working directory takes part."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def load(
    toml: str | None = None,
    environ: dict[str, str] | None = None,
    flags: dict[str, object] | None = None,
    profile: str | None = None,
) -> Loaded:
    if toml is not None:
        Path("hi-moe.toml").write_text(toml, encoding="utf-8")
    return Settings.load(profile=profile, flags=flags, environ=environ or {})


def test_defaults_are_the_embedded_profile() -> None:
    loaded = load()
    assert loaded.settings == Settings()
    assert loaded.origins["budget.tokens"] == "default"
    assert loaded.origins["models.default"] == "profile embedded"
    assert loaded.config_file is None


@pytest.mark.parametrize(
    ("toml", "environ", "flags", "value", "origin"),
    [
        (None, {}, {}, 8000, "profile tiny"),
        ("[budget]\ntokens = 1", {}, {}, 1, "hi-moe.toml"),
        ("[budget]\ntokens = 1", {"HI_MOE_BUDGET__TOKENS": "2"}, {}, 2, "env HI_MOE_BUDGET__TOKENS"),
        ("[budget]\ntokens = 1", {"HI_MOE_BUDGET__TOKENS": "2"}, {"budget.tokens": 3}, 3, "flag --budget-tokens"),
        (None, {}, {"budget.tokens": None}, 8000, "profile tiny"),
        (None, {"HI_MOE_BUDGET__TOKENS": ""}, {}, 8000, "profile tiny"),
    ],
)
def test_precedence(
    toml: str | None, environ: dict[str, str], flags: dict[str, object], value: int, origin: str
) -> None:
    loaded = load(toml, environ, flags, profile="tiny")
    assert loaded.settings.budget.tokens == value
    assert loaded.origins["budget.tokens"] == origin


@pytest.mark.parametrize(
    ("toml", "environ", "profile", "origin"),
    [
        ('profile = "tiny"', {}, None, "hi-moe.toml"),
        ('profile = "embedded"', {"HI_MOE_PROFILE": "tiny"}, None, "env HI_MOE_PROFILE"),
        ('profile = "embedded"', {"HI_MOE_PROFILE": "embedded"}, "tiny", "flag --profile"),
    ],
)
def test_the_profile_itself_follows_the_precedence(
    toml: str, environ: dict[str, str], profile: str | None, origin: str
) -> None:
    loaded = load(toml, environ, profile=profile)
    assert loaded.settings.models.default == "smollm2-135m-instruct-q4_1"
    assert loaded.origins["profile"] == origin


def test_flags_are_named_as_the_command_line_spells_them() -> None:
    loaded = load(flags={"models.default": "x", "budget.wall_seconds": 5, "ledger.url": "sqlite://"})
    assert loaded.origins["models.default"] == "flag --model"
    assert loaded.origins["budget.wall_seconds"] == "flag --budget-seconds"
    assert loaded.origins["ledger.url"] == "flag --ledger-url"


def test_relative_paths_of_a_file_are_beside_it_and_home_is_expanded(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    config = folder / "own.toml"
    config.write_text(
        '[models]\ncache = "weights"\n[models.files]\n"my.model" = "a.gguf"\n[routing]\ncards = "~/cards"'
    )
    loaded = Settings.load(config=config, environ={})
    assert loaded.settings.models.cache == folder / "weights"
    assert loaded.settings.models.files == {"my.model": folder / "a.gguf"}
    assert loaded.settings.routing.cards == Path.home() / "cards"
    assert loaded.origins["models.files.my.model"] == str(config)
    assert ("models.files.my.model", str(folder / "a.gguf"), str(config)) in loaded.rows()


def test_a_map_in_the_environment_is_json() -> None:
    loaded = load(environ={"HI_MOE_MODELS__FILES": '{"mine": "/x.gguf"}'})
    assert loaded.settings.models.files == {"mine": Path("/x.gguf")}


def test_the_platform_folder_is_searched_after_the_working_directory(tmp_path: Path) -> None:
    theirs = tmp_path / "config" / "hi-moe" / "hi-moe.toml"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("seed = 1")
    assert find_config(None) == theirs
    Path("hi-moe.toml").write_text("seed = 2")
    assert load().settings.seed == 2


def test_a_platform_folder_that_is_closed_to_us_has_no_settings(tmp_path: Path) -> None:
    home = tmp_path / "config"
    home.mkdir()
    home.chmod(0)
    user = os.geteuid()
    try:
        if user == 0:
            # Root may read everything.
            os.seteuid(65534)
        with pytest.raises(PermissionError):
            (home / "hi-moe" / "hi-moe.toml").stat()
        assert find_config(None) is None
    finally:
        os.seteuid(user)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("[budget]\ntokns = 1", "hi-moe.toml: unknown key 'budget.tokns'; did you mean 'budget.tokens'?"),
        ("tokens = 1", "hi-moe.toml: unknown key 'tokens'; did you mean 'budget.tokens'?"),
        ("zzz = 1", "hi-moe.toml: unknown key 'zzz'"),
        ("budget = 1", "hi-moe.toml: 'budget' is a section, not a value; write [budget] and its keys below"),
        (
            "[models]\nfiles = 1",
            "hi-moe.toml: 'models.files' is a table; write [models.files] and one NAME = VALUE a line",
        ),
        (
            "[budget]\ntokens = 0",
            "hi-moe.toml: budget.tokens = 0 is not possible; it must be an integer, greater than 0",
        ),
        (
            "[ladder]\nsamples = 1\nportfolio = 0",
            "hi-moe.toml: ladder.samples = 1 is not possible; it must be an integer, at least 2 and at most 64 "
            "(and 1 more)",
        ),
        (
            "[models.files]\nx = 3",
            "hi-moe.toml: models.files.x = 3 is not possible; it must be a table of NAME = a path",
        ),
    ],
)
def test_a_wrong_file_is_one_line_naming_it(toml: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(toml)
    assert str(caught.value) == message


def test_broken_toml_names_file_and_line() -> None:
    with pytest.raises(SettingsError, match=r"hi-moe\.toml: not valid TOML: .*line 2"):
        load("seed = 1\nprofile = = 2")


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    Path("hi-moe.toml").write_bytes(b'profile = "\xff"')
    with pytest.raises(SettingsError, match=r"not UTF-8 \(byte 11\)"):
        load()


def test_a_missing_or_unreadable_config_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"cannot read settings file 'nope\.toml': No such file"):
        Settings.load(config=Path("nope.toml"), environ={})
    with pytest.raises(SettingsError, match="Is a directory"):
        Settings.load(config=tmp_path, environ={})


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (
            {"HI_MOE_BUDGT__TOKENS": "1"},
            "environment: unknown variable 'HI_MOE_BUDGT__TOKENS'; did you mean 'HI_MOE_BUDGET__TOKENS'?",
        ),
        (
            {"HI_MOE_ROUTING__PROMPT": "long"},
            "env HI_MOE_ROUTING__PROMPT: routing.prompt = 'long' is not possible; "
            "it must be one of 'few_shot', 'minimal'",
        ),
        (
            {"HI_MOE_MODELS__FILES": "[1]"},
            'environment: HI_MOE_MODELS__FILES must be a JSON object such as {"NAME": "FILE"}',
        ),
    ],
)
def test_a_wrong_variable_is_one_line_naming_it(environ: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(environ=environ)
    assert str(caught.value) == message


def test_a_variable_that_should_be_json() -> None:
    with pytest.raises(SettingsError, match="HI_MOE_MODELS__FILES is not JSON"):
        load(environ={"HI_MOE_MODELS__FILES": "{"})


def test_an_unknown_flag_key_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"unknown key 'budget\.token'; did you mean 'budget\.tokens'\?"):
        load(flags={"budget.token": 1})


def test_an_unknown_profile_is_refused_with_a_suggestion() -> None:
    with pytest.raises(SettingsError, match=r"unknown profile 'tyni' \(flag --profile\); did you mean 'tiny'\?"):
        load(profile="tyni")
    with pytest.raises(SettingsError, match=r"unknown profile 'h100' \(hi-moe\.toml\); there are: embedded, tiny"):
        load('profile = "h100"')


def test_other_variables_and_the_debug_switch_are_left_alone() -> None:
    assert load(environ={"HI_MOE_DEBUG": "1", "HOME": "/x"}).settings == Settings()


@pytest.mark.parametrize("name", sorted(profiles()))
def test_every_shipped_profile_loads(name: str) -> None:
    assert load(profile=name).settings.profile == name


def test_passwords_are_masked_in_rows() -> None:
    rows = {key: value for key, value, _ in load(flags={"ledger.url": "postgresql://me:secret@db/x"}).rows()}
    assert rows["ledger.url"] == "postgresql://me:***@db/x"
    assert mask("sqlite:///a@b:c") == "sqlite:///a@b:c"
    assert mask(3) == 3
