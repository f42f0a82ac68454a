from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sabotage import mounting, sabotaged, sharing, without_filter

from sandbox.hostile.attack import Finding, attack, honest_verdicts
from sandbox.hostile.catalogue import CATALOGUE
from sandbox.hostile.judges import attempts, ended
from sandbox.hostile.record import Hostile
from sandbox.oneshot import OneShot
from sandbox.sandbox import Sandbox
from sandbox.tiers import Opened
from sandbox.types import CaseResult, Execution, Input, Limits, Program

STOPPED = Hostile("open", "test", "open a file", 'def f(bait): return {"open": ["stopped", "ENOENT"]}', attempts)
THROUGH = Hostile("tmp", "test", "write to its own /tmp", 'def f(bait): return {"open": ["got", "3"]}', attempts)
ENDLESS = Hostile("loop", "test", "loop", "while True: pass", ended, frozenset({"load_error"}), script=False)


async def findings(sandbox: Sandbox, *programs: Hostile) -> list[Finding]:
    return [finding async for finding in attack(sandbox, programs)]


@pytest.fixture
async def sandbox(one_shot: Sandbox) -> Sandbox:
    return one_shot


async def test_stopped_program_is_fine(sandbox: Sandbox) -> None:
    (finding,) = await findings(sandbox, STOPPED)
    assert (finding.ok, finding.verdict, finding.stopped_by) == (True, "ok", "no such file there")
    assert (finding.name, finding.group, finding.tried) == ("open", "test", "open a file")
    assert finding.milliseconds > 0


async def test_program_that_got_through_is_told(sandbox: Sandbox) -> None:
    through, after = await findings(sandbox, THROUGH, STOPPED)
    assert not through.ok
    assert through.stopped_by.startswith("nothing: open gave")
    assert after.ok


async def test_tier_that_is_known_not_to_stop_it_is_told_with_the_reason(sandbox: Sandbox) -> None:
    (finding,) = await findings(sandbox, replace(THROUGH, unstopped={"one-shot": "it may"}))
    assert (finding.ok, finding.known, finding.stopped_by) == (True, True, "not stopped: it may")
    (finding,) = await findings(sandbox, replace(THROUGH, unstopped={"reduced": "it may"}))
    assert (finding.ok, finding.known) == (False, False)
    (finding,) = await findings(sandbox, replace(STOPPED, unstopped={"one-shot": "it may"}))
    assert (finding.ok, finding.known) == (True, False)


async def test_wrong_verdict_is_not_fine(sandbox: Sandbox) -> None:
    (finding,) = await findings(sandbox, replace(STOPPED, verdicts=frozenset({"time_limit/cpu"})))
    assert (finding.ok, finding.stopped_by) == (False, "no such file there; the verdict should be time_limit/cpu")


async def test_script_reads_the_bait_from_its_input(sandbox: Sandbox) -> None:
    source = "import json, os\nbait = json.load(__import__('sys').stdin)\nos._exit(len(bait['mark']))"
    (finding,) = await findings(
        sandbox, replace(STOPPED, source=source, judge=ended, script=True, verdicts=frozenset({"crashed/Exit"}))
    )
    assert finding.stopped_by == "Exit: the process ended itself with exit code 15"


async def test_victim_runs_beside(sandbox: Sandbox) -> None:
    victim = "import time\ndef f(bait): time.sleep(0.3)"
    (finding,) = await findings(sandbox, replace(STOPPED, beside=victim))
    assert finding.ok


async def test_process_that_is_left_is_told(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.hostile.attack._LOOKS", 2)
    monkeypatch.setattr("sandbox.bait.Bait.left", lambda self: [7])
    (finding,) = await findings(sandbox, STOPPED)
    assert (finding.ok, finding.stopped_by) == (False, "nothing: process 7 is left")


class Poisoned(Sandbox):
    """From its third run on it answers with what it was given."""

    def __init__(self, answer: Execution, runs: int = 3) -> None:
        super().__init__(tier="one-shot")
        self.answer, self.runs = answer, runs

    async def run(self, program: Program, inputs: Iterable[Input], limits: Limits | None = None) -> Execution:
        self.runs -= 1
        return self.answer if self.runs < 0 else await super().run(program, inputs, limits)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Execution("ok", (CaseResult("ok", 50),)), "an honest program gave 50 instead of 49"),
        (Execution("infrastructure", detail="broken"), "an honest program got infrastructure broken"),
        (Execution("ok", (CaseResult("time_limit", limit="cpu"),)), "an honest program got time_limit/cpu"),
    ],
)
async def test_honest_program_that_suffers_is_told(answer: Execution, words: str) -> None:
    async with Poisoned(answer) as sandbox:
        (finding,) = await findings(sandbox, STOPPED)
    assert not finding.ok
    assert finding.stopped_by == f"no such file there; after it: {words}"


async def test_honest_program_that_suffered_before_is_told() -> None:
    async with Poisoned(Execution("infrastructure", detail="broken"), runs=0) as sandbox:
        (finding,) = await findings(sandbox, STOPPED)
        assert await honest_verdicts(sandbox) == "an honest program got infrastructure broken"
    assert not finding.ok
    assert finding.stopped_by.startswith("before it: an honest program got infrastructure broken")


async def test_answer_of_another_tier_is_not_fine(sandbox: Sandbox) -> None:
    sandbox.tier = "pool"
    (finding,) = await findings(sandbox, STOPPED)
    assert (finding.ok, finding.stopped_by) == (False, "no such file there; it ran in the one-shot tier")


@pytest.mark.parametrize(
    ("name", "got"),
    [
        ("secret-file", "nothing: a secret came home"),
        ("write-outside", "nothing: the secret file was changed"),
        ("tcp", "nothing: the TCP listener was reached"),
        ("udp", "nothing: the UDP listener was reached"),
        ("unix-socket", "nothing: the unix listener was reached"),
        ("socketpair", "nothing: the unix datagram listener was reached"),
        ("raw-sockets", "nothing: socket of netlink gave"),
        ("keyrings", "nothing: add_key gave"),
        ("shared-memory-of-another-run", "nothing: shmget gave"),
        ("files-of-another-run", "nothing: open /tmp/"),
        ("signals-by-descriptor", "nothing: owner of a descriptor gave"),
        ("environment", "nothing: it found ['BAIT',"),
    ],
)
async def test_programs_do_get_through_where_nothing_stops_them(
    monkeypatch: pytest.MonkeyPatch, outside: Path, name: str, got: str
) -> None:
    shared = outside / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    view = mounting("--bind", str(outside), str(outside), "--bind", str(shared), "/tmp", "--setenv", "BAIT", "1")
    with closing(sabotaged(without_filter, sharing("net", "pid"), view)) as launcher:
        tiers = Opened([OneShot(launcher)])

        async def broken(*_: object) -> Opened:
            return tiers

        monkeypatch.setattr("sandbox.sandbox.open_tiers", broken)
        async with Sandbox(tier="one-shot") as sandbox:
            (finding,) = await findings(sandbox, *(program for program in CATALOGUE if program.name == name))
    assert not finding.ok
    assert finding.stopped_by.startswith(got)
