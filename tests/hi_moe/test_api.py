"""The Python API with the small real model: in a script, inside a running loop, as a stream, and left early."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest

import hi_moe
from hi_moe.api import _as_begun, _check_same
from hierarchy.errors import MissingComponent, ProblemError, SettingsError, UnknownName, UsageError
from hierarchy.ledger import Ledger, RunRecord

ECHO = """def first(items):
    \"\"\"Return the first item of a list.
    >>> first([1, 2])
    1
    \"\"\"
"""


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {
        "ledger__url": f"sqlite:///{tmp_path / 'ledger.sqlite3'}",
        "ladder__samples": 2,
        "budget__rounds": 2,
        "routing__specialist": "python",
    }


def test_solve_in_a_script(settings: dict[str, Any], tmp_path: Path) -> None:
    outcome = hi_moe.solve(ECHO, profile="tiny", **settings)
    assert outcome.status in ("verified", "unverified", "abstained")
    assert outcome.usage.completion_tokens > 0
    assert outcome.attempts[0].verdict.tests_total == 1
    with Ledger.open(str(settings["ledger__url"])) as ledger:
        record = ledger.run(outcome.run_id)
    assert record.outcome == outcome
    assert record.models["smollm2-135m-instruct-q4_1"].startswith("b179c952")
    assert record.prompts
    assert record.version == hi_moe.__version__


async def test_solve_inside_a_running_loop(settings: dict[str, Any]) -> None:
    outcome = hi_moe.solve(ECHO, profile="tiny", **settings)
    assert outcome.run_id


def test_the_same_seed_gives_the_same_first_candidate(settings: dict[str, Any]) -> None:
    texts = {hi_moe.solve(ECHO, profile="tiny", seed=7, **settings).attempts[0].candidate.text for _ in range(2)}
    assert len(texts) == 1


async def test_a_session_solves_one_problem_after_another(settings: dict[str, Any]) -> None:
    flags = {key.replace("__", "."): value for key, value in settings.items()}
    async with hi_moe.HiMoe.open(hi_moe.Settings.load(profile="tiny", flags=flags)) as session:
        outcomes = [await session.solve(ECHO), await session.solve(ECHO, seed=7)]
    assert len({outcome.run_id for outcome in outcomes}) == 2
    assert all(outcome.attempts for outcome in outcomes)


def test_stream_gives_typed_events(settings: dict[str, Any]) -> None:
    events = list(hi_moe.stream(ECHO, profile="tiny", **settings))
    assert isinstance(events[0], hi_moe.RunStarted)
    assert isinstance(events[-1], hi_moe.RunFinished)
    assert {type(event).__name__ for event in events} >= {"DirectiveIssued", "Routed", "CandidateJudged"}


def test_leaving_a_stream_early_interrupts_the_run(settings: dict[str, Any]) -> None:
    events = hi_moe.stream(ECHO, profile="tiny", **settings)
    started = next(events)
    assert isinstance(started, hi_moe.RunStarted)
    next(events)
    events.close()
    with Ledger.open(str(settings["ledger__url"])) as ledger:
        assert ledger.run(started.run_id).state == "interrupted"


async def test_a_session_goes_on_with_a_run_that_was_left(settings: dict[str, Any]) -> None:
    flags = {key.replace("__", "."): value for key, value in settings.items()}
    async with hi_moe.HiMoe.open(hi_moe.Settings.load(profile="tiny", flags=flags)) as session:
        async with contextlib.aclosing(session.stream(ECHO)) as events:
            started = await anext(events)
        assert isinstance(started, hi_moe.RunStarted)
    # Another session, whose own settings are others: the run keeps those it was begun with.
    ledger = {"ledger.url": settings["ledger__url"]}
    async with hi_moe.HiMoe.open(hi_moe.Settings.load(flags=ledger)) as session:
        resumed = [event async for event in session.resume(started.run_id)]
        again = [event async for event in session.resume(started.run_id)]
    assert isinstance(resumed[0], hi_moe.RunStarted)
    assert resumed[0].resumed
    assert isinstance(resumed[-1], hi_moe.RunFinished)
    assert resumed[-1].outcome.attempts[0].candidate.model == "smollm2-135m-instruct-q4_1"
    assert again[-1] == resumed[-1]


async def test_cancelling_asolve_interrupts_the_run(settings: dict[str, Any]) -> None:
    task = asyncio.ensure_future(hi_moe.asolve(ECHO, profile="tiny", **settings))
    with Ledger.open(str(settings["ledger__url"])) as ledger:
        while not ledger.runs():
            await asyncio.sleep(0.02)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ledger.runs()[0].state == "interrupted"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"problem": "   "}, ProblemError),
        ({"problem": None}, ProblemError),
        ({"problem": b"bytes"}, ProblemError),
        ({"problem": hi_moe.Problem(id="p", statement="  ", task="text")}, ProblemError),
        (
            {
                "problem": hi_moe.Problem(
                    id="p",
                    statement="Write add(a, b).",
                    task="function",
                    entry_point="add",
                    public_tests=(hi_moe.AssertionTest(code="import os"),),
                )
            },
            ProblemError,
        ),
        ({"problem": ECHO, "config": "nowhere.toml"}, SettingsError),
        ({"problem": ECHO, "profile": "tinny"}, SettingsError),
        ({"problem": ECHO, "profile": "tiny", "routing__specialist": "pyton"}, UnknownName),
        ({"problem": ECHO, "profile": "tiny", "models__default": "smollm"}, UnknownName),
        ({"problem": ECHO, "profile": "tiny", "no__such": 1}, SettingsError),
        ({"problem": ECHO, "profile": "tiny", "models__cache": "/nowhere"}, MissingComponent),
    ],
)
def test_bad_input_is_one_error_of_one_line(arguments: dict[str, Any], error: type[Exception], tmp_path: Path) -> None:
    arguments.setdefault("ledger__url", f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    with pytest.raises(error) as raised:
        hi_moe.solve(**arguments)
    assert "\n" not in str(raised.value)


def test_a_resumed_run_keeps_its_settings_but_for_budgets() -> None:
    recorded = hi_moe.Settings.load(profile="tiny").settings.model_dump(mode="json")
    now = hi_moe.Settings.load(flags={"budget.tokens": 123, "budget.rounds": None})
    settings = _as_begun(recorded, "run-0001", now).settings
    assert (settings.profile, settings.ladder.samples) == ("tiny", 4)
    assert (settings.budget.tokens, settings.budget.wall_seconds) == (123, 300)


def test_flags_that_a_resumed_run_cannot_follow_are_refused_by_name() -> None:
    recorded = hi_moe.Settings.load(profile="tiny").settings.model_dump(mode="json")
    now = hi_moe.Settings.load(flags={"ladder.samples": 32, "seed": 5})
    with pytest.raises(SettingsError, match=r"run 'run-0001' was begun with another ladder\.samples, seed; leave the"):
        _as_begun(recorded, "run-0001", now)


@pytest.mark.parametrize(("field", "kind"), [("models", "weights"), ("prompts", "prompt")])
def test_a_run_does_not_go_on_with_other_weights_or_prompts(field: str, kind: str) -> None:
    problem = hi_moe.Problem(id="p", statement="Say hello.", task="text")
    begun = RunRecord(run_id="run-0001", problem=problem, **{field: {"mine": "aa"}})
    _check_same(begun, begun)
    now = RunRecord(run_id="run-0002", problem=problem, **{field: {"mine": "bb"}})
    with pytest.raises(SettingsError, match=f"another {kind} of 'mine'"):
        _check_same(begun, now)


async def test_a_closed_session_says_so(settings: dict[str, Any]) -> None:
    flags = {key.replace("__", "."): value for key, value in settings.items()}
    async with hi_moe.HiMoe.open(hi_moe.Settings.load(profile="tiny", flags=flags)) as session:
        pass
    with pytest.raises(UsageError, match="this session is closed"):
        await session.solve(ECHO)


async def test_a_run_is_worked_on_by_one_at_a_time(settings: dict[str, Any]) -> None:
    flags = {key.replace("__", "."): value for key, value in settings.items()}
    loaded = hi_moe.Settings.load(profile="tiny", flags=flags)
    async with hi_moe.HiMoe.open(loaded) as one, hi_moe.HiMoe.open(loaded) as other:
        async with contextlib.aclosing(one.stream(ECHO)) as events:
            started = await anext(events)
            assert isinstance(started, hi_moe.RunStarted)
            with pytest.raises(UsageError, match=f"another process works on run '{started.run_id}'"):
                await anext(other.resume(started.run_id))
        assert not list(Path(settings["ledger__url"].removeprefix("sqlite:///")).parent.glob("*.lock"))
