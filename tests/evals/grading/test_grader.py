"""Each kind of check judges right and wrong answers; what was not chosen is graded, too."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from evals.grading.grader import Grader
from evals.item import AnswerCheck, Check, InputsCheck, Item, ScriptCheck, TestsCheck
from evals.sample import Sample
from hierarchy.attempt import Attempt, Candidate, Verdict
from hierarchy.problem import FunctionTest, Problem
from hierarchy.usage import Usage
from sandbox.sandbox import Sandbox

RIGHT = "def double(a):\n    return a * 2\n"
WRONG = "def double(a):\n    return a * a\n"
INPUTS = InputsCheck("double", RIGHT, base=((0,), (2,)), plus=((3,),))
TESTS = TestsCheck((FunctionTest(entry_point="double", args=(3,), expected=6),))
SCRIPT = ScriptCheck("assert double(3) == 6\n")


@pytest.fixture
async def grader(tmp_path: Path) -> AsyncIterator[Grader]:
    async with Sandbox() as box, Grader(box, tmp_path) as grader:
        yield grader


def item(check: Check) -> Item:
    return Item(Problem(id="t/1", statement="Double it.", task="function", entry_point="double"), check, RIGHT)


def attempt(name: str, code: str | None, step: str | None = None) -> Attempt:
    candidate = Candidate(
        text="", code=code, specialist="s", model="m", prompt_sha256="", seed=0, temperature=0, finish_reason="stop",
        usage=Usage(),
    )  # fmt: skip
    return Attempt(
        id=name, round=1, action="sample", step=step, candidate=candidate, verdict=Verdict(status="accepted")
    )


@pytest.mark.parametrize("check", [INPUTS, TESTS, SCRIPT])
async def test_a_right_program_passes_and_a_wrong_one_does_not(grader: Grader, check: Check) -> None:
    right = await grader.grade(item(check), Sample(task_id="t/1", solution=RIGHT))
    wrong = await grader.grade(item(check), Sample(task_id="t/1", solution=WRONG))
    assert (right.passed, right.status) == (True, "accepted")
    assert (wrong.passed, wrong.status) == (False, "wrong_answer")


@pytest.mark.parametrize("check", [INPUTS, TESTS, SCRIPT])
async def test_no_program_is_not_right(grader: Grader, check: Check) -> None:
    grade = await grader.grade(item(check), Sample(task_id="t/1"))
    assert (grade.passed, grade.status) == (False, "compile_error")


async def test_every_candidate_for_the_whole_problem_is_graded(grader: Grader) -> None:
    attempts = (attempt("1", WRONG), attempt("2", RIGHT), attempt("3", None), attempt("4", RIGHT, step="a"))
    grade = await grader.grade(item(INPUTS), Sample(task_id="t/1", solution=WRONG, attempts=attempts))
    assert grade.candidates == {"1": False, "2": True, "3": False}
    assert not grade.passed


async def test_several_boxes_are_graded_together_where_several_values_are_expected(grader: Grader) -> None:
    several = Item(Problem(id="t/2", statement="Solve.", task="math"), AnswerCheck("1, 2"), "1, 2")
    text = r"So \boxed{2} or \boxed{1}."
    right = await grader.grade(several, Sample(task_id="t/2", solution="1", text=text))
    wrong = await grader.grade(several, Sample(task_id="t/2", solution="1", text=r"So \boxed{1}."))
    assert (right.passed, wrong.passed) == (True, False)
