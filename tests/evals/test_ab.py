"""A/B: who goes first, in which order verdicts count, when it stops, what it says."""

import random
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from evals.ab import Side, Standing, compare_live
from evals.item import AnswerCheck, Item
from evals.manifest import Manifest, SetInfo
from evals.results import load_results
from evals.run import begin
from evals.sample import Grade, Sample
from evals.solvers.base import Solved
from evals.stats.sequential import discordant_needed
from evals.store import RunFolder
from hierarchy.errors import EngineFailed, InfrastructureError
from hierarchy.outcome import Outcome
from hierarchy.problem import Problem
from hierarchy.usage import Usage


def items(count: int) -> list[Item]:
    return [Item(Problem(id=f"p{n}", statement="?", task="math"), AnswerCheck("4")) for n in range(count)]


class Told:
    """Answers `right` or `wrong` as it is told by item; fails on others."""

    def __init__(self, told: Mapping[str, bool], log: list[str], name: str) -> None:
        self._told = told
        self._log = log
        self._name = name

    async def solve(self, problem: Problem, *, seed: int) -> Solved:
        self._log.append(f"{self._name} {problem.id}")
        if problem.id not in self._told:
            raise EngineFailed("it broke")
        answer = "right" if self._told[problem.id] else "wrong"
        return Solved(
            Outcome(
                run_id="r",
                problem_id=problem.id,
                status="agreed",
                p_correct=0.5,
                text="",
                answer=answer,
                reason="",
                usage=Usage(completion_tokens=20 if self._name == "b" else 10),
            )
        )


class Grading:
    async def grade(self, item: Item, sample: Sample) -> Grade:
        return Grade(task_id=item.id, passed=sample.solution == "right", status="accepted")


class Failing:
    async def grade(self, item: Item, sample: Sample) -> Grade:
        raise InfrastructureError("no sandbox")


class Pair:
    """Both sides over folders in `path`."""

    def __init__(self, path: Path, stack: ExitStack, a: Mapping[str, bool], b: Mapping[str, bool], count: int) -> None:
        self.items = items(count)
        self.log: list[str] = []
        self.sides = [self._side(path / name, stack, Told(told, self.log, name)) for name, told in (("a", a), ("b", b))]

    def _side(self, path: Path, stack: ExitStack, solver: Told) -> Side:
        ids = tuple(item.id for item in self.items)
        made = Manifest(set=SetInfo(name="own", sha256="", source="", items=ids), solver=path.name)
        folder = RunFolder(path)
        writer = stack.enter_context(folder.writing())
        made = begin(folder, writer, made, self.items, resume=folder.exists)
        return Side.over(folder, writer, made, self.items, solver)

    async def work(self, *, concurrency: int = 1, seed: int = 0) -> Standing:
        a, b = self.sides
        return await compare_live(a, b, self.items, Grading(), alpha=0.05, seed=seed, concurrency=concurrency)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def told(count: int, right: bool) -> dict[str, bool]:
    return {f"p{n}": right for n in range(count)}


async def test_it_stops_once_one_side_is_clearly_better(tmp_path: Path, stack: ExitStack) -> None:
    pair = Pair(tmp_path, stack, told(100, False), told(100, True), 100)
    standing = await pair.work()
    assert (standing.decision, standing.only_a, standing.only_b, standing.compared) == ("b", 0, 8, 8)
    assert standing.sentence().startswith("B is better than A after 8 of 100 items (0 only A, 8 only B")
    assert "): +100.0 points on these, which stopping early exaggerates, p=.035, valid at" in standing.sentence()
    assert "error rate 5 %; B took 2.0 times A's tokens" in standing.sentence()
    assert len(RunFolder(tmp_path / "a").samples()) == 8


async def test_it_stops_when_the_rest_cannot_settle_it(tmp_path: Path, stack: ExitStack) -> None:
    standing = await Pair(tmp_path, stack, told(40, True), told(40, True), 40).work()
    assert standing.decision == "undecidable"
    assert standing.compared == 33  # 8 wins in a row would be needed, and 7 items are left
    assert "not enough items to tell" in standing.sentence()
    assert "the 7 left could not settle it" in standing.sentence()


async def test_the_side_that_goes_first_alternates(tmp_path: Path, stack: ExitStack) -> None:
    pair = Pair(tmp_path, stack, told(12, True), told(12, True), 12)
    await pair.work()
    assert [entry.split()[0] for entry in pair.log[:8]] == ["a", "b", "b", "a", "a", "b", "b", "a"]


