"""Many samples: every one is heard of, a failure of ours in place of a grade."""

from pathlib import Path

import pytest

from evals.grading.batch import Ungraded, grade_all
from evals.grading.grader import Grader
from evals.item import AnswerCheck, InputsCheck, Item
from evals.sample import CellError, Grade, Sample
from hierarchy.errors import InfrastructureError, MissingComponent
from hierarchy.problem import Problem
from sandbox.sandbox import Sandbox

REFERENCE = "def f(x):\n    return x\n"


def item(name: str, reference: str = REFERENCE) -> Item:
    return Item(
        Problem(id=name, statement="s", task="function", entry_point="f"), InputsCheck("f", reference, base=((1,),))
    )


async def test_every_sample_is_heard_of(tmp_path: Path) -> None:
    good, broken = item("good"), item("broken", "def f(x):\n    return 1 / 0\n")
    samples = [Ungraded(good, Sample(task_id="good", sample=n, solution=f"{REFERENCE}# {n}\n")) for n in range(5)]
    samples.append(Ungraded(broken, Sample(task_id="broken", solution=REFERENCE)))
    heard: dict[tuple[str, int], Grade | CellError] = {}
    async with Sandbox() as box, Grader(box, tmp_path) as grader:
        await grade_all(grader, samples, 3, lambda one, line: heard.update({(one.item.id, one.sample.sample): line}))
    assert len(heard) == 6
    error = heard.pop(("broken", 0))
    assert isinstance(error, CellError)
    assert error.error.startswith("grading: the reference of 'broken' cannot be run")
    assert all(isinstance(line, Grade) and line.passed for line in heard.values())


async def test_what_is_missing_ends_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Sandbox() as box, Grader(box, tmp_path) as grader:

        async def missing(item: Item, sample: Sample) -> Grade:
            raise MissingComponent("no numpy")

        monkeypatch.setattr(grader, "grade", missing)
        with pytest.raises(MissingComponent, match="no numpy"):
            await grade_all(grader, [Ungraded(item("a"), Sample(task_id="a"))] * 3, 2, lambda one, line: None)


async def test_an_answer_is_graded_by_equivalence(tmp_path: Path) -> None:
    problem = Problem(id="m", statement="What is a half?", task="math")
    half = Item(problem, AnswerCheck("\\frac{1}{2}"))
    async with Sandbox() as box, Grader(box, tmp_path) as grader:
        assert (await grader.grade(half, Sample(task_id="m", solution="0.5"))).passed
        wrong = await grader.grade(half, Sample(task_id="m", solution="2"))
        none = await grader.grade(half, Sample(task_id="m"))
    assert (wrong.status, wrong.passed) == ("wrong_answer", False)
    assert wrong.failure is not None
    assert (wrong.failure.expected, wrong.failure.actual) == ("\\frac{1}{2}", "2")
    assert (none.status, none.base) == ("compile_error", None)


async def test_our_own_failure_is_tried_twice_and_never_a_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0
    async with Sandbox() as box, Grader(box, tmp_path) as grader:
        from evals.grading.judged import Judged

        async def broken(item_id: str, check: InputsCheck, code: str) -> Judged:
            nonlocal tries
            tries += 1
            return Judged("infrastructure", detail="no sandbox could be started")

        monkeypatch.setattr(grader._inputs, "grade", broken)
        with pytest.raises(InfrastructureError, match="'a' could not be graded: no sandbox could be started"):
            await grader.grade(item("a"), Sample(task_id="a", solution=REFERENCE))
    assert tries == 2
