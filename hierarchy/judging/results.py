"""From what single tests did to one verdict. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from hierarchy.attempt import Failure, Status, Verdict
from hierarchy.judging.texts import LIMIT, expected_text, input_text, size
from hierarchy.problem import TestCase
from sandbox.compare.text import shorten
from sandbox.types import CaseResult, Execution

_STATUSES: dict[str, Status] = {
    "exception": "runtime_error",
    "time_limit": "time_limit",
    "memory_limit": "memory_limit",
    "output_limit": "output_limit",
    "crashed": "runtime_error",
    "not_run": "runtime_error",
}
_TEXTS = {
    "time_limit": "the time limit was exceeded",
    "memory_limit": "the memory limit was exceeded",
    "output_limit": "the output limit was exceeded",
    "crashed": "the process died",
    "not_run": "not run: an earlier test ended the program",
}

_LOAD_LIMITS: tuple[tuple[str, Status], ...] = (
    ("time_limit while loading", "time_limit"),
    ("memory_limit while loading", "memory_limit"),
    ("MemoryError", "memory_limit"),
    ("output_limit while loading", "output_limit"),
)
"""How the sandbox words a limit that was hit while the program loaded."""


@dataclass(frozen=True)
class Result:
    """What one test showed."""

    status: Status
    actual: str = ""
    """What came back, or the error, for a person."""
    ran: bool = True
    """False when an earlier test ended the process, so that this one shows nothing."""


ACCEPTED = Result("accepted")


def failed(case: CaseResult) -> Result:
    """The result of a case that did not come to its end."""
    text = f"{case.error_type}: {case.error_message}" if case.error_type else case.error_message
    status = _STATUSES[case.status]
    return Result(status, shorten(text.removesuffix(": ") or _TEXTS[case.status], LIMIT), ran=case.status != "not_run")


def verdict(
    tests: Sequence[TestCase], results: Sequence[Result], *, isolation: str = "none", seconds: float = 0.0
) -> Verdict:
    """One verdict over all tests: the status of the first that failed, and the smallest failing input as the failure.

    The smallest input is the one from which a person or a model learns most; the first failing test names the status,
    as contest judges do. A test that our own machinery could not judge only counts when nothing else failed.
    """
    failing = [index for index, result in enumerate(results) if result.status != "accepted"]
    theirs = [index for index in failing if results[index].status != "infrastructure"]
    passed = len(tests) - len(failing)
    first = results[(theirs or failing)[0]] if failing else ACCEPTED
    failure = None
    shown = [index for index in theirs if results[index].ran]
    if shown:
        index = min(shown, key=lambda i: (size(tests[i]), i))
        failure = failure_of(index, tests[index], results[index].actual)
    reason = f"{passed} of {len(tests)} tests passed" if first.status == "wrong_answer" else one_line(first.actual)
    return Verdict(
        status=first.status,
        tests_passed=passed,
        tests_total=len(tests),
        failure=failure,
        detail=reason if failing else "",
        isolation=isolation,
        sandbox_seconds=seconds,
    )


def one_line(text: str) -> str:
    """The text as one bounded line."""
    return shorten(" ".join(text.split()), LIMIT)


def load_status(execution: Execution) -> Status:
    """The status of a program by whether it loaded; `accepted` when it did."""
    if execution.status == "ok":
        return "accepted"
    if execution.status != "load_error":
        return execution.status
    return next((status for words, status in _LOAD_LIMITS if execution.detail.startswith(words)), "runtime_error")


def not_loaded(tests: Sequence[TestCase], status: Status, detail: str, execution: Execution) -> Verdict:
    """The verdict of a program that never came to its first test. A failed load is shown with the smallest test."""
    # The sandbox reports a missing entry point as an error of the load; its type says nothing more.
    detail = one_line(detail).removeprefix("LookupError: ")
    failure = None
    if tests and status not in ("compile_error", "infrastructure"):
        index = min(range(len(tests)), key=lambda i: (size(tests[i]), i))
        failure = failure_of(index, tests[index], detail)
    return Verdict(
        status=status,
        tests_total=len(tests),
        failure=failure,
        detail=detail,
        isolation=execution.isolation,
        sandbox_seconds=execution.wall_seconds,
    )


def failure_of(index: int, test: TestCase, actual: str) -> Failure:
    """A failure as bounded texts."""
    return Failure(
        test_index=index, input=input_text(test), expected=expected_text(test), actual=shorten(actual, LIMIT)
    )
