"""What doctor says about the installation, good and bad."""

import sys
from pathlib import Path

import pytest

from hi_moe.cli import checks_install as install
from hi_moe.settings import Settings


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that comes first where a child process looks for packages."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


def test_the_engine_of_this_installation_loads() -> None:
    finding = install.engine()
    assert finding.ok
    assert finding.text.startswith("llama-cpp-python 0.")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("raise ImportError('no libllama.so')", "cannot be imported: ImportError: no libllama.so"),
        ("import os; os.kill(os.getpid(), 4)", "crashes as it loads (SIGILL): built for another CPU?"),
        ("import time; time.sleep(60)", "did not load within 0.5 s"),
    ],
)
def test_an_engine_that_does_not_load(packages: Path, monkeypatch: pytest.MonkeyPatch, source: str, text: str) -> None:
    monkeypatch.setattr(install, "ENGINE_SECONDS", 0.5 if "sleep" in source else 60)
    (packages / "llama_cpp.py").write_text(source)
    finding = install.engine()
    assert (finding.ok, finding.text, finding.fix) == (False, f"llama-cpp-python {text}", install.BUILD)


def test_weights_are_one_line_a_model() -> None:
    loaded = Settings.load("tiny", flags={"models.architect": "smollm", "models.monitor": "smollm2-135m-instruct-q4_1"})
    here, unknown = install.weights(loaded.settings)
    assert here.ok
    assert not unknown.ok
    assert unknown.text.startswith("there is no model 'smollm'; did you mean")


def test_a_ledger_that_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite3"
    good = install.ledger(Settings.load(flags={"ledger.url": f"sqlite:///{file}"}, environ={}).settings)
    assert (good.ok, good.text) == (True, f"0 runs in {file}")
    file.write_bytes(b"no database" * 100)
    bad = install.ledger(Settings.load(flags={"ledger.url": f"sqlite:///{file}"}, environ={}).settings)
    assert not bad.ok
    assert "is not a SQLite database" in bad.text


def test_our_names_are_ours_here() -> None:
    (finding,) = install.names()
    assert finding.ok, finding


def test_a_package_found_elsewhere_is_named(tmp_path: Path) -> None:
    finding = install.names(tmp_path)[0]
    assert not finding.ok
    ours = Path(__file__).parents[3] / "prompts" / "__init__.py"
    assert finding.text == f"`import prompts` finds {ours}, not {tmp_path}/prompts"


def test_a_package_that_is_gone_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "ROOMS", ("no_such_room",))
    assert install.names()[0].text.startswith("`import no_such_room` finds nothing, not ")


def test_another_distribution_with_one_of_our_names_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "rival-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: rival\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("evals\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    (finding,) = install.names()
    assert finding.text == "the distribution 'rival' also installs a package 'evals'"
    assert finding.fix.startswith("pip uninstall rival")