async def test_the_order_is_drawn_by_the_seed(tmp_path: Path, stack: ExitStack) -> None:
    orders = []
    for number, seed in enumerate((1, 1, 2)):
        pair = Pair(tmp_path / str(number), stack, told(12, True), told(12, True), 12)
        await pair.work(seed=seed)
        orders.append([entry.split()[1] for entry in pair.log if entry.startswith("a")])
    assert orders[0] == orders[1] != orders[2]
    assert orders[0] != sorted(orders[0])


@pytest.mark.parametrize("concurrency", [2, 5])
async def test_several_at_a_time_give_the_same_verdict(tmp_path: Path, stack: ExitStack, concurrency: int) -> None:
    chance = random.Random(3)
    a = {f"p{n}": chance.random() < 0.3 for n in range(60)}
    b = {f"p{n}": chance.random() < 0.8 for n in range(60)}
    one = await Pair(tmp_path / "one", stack, a, b, 60).work()
    many = await Pair(tmp_path / "many", stack, a, b, 60).work(concurrency=concurrency)
    assert many == one


async def test_it_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    a, b = told(100, False), told(100, True)
    with ExitStack() as stack:
        first = await Pair(tmp_path, stack, a, b, 100).work()
    with ExitStack() as stack:
        pair = Pair(tmp_path, stack, a, b, 100)
        assert await pair.work() == first
    assert pair.log == []


async def test_a_failure_of_ours_counts_for_nobody(
    tmp_path: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evals.ab.RETRIES", 0)
    a = told(12, True)
    del a["p3"]
    standing = await Pair(tmp_path, stack, a, told(12, True), 12).work()
    assert standing.failed <= 1
    assert standing.compared + standing.failed <= 12
    errors = RunFolder(tmp_path / "a").errors()
    assert [error.task_id for error in errors] == ["p3"] * standing.failed


async def test_a_side_that_is_down_stops_it(tmp_path: Path, stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evals.ab.RETRIES", 0)
    with pytest.raises(InfrastructureError, match="5 samples in a row"):
        await Pair(tmp_path, stack, {}, told(50, True), 50).work()


def test_what_cannot_be_told_says_how_many_items_it_takes() -> None:
    sentence = Standing(items=12, alpha=0.05, only_a=2, only_b=10).sentence()
    needed = discordant_needed(10 / 12)
    assert f"no item is left; a difference of this size (+66.7 points, B - A) takes about {needed} items" in sentence
    narrow = Standing(items=1000, alpha=0.05, only_a=330, only_b=331, both=339).sentence()
    assert "(+0.1 points, B - A) takes more than 7,564 items" in narrow
    assert "takes" not in Standing(items=12, alpha=0.05, only_a=6, only_b=6).sentence()


def test_items_that_failed_on_our_side_are_mentioned() -> None:
    sentence = Standing(items=10, alpha=0.05, both=7, failed=3).sentence()
    assert sentence.startswith("not enough items to tell after 10 of 10 items, 3 of them failed on our side (0 only A")
    assert "no item is left" in sentence


def test_a_verdict_is_told_from_the_error_rate() -> None:
    assert "p=.0352, valid" in Standing(items=20, alpha=0.035, only_b=8).sentence()


async def test_a_grading_that_fails_is_an_error_of_its_side(tmp_path: Path, stack: ExitStack) -> None:
    pair = Pair(tmp_path, stack, told(9, True), told(9, True), 9)
    a, b = pair.sides
    await compare_live(a, b, pair.items, Failing(), alpha=0.05, seed=0, concurrency=1)
    errors = load_results(tmp_path / "a").errors
    assert [error.error for error in errors[:1]] == ["grading: no sandbox"]


def test_nothing_compared_is_said_without_a_division() -> None:
    standing = Standing(items=3, alpha=0.05)
    assert standing.sentence().startswith("not enough items to tell after 0 of 3 items")
    assert standing.as_json()["p"] == 1
    assert standing.as_json()["items_needed"] is None


def test_programs_get_the_number_needed_too() -> None:
    told = Standing(items=24, alpha=0.05, only_a=2, only_b=10, both=12).as_json()
    assert (told["difference"], told["items_needed"]) == (8 / 24, 50)
