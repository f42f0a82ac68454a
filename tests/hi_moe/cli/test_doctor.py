"""`hi-moe doctor` as a whole, on this very machine."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from hi_moe.cli import checks_install, checks_machine
from hi_moe.cli.doctor import examine
from hi_moe.cli.finding import Finding
from hi_moe.settings import Settings

Run = Callable[..., Result]
CHECKS = ["python", "compiler", "engine", "weights", "isolation", "disk", "ledger", "disk", "memory", "names"]


def test_a_machine_that_runs_the_tests_is_well(run: Run) -> None:
    result = run("doctor", "--profile", "tiny")
    assert result.exit_code == 0, result.stdout
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[:2] for line in lines] == [["ok", name] for name in CHECKS]


def test_json_has_one_object_a_check(run: Run) -> None:
    findings = json.loads(run("doctor", "--profile", "tiny", "--json").stdout)
    assert [finding["check"] for finding in findings] == CHECKS
    assert all(set(finding) == {"check", "ok", "text", "fix"} for finding in findings)


def test_what_is_missing_has_a_cause_and_a_command(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HI_MOE_MODELS__CACHE", str(tmp_path / "empty"))
    result = run("doctor", "--profile", "tiny")
    assert result.exit_code == 3
    (line,) = [line for line in result.stdout.splitlines() if line.startswith("FAIL")]
    assert line == (
        "FAIL  weights   model 'smollm2-135m-instruct-q4_1' is not on this machine: "
        "hi-moe models pull smollm2-135m-instruct-q4_1"
    )


def test_an_unknown_model_does_not_hide_the_other_checks(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HI_MOE_MODELS__DEFAULT", "smollm")
    findings = json.loads(run("doctor", "--json").stdout)
    assert [finding["check"] for finding in findings] == CHECKS
    assert [finding["check"] for finding in findings if not finding["ok"]] == ["weights"]


def test_a_ledger_on_a_server_has_no_disk_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_install, "engine", lambda: Finding("engine", True, ""))
    loaded = Settings.load("tiny", flags={"ledger.url": "sqlite:///:memory:"}, environ={})
    assert [finding.check for finding in examine(loaded.settings)].count("disk") == 1


def test_a_finding_with_a_fix_shows_it_below(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = Finding("isolation", False, "user namespaces are switched off", "sysctl -w x=1")
    monkeypatch.setattr(checks_machine, "isolation", lambda settings: bad)
    lines = run("doctor", "--profile", "tiny").stdout.splitlines()
    place = lines.index("FAIL  isolation user namespaces are switched off")
    assert lines[place + 1].strip() == "fix: sysctl -w x=1"
