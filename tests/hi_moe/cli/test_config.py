"""`hi-moe config`: values with their origins, and every key in words."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from hi_moe.settings import Settings
from hi_moe.settings_layers import leaves

Run = Callable[..., Result]


def test_show_names_the_origin_of_every_value(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("hi-moe.toml").write_text("[budget]\ntokens = 5", encoding="utf-8")
    monkeypatch.setenv("HI_MOE_BUDGET__CALLS", "7")
    lines = [line.split() for line in run("config", "show", "--profile", "tiny").stdout.splitlines()]
    assert ["budget.tokens", "5", "hi-moe.toml"] in lines
    assert ["budget.calls", "7", "env", "HI_MOE_BUDGET__CALLS"] in lines
    assert ["ladder.repairs", "1", "profile", "tiny"] in lines
    assert ["ladder.plan", "true", "default"] in lines
    assert ["ledger.url", "not", "set", "default"] in lines
    assert len(lines) == 1 + len(leaves(Settings))


def test_show_as_json(run: Run) -> None:
    data = json.loads(run("config", "show", "--json").stdout)
    assert data["budget.rounds"] == {"value": 8, "origin": "default"}
    assert set(data) == set(leaves(Settings))


def test_another_file_is_read_with_config(run: Run, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text("seed = 9", encoding="utf-8")
    assert json.loads(run("config", "show", "--config", own, "--json").stdout)["seed"]["value"] == 9


def test_keys_is_the_table_of_the_documentation(run: Run) -> None:
    stated = Path(__file__).parents[3] / "docs" / "configuration.md"
    assert run("config", "keys").stdout in stated.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--profile", "tyni"], "unknown profile 'tyni' (flag --profile); did you mean 'tiny'?"),
        (["--config", "nope.toml"], "cannot read settings file 'nope.toml': No such file or directory"),
    ],
)
def test_wrong_settings_are_one_line(refused: Callable[..., str], arguments: list[str], line: str) -> None:
    assert refused("config", "show", *arguments) == line


def test_an_unknown_key_is_one_line(refused: Callable[..., str]) -> None:
    Path("hi-moe.toml").write_text("[ladder]\nsample = 4", encoding="utf-8")
    assert refused("config", "show") == "hi-moe.toml: unknown key 'ladder.sample'; did you mean 'ladder.samples'?"
