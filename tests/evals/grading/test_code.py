"""Programs on hidden inputs: what is accepted, what is said of the others, and that one which hangs costs little."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from evals.grading.code import InputsGrader
from evals.grading.judged import Judged
from evals.grading.references import References
from evals.item import InputsCheck
from hierarchy.errors import InfrastructureError
from hierarchy.judge import Judge
from sandbox.sandbox import Sandbox
from sandbox.types import Execution, Input, Limits

REFERENCE = "def f(x):\n    return [x, x + 1]\n"
CHECK = InputsCheck("f", REFERENCE, base=((1,), (20,)), plus=((0,), (300,), (-1,)))


@pytest.fixture
async def grader(tmp_path: Path) -> AsyncIterator[InputsGrader]:
    async with Sandbox() as box:
        judge = Judge(box)
        yield InputsGrader(judge, References(judge, tmp_path))


async def grade(grader: InputsGrader, code: str, check: InputsCheck = CHECK) -> Judged:
    return await grader.grade("t/1", check, code)


async def test_the_reference_is_right(grader: InputsGrader) -> None:
    judged = await grade(grader, REFERENCE)
    assert (judged.status, judged.base, judged.failure) == ("accepted", True, None)


async def test_what_fails_base_is_wrong_and_the_shortest_input_is_shown(grader: InputsGrader) -> None:
    judged = await grade(grader, "def f(x):\n    return [x, 0]\n")
    assert (judged.status, judged.base) == ("wrong_answer", False)
    assert judged.detail == "wrong on 2 of 2 base inputs"
    assert judged.failure is not None
    assert judged.failure.model_dump() == {"test_index": 0, "input": "f(1)", "expected": "[1, 2]", "actual": "[1, 0]"}


async def test_what_fails_plus_alone_passes_base(grader: InputsGrader) -> None:
    judged = await grade(grader, "def f(x):\n    return [x, x + 1] if x < 300 else None\n")
    assert (judged.status, judged.base) == ("wrong_answer", True)
    assert judged.detail == "wrong on 1 of 3 plus inputs"
    assert judged.failure is not None
    assert (judged.failure.test_index, judged.failure.input) == (3, "f(300)")


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("def f(x):\n    return 1 / 0\n", "runtime_error", "ZeroDivisionError: division by zero (line 2)"),
        ("def f(x) return x", "compile_error", "line 1: "),
        ("def g(x): return x", "runtime_error", "the program does not define 'f'"),
        ("raise ValueError('no')", "runtime_error", "ValueError: no (line 1)"),
        ("import os\ndef f(x): os._exit(0)", "runtime_error", "the process ended itself with exit code 0"),
        ("def f(x): return 'a' * (2 << 20)", "output_limit", "the output limit"),
        ("def f(x):\n    while True: pass", "time_limit", "more than 1 CPU seconds"),
        ("while True: pass", "time_limit", "time_limit while loading"),
    ],
)
async def test_programs_that_do_not_end_well(grader: InputsGrader, code: str, status: str, said: str) -> None:
    judged = await grade(grader, code)
    assert (judged.status, judged.base) == (status, False)
    assert said in judged.detail


class Recording(Judge):
    """Keeps what every run showed."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(sandbox)
        self.executions: list[Execution] = []

    async def run(self, source: str, inputs: Sequence[Input], limits: Limits | None = None) -> Execution:
        self.executions.append(await super().run(source, inputs, limits))
        return self.executions[-1]


async def test_a_program_that_hangs_on_every_input_does_not_take_the_limit_for_each(tmp_path: Path) -> None:
    check = InputsCheck("f", REFERENCE, base=tuple((n,) for n in range(300)))
    async with Sandbox() as box:
        judge = Recording(box)
        grader = InputsGrader(judge, References(judge, tmp_path))
        assert (await grade(grader, "def f(x):\n    while True: pass", check)).status == "time_limit"
    used_up = [case for run in judge.executions for case in run.results if case.status == "time_limit"]
    assert len(used_up) < 10


async def test_time_that_only_the_clock_took_is_given_again(grader: InputsGrader) -> None:
    check = InputsCheck("f", REFERENCE, base=((1,), (2,)))
    judged = await grade(grader, "import time\ndef f(x):\n    time.sleep(0.8)\n    return [x, x + 1]\n", check)
    assert judged.status == "accepted"


async def test_generators_are_read_out_where_order_does_not_count(grader: InputsGrader) -> None:
    check = InputsCheck("Diff", "def Diff(a):\n    return [a, 2]\n", base=((1,),), comparison="mbpp 769")
    assert (await grade(grader, "def Diff(a):\n    yield 2\n    yield a\n", check)).passed
    judged = await grade(grader, "def Diff(a): return {3}", check)
    assert judged.failure is not None
    assert (judged.failure.expected, judged.failure.actual) == ("[1, 2] in any order", "{3}")
    assert "'Diff' is not defined" in (await grade(grader, "def other(a): return {3}", check)).detail


async def test_match_objects_count_by_being_there(grader: InputsGrader) -> None:
    reference = "import re\ndef check_str(text):\n    return re.match('a', text)\n"
    check = InputsCheck("check_str", reference, base=(("abc",), ("xyz",)), comparison="mbpp 461")
    assert (await grade(grader, reference, check)).passed
    assert (await grade(grader, "def check_str(text): return text == 'abc'", check)).passed
    assert not (await grade(grader, "def check_str(text): return None", check)).passed


async def test_an_object_that_says_it_is_equal_is_not(grader: InputsGrader) -> None:
    code = "class Yes:\n    def __eq__(self, other): return True\ndef f(x): return Yes()\n"
    assert (await grade(grader, code)).status == "wrong_answer"


async def test_a_row_without_base_inputs_is_graded_on_plus(grader: InputsGrader) -> None:
    check = InputsCheck("f", REFERENCE, base=(), plus=((1,),))
    assert (await grade(grader, REFERENCE, check)).passed


async def test_a_broken_reference_is_no_verdict(grader: InputsGrader) -> None:
    check = InputsCheck("f", "def f(x): return 1 / x", base=((0,),))
    with pytest.raises(InfrastructureError, match=r"the reference of 't/1' cannot be run: .*ZeroDivisionError"):
        await grade(grader, REFERENCE, check)
