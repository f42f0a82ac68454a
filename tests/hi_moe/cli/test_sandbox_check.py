"""`hi-moe sandbox check`: the hostile table of this very machine, and what it says when something gets through."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from click.testing import Result

from hi_moe.cli.exits import Exit
from hi_moe.cli.sandbox_check import check
from hi_moe.cli.sandbox_exits import SandboxExit
from hi_moe.cli.sandbox_table import CheckView
from hi_moe.isolation import TIERS
from sandbox.hostile.catalogue import CATALOGUE
from sandbox.hostile.record import Hostile, Ruling
from sandbox.settings import SandboxSettings

Run = Callable[..., Result]
TWO = ("--only", "fork-bomb", "--only", "tcp")


def test_a_row_for_each_program_a_sum_and_the_tiers(run: Run) -> None:
    result = run("sandbox", "check", "--tier", "one-shot", *TWO)
    assert result.exit_code == SandboxExit.OK
    first, second, total, empty, head, *tiers = result.stdout.splitlines()
    assert [first.split()[:3], second.split()[:3]] == [["ok", "one-shot", "fork-bomb"], ["ok", "one-shot", "tcp"]]
    assert "fork without end  →  EAGAIN from the system call filter" in first
    assert total.startswith("one-shot: 2 of 2 hostile programs stopped, ")
    assert (empty, head) == ("", "TIER      ON THIS MACHINE")
    assert [line.split()[:2] for line in tiers] == [[tier, "works"] for tier in TIERS]
    assert result.stderr == ""


def test_every_tier_that_works_is_tried(run: Run) -> None:
    result = run("sandbox", "check", "--all-tiers", "--only", "fork-bomb")
    assert result.exit_code == SandboxExit.OK
    assert [line.split()[1] for line in result.stdout.splitlines() if line.startswith("ok")] == list(TIERS)


def test_json_is_one_line(run: Run) -> None:
    result = run("sandbox", "check", *TWO, "--json")
    data = json.loads(result.stdout)
    assert data["exit_code"] == result.exit_code == 0
    found = {tier["tier"]: [finding["name"] for finding in tier["findings"]] for tier in data["tiers"]}
    assert found == {"pool": ["fork-bomb", "tcp"], "one-shot": [], "reduced": []}
    (finding, _) = data["tiers"][0]["findings"]
    assert {"group", "tried", "stopped_by", "verdict", "milliseconds", "ok"} <= set(finding)


def test_a_tier_that_does_not_work_has_its_cause_and_is_not_replaced(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HI_MOE_SANDBOX__PACKAGES", "click")
    result = run("sandbox", "check", "--tier", "reduced", "--only", "tcp")
    assert result.exit_code == Exit.MISSING
    assert result.stdout.splitlines()[-1] == (
        "reduced   does not work: the reduced tier cannot show the packages click; "
        "fix: leave them out, or use another tier"
    )


def checked(programs: Sequence[Hostile], *, as_json: bool = False) -> int:
    settings = SandboxSettings(tier="one-shot")
    return asyncio.run(check(settings, ("one-shot",), CheckView(as_json), programs))


def test_a_program_that_gets_through_is_named_and_is_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    through = replace(CATALOGUE[0], name="escape", judge=lambda execution, traces: Ruling(True, "nothing"))
    assert checked([CATALOGUE[0], through]) == SandboxExit.GOT_THROUGH
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("FAIL   one-shot  escape ")
    assert lines[2].startswith("one-shot: 1 of 2 hostile programs stopped, FAILED: escape, ")


def test_what_a_tier_does_not_stop_by_its_nature_is_counted_apart(capsys: pytest.CaptureFixture[str]) -> None:
    known = replace(
        CATALOGUE[0],
        judge=lambda execution, traces: Ruling(True, "nothing"),
        unstopped={"one-shot": "it has no such limit"},
    )
    assert checked([known]) == SandboxExit.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("known  one-shot ")
    assert lines[0].endswith("not stopped: it has no such limit")
    assert lines[1].startswith("one-shot: 0 of 1 hostile program stopped, 1 not stopped by its nature, ")


def test_names_can_be_listed_without_a_run(run: Callable[..., Result]) -> None:
    lines = run("sandbox", "check", "--list").stdout.splitlines()
    assert lines[0].split() == ["NAME", "GROUP", "TRIES", "TO"]
    assert [line.split()[0] for line in lines[1:]] == [program.name for program in CATALOGUE]
    (found,) = json.loads(run("sandbox", "check", "--list", "--only", "tcp", "--json").stdout)
    assert (found["name"], found["group"]) == ("tcp", "network")


@pytest.mark.parametrize(
    ("options", "code", "line"),
    [
        (("--tier", "none"), 2, "flag --tier: sandbox.tier = 'none' is not possible; it must be one of 'pool', "),
        (("--tier", "pool", "--all-tiers"), 2, "--tier and --all-tiers exclude each other; see: hi-moe sandbox check"),
        (("--only", "fork-bom"), 2, "no hostile program 'fork-bom'; did you mean 'fork-bomb'?"),
        (("--only", "???"), 2, "no hostile program '???'; all names: hi-moe sandbox check --list"),
    ],
)
def test_wrong_usage_is_one_line(refused: Callable[..., str], options: tuple[str, ...], code: int, line: str) -> None:
    assert refused("sandbox", "check", *options, code=code).startswith(line)


def test_a_package_that_is_not_installed_is_one_line(
    refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HI_MOE_SANDBOX__PACKAGES", "no-such-thing")
    line = "the package 'no-such-thing' is not installed here; pip install no-such-thing"
    assert refused("sandbox", "check", "--only", "tcp", code=Exit.MISSING) == line
