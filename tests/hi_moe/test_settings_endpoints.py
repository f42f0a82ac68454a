"""Endpoints in the settings: where they come from, and errors that never show a key."""

from pathlib import Path

import pytest

from hi_moe.settings import Loaded, Settings
from hi_moe.settings_keys import allowed
from hi_moe.settings_layers import leaves
from hierarchy.errors import SettingsError

FAR = """
[models]
default = "far"
[models.endpoints.far]
base_url = "http://127.0.0.1:8000/v1"
model = "Qwen/Qwen2.5-7B-Instruct"
context_tokens = 32_768
"""


@pytest.fixture(autouse=True)
def _no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def load(toml: str, environ: dict[str, str] | None = None) -> Loaded:
    Path("hi-moe.toml").write_text(toml, encoding="utf-8")
    return Settings.load(environ=environ or {})


def test_an_endpoint_is_a_table_of_its_own() -> None:
    loaded = load(FAR)
    models = loaded.settings.models
    assert models.endpoints["far"].model == "Qwen/Qwen2.5-7B-Instruct"
    assert models.with_weights(["far", "near"]) == ("near",)
    assert loaded.origins["models.endpoints.far"] == "hi-moe.toml"
    (row,) = [row for row in loaded.rows() if row[0] == "models.endpoints.far"]
    assert isinstance(row[1], dict)
    assert row[1]["context_tokens"] == 32_768
    assert Settings.model_validate(loaded.settings.model_dump(mode="json")) == loaded.settings


def test_the_environment_gives_endpoints_as_json() -> None:
    value = '{"b": {"base_url": "http://localhost/v1", "model": "m", "context_tokens": 512, "retries": 0}}'
    loaded = load(FAR, {"HI_MOE_MODELS__ENDPOINTS": value})
    assert sorted(loaded.settings.models.endpoints) == ["b", "far"]
    assert loaded.origins["models.endpoints.b"] == "env HI_MOE_MODELS__ENDPOINTS"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("api_key = 'sk-1'", "unknown key 'models.endpoints.far.api_key'; did you mean 'api_key_env'?"),
        (
            "api_key_env = 'sk-1'",
            "models.endpoints.far.api_key_env is not possible; it must be text, of the form ^[A-Za-z_][A-Za-z0-9_]*$",
        ),
        (
            "retries = 99",
            "models.endpoints.far.retries = 99 is not possible; it must be an integer, at least 0 and at most 10",
        ),
        (
            "retries = -1\nmax_concurrency = 0",
            "models.endpoints.far.retries = -1 is not possible; it must be an integer, at least 0 and at most 10 "
            "(and 1 more)",
        ),
    ],
)
def test_a_wrong_key_of_an_endpoint_is_one_line_without_secrets(line: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(f"{FAR}{line}\n")
    assert str(caught.value) == f"hi-moe.toml: {message}"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('model = "Qwen/Qwen2.5-7B-Instruct"', "", "models.endpoints.far.model is missing; it is text, not empty"),
        (
            "http://127.0.0.1:8000/v1",
            "http://me:sk-1@host/v1",
            "models.endpoints.far.base_url = 'http://me:***@host/v1' is not possible; it must hold no user or "
            "password; name the variable of the key in api_key_env",
        ),
        (
            'base_url = "http://127.0.0.1:8000/v1"',
            'base_url = "http://10.0.0.1/v1"\napi_key_env = "KEY"',
            "models.endpoints.far is not possible; the key would cross the network in the clear; use https://, or "
            "allow it with plain_http = true",
        ),
    ],
)
def test_an_endpoint_that_cannot_be(old: str, new: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(FAR.replace(old, new))
    assert str(caught.value) == f"hi-moe.toml: {message}"


def test_an_endpoint_that_is_no_table() -> None:
    with pytest.raises(SettingsError, match=r"models\.endpoints\.far is not possible; it must be a table of base_url"):
        load('[models.endpoints]\nfar = "http://h/v1"')


def test_the_documentation_says_what_an_endpoint_is_made_of() -> None:
    said = allowed(leaves(Settings)["models.endpoints"])
    assert said.startswith("a table of NAME = a table of base_url, model, context_tokens")
