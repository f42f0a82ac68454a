"""The command line in a home of its own: nothing of the developer's settings, ledger or logs takes part."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hi_moe.cli import main

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory and home; only the folder of weights stays where it is."""
    for name in list(os.environ):
        if name.startswith("HI_MOE_") and name != "HI_MOE_MODELS__CACHE":
            monkeypatch.delenv(name)
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return tmp_path


@pytest.fixture
def run() -> Run:
    """Run the command line in this process: `run("config", "show", input="…")`."""

    def invoke(*arguments: str | Path, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments], input=stdin, prog_name="hi-moe")

    return invoke


@pytest.fixture
def refused(run: Run) -> Callable[..., str]:
    """Run a command that must fail; give its one line on stderr, after checking that it is one and stdout is empty."""

    def invoke(*arguments: str | Path, code: int = 2, stdin: str | bytes | None = None) -> str:
        result = run(*arguments, stdin=stdin)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        line, *more = result.stderr.splitlines()
        assert not more, result.stderr
        start, _, text = line.partition(": ")
        assert start == "error"
        return text

    return invoke
