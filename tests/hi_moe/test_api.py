"""The Python API with the small real model: in a script, inside a running loop, as a stream, and left early."""

import asyncio
from pathlib import Path

import pytest

import hi_moe
from hierarchy.errors import MissingComponent, ProblemError, SettingsError, UnknownName
from hierarchy.ledger import Ledger

ECHO = """def first(items):
    \"\"\"Return the first item of a list.
    >>> first([1, 2])
    1
    \"\"\"
"""


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, object]:
    return {
        "ledger__url": f"sqlite:///{tmp_path / 'ledger.sqlite3'}",
        "ladder__samples": 2,
        "budget__rounds": 2,
        "routing__specialist": "python",
    }


def test_solve_in_a_script(settings: dict[str, object], tmp_path: Path) -> None:
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


async def test_solve_inside_a_running_loop(settings: dict[str, object]) -> None:
    outcome = hi_moe.solve(ECHO, profile="tiny", **settings)
    assert outcome.run_id


async def test_a_session_keeps_its_engine_and_repeats_itself_for_a_seed(settings: dict[str, object]) -> None:
    flags = {key.replace("__", "."): value for key, value in settings.items()}
    async with hi_moe.HiMoe.open(hi_moe.Settings.load(profile="tiny", flags=flags)) as session:
        first = await session.solve(ECHO, seed=7)
        second = await session.solve(ECHO, seed=7)
    assert first.run_id != second.run_id
    assert first.attempts[0].candidate.text == second.attempts[0].candidate.text


def test_stream_gives_typed_events(settings: dict[str, object]) -> None:
    events = list(hi_moe.stream(ECHO, profile="tiny", **settings))
    assert isinstance(events[0], hi_moe.RunStarted)
    assert isinstance(events[-1], hi_moe.RunFinished)
    assert {type(event).__name__ for event in events} >= {"DirectiveIssued", "Routed", "CandidateJudged"}


def test_leaving_a_stream_early_interrupts_the_run(settings: dict[str, object]) -> None:
    events = hi_moe.stream(ECHO, profile="tiny", **settings)
    started = next(events)
    assert isinstance(started, hi_moe.RunStarted)
    next(events)
    events.close()  # type: ignore[attr-defined]
    with Ledger.open(str(settings["ledger__url"])) as ledger:
        assert ledger.run(started.run_id).state == "interrupted"


async def test_cancelling_asolve_interrupts_the_run(settings: dict[str, object]) -> None:
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
        ({"problem": ECHO, "profile": "tinny"}, SettingsError),
        ({"problem": ECHO, "profile": "tiny", "routing__specialist": "pyton"}, UnknownName),
        ({"problem": ECHO, "profile": "tiny", "models__default": "smollm"}, UnknownName),
        ({"problem": ECHO, "profile": "tiny", "no__such": 1}, SettingsError),
        ({"problem": ECHO, "profile": "tiny", "models__cache": "/nowhere"}, MissingComponent),
    ],
)
def test_bad_input_is_one_error_of_one_line(
    arguments: dict[str, object], error: type[Exception], tmp_path: Path
) -> None:
    arguments.setdefault("ledger__url", f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    with pytest.raises(error) as raised:
        hi_moe.solve(**arguments)  # type: ignore[arg-type]
    assert "\n" not in str(raised.value)
