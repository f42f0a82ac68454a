"""What the ledger takes in comes back the same, once. Runs on SQLite, and on LEDGER_TEST_URL where that is set."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hierarchy.attempt import Attempt, Candidate, Failure, Verdict
from hierarchy.errors import LedgerError, UnknownName
from hierarchy.ledger import Ledger, ModelCall, RoundRecord, RouteRecord, RunRecord, new_run_id
from hierarchy.outcome import Outcome
from hierarchy.plan import Directive, Route
from hierarchy.problem import FunctionTest, Problem
from hierarchy.usage import Usage

RUN = "0abc1111aaaaa"
SERVERS = [url for url in [os.environ.get("LEDGER_TEST_URL")] if url]


@pytest.fixture(params=["sqlite:///{}/ledger.sqlite3", "sqlite://", *SERVERS], ids=lambda url: url.partition(":")[0])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(request.param.format(tmp_path)) as opened:
        if opened.path is None:
            empty(opened)
        yield opened


def empty(ledger: Ledger) -> None:
    from sqlalchemy import delete

    from hierarchy.ledger.schema import runs

    with ledger._engine.begin() as connection:
        connection.execute(delete(runs))


def problem(statement: str = "Write two_sum.\nIt adds.") -> Problem:
    test = FunctionTest(entry_point="two_sum", args=((1, 2), {3}), expected=float("inf"))
    return Problem(id="p1", statement=statement, task="function", entry_point="two_sum", public_tests=(test,))


def record(run_id: str = RUN, **changed: object) -> RunRecord:
    base = RunRecord(
        run_id=run_id,
        problem=problem(),
        settings={"seed": 7, "ledger": {"url": "postgresql://me:hunter2@db/x"}, "engine": {"api_key": "sk-123"}},
        seed=7,
        version="0.1.0",
        git_revision="abc",
        profile="tiny",
        models={"small": "a" * 64},
        prompts={"solve@1": "b" * 64},
        isolation="one-shot",
    )
    return base.model_copy(update=changed)


def attempt(name: str = "0.solve.0", round_: int = 0, status: str = "wrong_answer", **changed: object) -> Attempt:
    failure = Failure(test_index=0, input="two_sum(1)", expected="2", actual="nul \x00 and line\n\u2028 end")
    candidate = Candidate(
        text="def two_sum(): ...\x00",
        code="def two_sum(): ...",
        specialist="python",
        model="small",
        prompt_sha256="b" * 64,
        seed=1,
        temperature=0.0,
        finish_reason="stop",
        mean_logprob=-0.25,
        usage=Usage(completion_tokens=9),
    )
    made = Attempt(
        id=name,
        round=round_,
        action="direct",
        candidate=candidate,
        verdict=Verdict.model_validate(
            {"status": status, "tests_total": 1, "failure": failure, "isolation": "one-shot", "sandbox_seconds": 0.5}
        ),
    )
    return made.model_copy(update=changed)


def call(call_id: str, tokens: int = 10) -> ModelCall:
    usage = Usage(prompt_tokens=tokens, completion_tokens=1, calls=1, model_seconds=0.25, queue_seconds=0.125)
    return ModelCall(
        call_id=call_id, tier="fleet", model="small", prompt="solve", prompt_sha256="b" * 64, usage=usage, samples=2
    )


def outcome(run_id: str = RUN, *attempts: Attempt) -> Outcome:
    return Outcome(
        run_id=run_id,
        problem_id="p1",
        status="verified",
        p_correct=0.9,
        text="x",
        reason="passed",
        attempts=attempts,
        seconds=1.5,
    )


DIRECTIVE = Directive(action="direct", reason="first", round=0, predicted=0.7)
ROUTE = Route(step="solve", shares=(("python", 1),), router="keyword", confidence=0.8)


def test_a_run_comes_back_with_all_that_produced_it(ledger: Ledger) -> None:
    begun = record()
    assert ledger.begin_run(begun)
    kept = ledger.run(RUN)
    hidden = {"seed": 7, "ledger": {"url": "postgresql://me:***@db/x"}, "engine": {"api_key": "***"}}
    assert kept == begun.model_copy(update={"settings": hidden})
    assert kept.problem.public_tests[0] == begun.problem.public_tests[0]


def test_a_replayed_step_is_one_row(ledger: Ledger) -> None:
    assert [ledger.begin_run(record()) for _ in range(2)] == [True, False]
    first = attempt()
    again = attempt(status="accepted")
    assert [ledger.record_attempt(RUN, each) for each in (first, again)] == [True, False]
    assert [ledger.record_call(RUN, call("0.fleet.solve", tokens)) for tokens in (10, 99)] == [True, False]
    assert [ledger.record_route(RUN, 0, ROUTE) for _ in range(2)] == [True, False]
    assert [ledger.record_directive(RUN, DIRECTIVE) for _ in range(2)] == [True, False]
    assert ledger.attempts(RUN) == (first,)
    assert ledger.calls(RUN) == (call("0.fleet.solve", 10),)
    assert ledger.routes(RUN) == (RouteRecord(round=0, route=ROUTE),)
    assert ledger.rounds(RUN) == (RoundRecord(directive=DIRECTIVE),)


def test_a_finished_run_holds_its_attempts_and_cannot_be_unfinished(ledger: Ledger) -> None:
    ledger.begin_run(record())
    ledger.record_attempt(RUN, attempt())
    end = outcome(RUN, attempt(), attempt("1.solve.0", 1, "accepted"))
    ledger.finish_run(RUN, end)
    ledger.interrupt_run(RUN)
    ledger.begin_run(record())
    kept = ledger.run(RUN)
    assert (kept.state, kept.outcome) == ("finished", end)
    assert kept.finished_at is not None
    assert kept.finished_at >= kept.created_at


def test_an_interrupted_run_can_go_on(ledger: Ledger) -> None:
    ledger.begin_run(record())
    ledger.interrupt_run(RUN)
    assert ledger.run(RUN).state == "interrupted"
    assert not ledger.begin_run(record())
    assert ledger.run(RUN).state == "running"


def test_an_id_is_of_one_problem_only(ledger: Ledger) -> None:
    ledger.begin_run(record())
    with pytest.raises(LedgerError, match=f"run '{RUN}' is of another problem"):
        ledger.begin_run(record(problem=problem("something else")))


def test_a_problem_read_back_is_the_same_problem(ledger: Ledger) -> None:
    def with_set(*items: int) -> RunRecord:
        test = FunctionTest(entry_point="f", args=(set(items), float("nan")), expected=None)
        return record(problem=problem().model_copy(update={"public_tests": (test,)}))

    # 0 and 8 share a slot of a small set: it is written in the order in which they came.
    assert ledger.begin_run(with_set(0, 8))
    assert not ledger.begin_run(with_set(8, 0))
    assert not ledger.begin_run(ledger.run(RUN))


def test_a_surprise_is_flagged_on_its_round(ledger: Ledger) -> None:
    ledger.begin_run(record())
    ledger.record_directive(RUN, DIRECTIVE)
    ledger.record_surprise(RUN, 0, "failed at 0.7")
    assert ledger.rounds(RUN) == (RoundRecord(directive=DIRECTIVE, surprise="failed at 0.7"),)
    with pytest.raises(LedgerError, match=f"run '{RUN}' has no round 3"):
        ledger.record_surprise(RUN, 3, "x")


def test_attempts_are_read_by_round_in_the_order_recorded(ledger: Ledger) -> None:
    ledger.begin_run(record())
    for name, round_ in (("1.solve.0", 1), ("0.solve.1", 0), ("0.solve.0", 0)):
        ledger.record_attempt(RUN, attempt(name, round_))
    assert [each.id for each in ledger.attempts(RUN)] == ["0.solve.1", "0.solve.0", "1.solve.0"]
    assert [each.id for each in ledger.attempts(RUN, 1)] == ["1.solve.0"]


def test_usage_adds_up_calls_and_sandbox_seconds(ledger: Ledger) -> None:
    ledger.begin_run(record())
    assert ledger.usage(RUN) == Usage()
    for name in ("0.fleet.solve", "1.fleet.solve"):
        ledger.record_call(RUN, call(name))
    for name in ("0.solve.0", "0.solve.1"):
        ledger.record_attempt(RUN, attempt(name))
    assert ledger.usage(RUN) == Usage(
        prompt_tokens=20, completion_tokens=2, calls=2, model_seconds=0.5, queue_seconds=0.25, sandbox_seconds=1.0
    )


def test_threads_may_write_at_once(ledger: Ledger) -> None:
    ledger.begin_run(record())
    with ThreadPoolExecutor(8) as threads:
        added = list(
            threads.map(lambda number: ledger.record_attempt(RUN, attempt(f"0.solve.{number % 40}")), range(80))
        )
    assert sorted(added) == [False] * 40 + [True] * 40
    assert len(ledger.attempts(RUN)) == 40


def test_runs_lists_the_newest_first_with_their_sums(ledger: Ledger) -> None:
    ids = [f"0abc{number}111aaaaa" for number in range(3)]
    for each in ids:
        ledger.begin_run(record(each, created_at=record().created_at))
    ledger.record_call(ids[1], call("0.fleet.solve"))
    ledger.record_attempt(ids[1], attempt())
    ledger.record_directive(ids[1], DIRECTIVE)
    ledger.finish_run(ids[1], outcome(ids[1], attempt()))
    assert [each.run_id for each in ledger.runs(limit=2)] == [ids[2], ids[1]]
    (line,) = ledger.runs(status="verified")
    assert (line.run_id, line.title, line.attempts, line.tokens, line.rounds) == (ids[1], "Write two_sum.", 1, 11, 1)
    assert (line.status, line.p_correct, line.seconds) == ("verified", 0.9, 1.5)
    assert {each.run_id for each in ledger.runs(status="running")} == {ids[0], ids[2]}


def test_nothing_is_recorded_for_a_run_that_was_not_begun(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="was the run begun"):
        ledger.record_attempt("0abc9999zzzzz", attempt())
    with pytest.raises(LedgerError, match="'0abc9999zzzzz' was never begun"):
        ledger.finish_run("0abc9999zzzzz", outcome())


def test_a_run_is_found_by_the_beginning_of_its_id(ledger: Ledger) -> None:
    for each in ("0abc1111aaaaa", "0abc2222bbbbb"):
        ledger.begin_run(record(each))
    assert ledger.resolve("0abc2") == "0abc2222bbbbb"
    assert ledger.run("0abc2").run_id == "0abc2222bbbbb"
    with pytest.raises(UnknownName, match="'0abc' is not the only one that begins so: 0abc"):
        ledger.resolve("0abc")


def test_an_unknown_run_is_named_with_the_nearest_one(ledger: Ledger) -> None:
    with pytest.raises(UnknownName, match=r"no run 'nothing'.*see: hi-moe runs list"):
        ledger.run("nothing")
    ledger.begin_run(record())
    with pytest.raises(UnknownName, match=f"no run '0abc1111aaaab'.*did you mean '{RUN}'"):
        ledger.attempts("0abc1111aaaab")
    with pytest.raises(UnknownName, match="no run 'a%_'"):
        ledger.resolve("a%_")


def test_a_row_of_an_unreadable_shape_is_named(ledger: Ledger) -> None:
    from sqlalchemy import update

    from hierarchy.ledger.schema import attempts

    ledger.begin_run(record())
    ledger.record_attempt(RUN, attempt())
    for stored in ('{"id": "x"}', "{"):
        with ledger._engine.begin() as connection:
            connection.execute(update(attempts).values(attempt=stored))
        with pytest.raises(LedgerError, match=f"run '{RUN}' holds data of Attempt that this hi-moe cannot read"):
            ledger.attempts(RUN)


def test_new_ids_sort_by_time_and_do_not_repeat() -> None:
    ids = [new_run_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert [each[:8] for each in ids] == sorted(each[:8] for each in ids)
    assert all(len(each) == 13 and each.isalnum() for each in ids)
