import pytest

from sandbox.bait import Traces
from sandbox.hostile import judges
from sandbox.hostile.record import Judge, Ruling, verdict_of
from sandbox.types import CaseResult, CaseStatus, Execution, LimitKind
from sandbox.values import Opaque

QUIET = Traces(wanted=("accepted", "1"), secrets=("bait-1",))


def gave(value: object, **fields: object) -> Execution:
    return Execution("ok", (CaseResult("ok", value, **fields),))  # type: ignore[arg-type]


def stopped(status: CaseStatus, error_type: str = "", message: str = "", limit: LimitKind = "") -> Execution:
    return Execution("ok", (CaseResult(status, error_type=error_type, error_message=message, limit=limit),))


def test_every_try_must_have_been_stopped() -> None:
    both = {"socket": ["stopped", "EPERM"], "open": ["stopped", "ENOENT"]}
    words = "EPERM from the system call filter; no such file there"
    assert judges.attempts(gave(both), QUIET) == Ruling(False, words)
    assert judges.attempts(gave(both | {"fork": ["got", "7"]}), QUIET).through


@pytest.mark.parametrize("value", [None, {}, [], "stopped", {"open": "stopped"}, {"open": ["stopped"]}, {"open": 7}])
def test_loot_that_is_not_understood_counts_as_through(value: object) -> None:
    assert judges.attempts(gave(value), QUIET).through


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        ("socket of IPv6", "EPERM", "EPERM from the system call filter"),
        ("clone of memory", "EAGAIN", "EAGAIN from the system call filter"),
        ("clone3", "ENOSYS", "ENOSYS from the system call filter"),
        ("nice", "EPERM", "EPERM, operation not permitted"),
        ("write", "EAGAIN", "EAGAIN, resource temporarily unavailable"),
        ("open", "EROFS", "read-only file system"),
        ("kill", "ESRCH", "no such process in its namespace"),
        ("fork by pty", "out of pty devices", "out of pty devices"),
    ],
)
def test_words_are_made_from_the_answer(call: str, error: str, words: str) -> None:
    assert judges.words_for(call, error) == words


def test_amount_is_bounded() -> None:
    judge = judges.bounded(10)
    assert judge(gave(10), QUIET) == Ruling(False, "10 of at most 10")
    assert judge(gave(11), QUIET).through
    assert judge(gave(True), QUIET).through
    assert judge(stopped("memory_limit", limit="memory"), QUIET) == Ruling(False, "memory limit")


@pytest.mark.parametrize(
    ("execution", "words"),
    [
        (stopped("time_limit", limit="wall"), "wall time limit"),
        (stopped("exception", "OSError", "again", "processes"), "no further process"),
        (stopped("crashed", "BrokenChannel"), "a channel that takes only messages of its run"),
        (stopped("crashed", "SIGSYS", "the process was killed by SIGSYS"), "SIGSYS: the process was killed by SIGSYS"),
        (stopped("exception", "SystemExit"), "SystemExit"),
        (Execution("compile_error", detail="line 1: no"), "line 1: no"),
    ],
)
def test_what_ended_a_run_stopped_it(execution: Execution, words: str) -> None:
    assert judges.ended(execution, QUIET) == Ruling(False, words)


def test_run_that_should_have_been_ended_is_through() -> None:
    assert judges.ended(gave(None), QUIET).through


def test_value_that_is_picked_is_through() -> None:
    judge = judges.found(lambda value: value != [], "an empty room")
    assert judge(gave([]), QUIET) == Ruling(False, "an empty room")
    assert judge(gave(["loot"]), QUIET) == Ruling(True, "nothing: it found ['loot']")


def test_cheat_is_through_only_with_the_expected_value() -> None:
    assert judges.cheated(gave(("accepted", "1")), QUIET).through
    assert judges.cheated(gave(None, stdout="('accepted', '1')\n"), QUIET).through
    assert judges.cheated(gave(("accepted", "2")), QUIET) == Ruling(
        False, "values are compared outside, where the expected one is"
    )
    assert judges.cheated(gave(Opaque("x.Yes")), QUIET) == Ruling(False, "objects of foreign types stay inside")


EVERY: list[Judge] = [
    judges.attempts,
    judges.bounded(5),
    judges.ended,
    judges.cheated,
    judges.found(lambda value: False, "nothing"),
]


@pytest.mark.parametrize("judge", EVERY)
@pytest.mark.parametrize(
    ("execution", "traces"),
    [
        (stopped("time_limit", limit="cpu"), Traces(touched=("the TCP listener was reached",))),
        (gave(["x", {"y": "bait-1"}]), QUIET),
        (gave(None, stdout="... bait-1"), QUIET),
        (stopped("exception", "Loot", "bait-1"), QUIET),
        (Execution("load_error", detail="bait-1"), QUIET),
        (Execution("infrastructure", detail="no sandbox could be started"), QUIET),
    ],
)
def test_no_judge_overlooks_an_escape(judge: Judge, execution: Execution, traces: Traces) -> None:
    assert judge(execution, traces).through


def test_huge_integer_is_no_trouble() -> None:
    assert not judges.cheated(gave(7**60_000), QUIET).through
    assert judges.attempts(gave(7**60_000), QUIET).through


@pytest.mark.parametrize(
    ("execution", "verdict"),
    [
        (gave(1), "ok"),
        (Execution("load_error", detail="no"), "load_error"),
        (stopped("time_limit", limit="cpu"), "time_limit/cpu"),
        (stopped("crashed", "SIGSEGV"), "crashed/SIGSEGV"),
        (stopped("exception", "OSError", limit="processes"), "exception/processes"),
        (stopped("not_run"), "not_run"),
    ],
)
def test_verdict_in_one_word(execution: Execution, verdict: str) -> None:
    assert verdict_of(execution) == verdict
