"""Problems in turn: results as they come, failures that lose nothing, Ctrl-C. The session is real, events are given."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from scenario import problem

from hi_moe.api import HiMoe
from hi_moe.cli.answers import Answers
from hi_moe.cli.exits import Exit
from hi_moe.cli.view import PlainLog, Silent, View
from hi_moe.cli.work import Job, Worker
from hi_moe.settings import Loaded, Settings
from hierarchy.errors import EngineFailed, PromptTooLong, UnknownName
from hierarchy.events import Event, RunFinished, RunStarted
from hierarchy.outcome import Outcome

Events = Callable[[HiMoe], AsyncGenerator[Event, None]]


def ends_with(outcome: Outcome, status: str = "verified") -> Events:
    async def events(session: HiMoe) -> AsyncGenerator[Event, None]:
        yield RunFinished(outcome=outcome.model_copy(update={"status": status}))

    return events


def raises(error: Exception) -> Events:
    async def events(session: HiMoe) -> AsyncGenerator[Event, None]:
        raise error
        yield

    return events


def job(name: str, events: Events) -> Job:
    return Job(name, f"x.jsonl:{name}", "2 public tests", events)


def work(*jobs: Job, as_json: bool = True, view: View | None = None) -> Exit:
    return Worker(jobs, Settings.load("tiny"), view or Silent(), Answers(as_json, len(jobs) > 1)).run()


def test_the_code_is_that_of_the_worst_outcome(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    code = work(*(job(status, ends_with(outcome, status)) for status in ("verified", "unverified", "agreed")))
    assert code is Exit.UNVERIFIED
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["verified", "unverified", "agreed"]


def test_several_problems_are_summed_up(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    given = [ends_with(outcome), ends_with(outcome, "unverified"), raises(EngineFailed("broke")), ends_with(outcome)]
    work(*(job(str(number), each) for number, each in enumerate(given)), view=PlainLog())
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "4 problems: 2 verified, 1 unverified, 1 failed  3,600 tokens  9.6 s"
    work(job("1", ends_with(outcome)), view=PlainLog())
    assert "problems" not in capsys.readouterr().err.splitlines()[-1]


def test_a_failing_problem_does_not_lose_the_others(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    code = work(
        job("1", ends_with(outcome)),
        job("2", raises(EngineFailed("the engine broke"))),
        job("3", raises(PromptTooLong(9000, 4096, "m"))),
        job("4", raises(ZeroDivisionError("a bug"))),
        job("5", ends_with(outcome)),
    )
    assert code is Exit.INFRASTRUCTURE
    captured = capsys.readouterr()
    rows = [json.loads(line) for line in captured.out.splitlines()]
    assert [row["status"] for row in rows] == ["verified", "failed", "failed", "failed", "verified"]
    assert [row.get("exit_code") for row in rows] == [None, 4, 2, 4, None]
    errors = captured.err.splitlines()
    assert [line.split(":")[0] for line in errors] == ["error"] * 3
    assert [f"error: {row['error']}" for row in rows[1:4]] == errors
    assert "Traceback" not in captured.err


def test_ctrl_c_keeps_the_run_and_says_how_to_go_on(outcome: Outcome, capsys: pytest.CaptureFixture[str]) -> None:
    closed = []

    async def events(session: HiMoe) -> AsyncGenerator[Event, None]:
        yield RunStarted(run_id="run-0002", problem=problem())
        try:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()
        finally:
            closed.append(True)

    before = signal.getsignal(signal.SIGINT)
    jobs = [job("1", ends_with(outcome)), job("2", events), job("3", ends_with(outcome))]
    assert work(*jobs, view=PlainLog()) is Exit.INTERRUPTED
    assert closed == [True]
    assert signal.getsignal(signal.SIGINT) == before
    captured = capsys.readouterr()
    line = (
        "interrupted: the run is kept; go on with: hi-moe solve --resume run-0002 (1 more of 3 problems were not begun)"
    )
    assert captured.err.splitlines()[-2:] == ["stopping; Ctrl-C again leaves at once", line]
    done, interrupted = map(json.loads, captured.out.splitlines())
    assert done["status"] == "verified"
    assert (interrupted["id"], interrupted["status"]) == ("2", "interrupted")
    assert (interrupted["run_id"], interrupted["error"]) == ("run-0002", line)


def test_ctrl_c_before_a_run_was_begun(capsys: pytest.CaptureFixture[str]) -> None:
    async def events(session: HiMoe) -> AsyncGenerator[Event, None]:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()
        yield RunStarted(run_id="never", problem=problem())

    assert work(job("1", events), as_json=False) is Exit.INTERRUPTED
    assert capsys.readouterr().err.splitlines()[-1] == "interrupted before a run was begun"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_other_signals_stop_like_ctrl_c(number: signal.Signals, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    async def events(session: HiMoe) -> AsyncGenerator[Event, None]:
        yield RunStarted(run_id="run-0002", problem=problem())
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()

    before = signal.getsignal(number)
    assert work(job("1", events)) == code
    assert signal.getsignal(number) == before
    row = json.loads(capsys.readouterr().out)
    assert (row["status"], row["run_id"], row["exit_code"]) == ("interrupted", "run-0002", code)


def test_ctrl_c_after_the_last_problem_changes_nothing(
    outcome: Outcome, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = HiMoe.open

    @asynccontextmanager
    async def slow_to_close(loaded: Loaded) -> AsyncGenerator[HiMoe, None]:
        async with opened(loaded) as session:
            yield session
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.Event().wait()

    monkeypatch.setattr(HiMoe, "open", slow_to_close)
    assert work(job("1", ends_with(outcome)), job("2", ends_with(outcome, "agreed")), view=PlainLog()) is Exit.AGREED
    captured = capsys.readouterr()
    assert [json.loads(line)["status"] for line in captured.out.splitlines()] == ["verified", "agreed"]
    assert captured.err.splitlines()[-1].startswith("2 problems: 1 verified, 1 agreed")


def test_what_cannot_be_begun_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert work(job("1", raises(UnknownName("no model 'x'"))), as_json=False, view=PlainLog()) is Exit.USAGE
    assert capsys.readouterr().err == "error: no model 'x'\n"


def test_among_several_the_one_that_cannot_be_begun_is_named(
    outcome: Outcome, capsys: pytest.CaptureFixture[str]
) -> None:
    work(job("1", raises(UnknownName("no model 'x'"))), job("2", ends_with(outcome)), view=PlainLog())
    assert capsys.readouterr().err.splitlines()[:2] == ["1: 2 public tests", "error: no model 'x'"]


def test_an_ignored_ctrl_c_stays_ignored(outcome: Outcome) -> None:
    async def events(session: HiMoe) -> AsyncGenerator[Event, None]:
        os.kill(os.getpid(), signal.SIGINT)
        yield RunFinished(outcome=outcome)

    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert work(job("1", events)) is Exit.VERIFIED
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


STUBBORN = """
import asyncio, sys
from hi_moe.cli.answers import Answers
from hi_moe.cli.view import Silent
from hi_moe.cli.work import Job, Worker
from hi_moe.settings import Settings
from hierarchy.events import RunStarted
from hierarchy.problem import Problem

async def events(session):
    yield RunStarted(run_id="run-0003", problem=Problem(id="p", statement="s", task="text"))
    print("ready", flush=True)
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            pass

sys.exit(Worker([Job("p", "stdin", "", events)], Settings.load("tiny"), Silent(), Answers(False, False)).run())
"""


def test_a_second_ctrl_c_leaves_at_once_and_still_says_how_to_go_on(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STUBBORN], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        assert child.stderr.readline() == "stopping; Ctrl-C again leaves at once\n"
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=30) == Exit.INTERRUPTED
        assert child.stderr.read() == "\ninterrupted: the run is kept; go on with: hi-moe solve --resume run-0003\n"
