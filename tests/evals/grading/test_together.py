"""All inputs as one case: the verdicts are those of single cases, and what is not clear is run again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from evals.grading.code import InputsGrader
from evals.grading.references import References
from evals.grading.together import WORTH, apart
from evals.item import InputsCheck
from hierarchy.judge import Judge
from sandbox.sandbox import Sandbox
from sandbox.types import CaseResult, Execution

REFERENCE = "def f(x):\n    return {x, (x, 0.5)}\n"
CHECK = InputsCheck("f", REFERENCE, base=tuple((n,) for n in range(2 * WORTH)))


@pytest.fixture
async def grader(tmp_path: Path) -> AsyncIterator[InputsGrader]:
    async with Sandbox() as box:
        judge = Judge(box)
        yield InputsGrader(judge, References(judge, tmp_path))


@pytest.mark.parametrize(
    ("code", "status", "detail"),
    [
        (REFERENCE, "accepted", ""),
        ("def f(x):\n    return {x, (x, 0.5)} if x != 40 else None\n", "wrong_answer", "wrong on 1 of 64 base inputs"),
        (REFERENCE + "def g(x):\n    return f(x)\n", "accepted", ""),
        ("def f(x):\n    assert x != 40\n    return {x, (x, 0.5)}\n", "runtime_error", "AssertionError: line 2"),
        (
            "import os\ndef f(x):\n    return os._exit(0) if x == 40 else {x, (x, 0.5)}\n",
            "runtime_error",
            "Exit: the process ended",
        ),
        ("def f(x):\n    print('.' * 30_000)\n    return {x, (x, 0.5)}\n", "accepted", ""),
        ("seen = []\ndef f(x):\n    seen.append(x)\n    return {len(seen) - 1, (x, 0.5)}\n", "accepted", ""),
        ("one = set()\ndef f(x):\n    one.clear()\n    one.update({x, (x, 0.5)})\n    return one\n", "accepted", ""),
        ("def f(x):\n    return {x, (x, 0.5)} if x != 40 else (n for n in [x])\n", "wrong_answer", "wrong on 1 of 64"),
        ("def f(x, y): pass", "runtime_error", "TypeError"),
    ],
)
async def test_verdicts_are_those_of_single_cases(grader: InputsGrader, code: str, status: str, detail: str) -> None:
    judged = await grader.grade("t", CHECK, code)
    assert judged.status == status
    assert judged.detail.startswith(detail)


def execution(value: object, status: str = "ok") -> Execution:
    return Execution("ok", (CaseResult(status, value),))  # type: ignore[arg-type]


def test_pairs_become_cases() -> None:
    found = apart(execution([["a", 0.25], [None, 0.5]]), 2, 1.0)
    assert found is not None
    assert [(case.status, case.value, case.cpu_seconds) for case in found.results] == [
        ("ok", "a", 0.25),
        ("ok", None, 0.5),
    ]


@pytest.mark.parametrize(
    "value",
    [None, [], [["a", 0.1]], [["a", 0.1], "b"], [["a", 0.1], ["b"]], [["a", 0.1], ["b", 1]], [["a", 0.1], ["b", 1.1]]],
)
def test_what_is_not_as_it_should_be_is_said_nothing_of(value: object) -> None:
    assert apart(execution(value), 2, 1.0) is None


def test_a_case_or_a_load_that_ended_says_nothing() -> None:
    assert apart(execution([["a", 0.1]], "exception"), 1, 1.0) is None
    assert apart(Execution("load_error"), 1, 1.0) is None
