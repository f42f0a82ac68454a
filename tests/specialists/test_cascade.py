"""Cheapest first, until one is sure; and the router that does not route."""

import pytest

from hierarchy.errors import SettingsError, UnknownName
from hierarchy.plan import Ranking
from hierarchy.problem import Problem
from hierarchy.usage import Usage
from specialists.cascade import Cascade, FixedRouter
from specialists.registry import Registry

PROBLEM = Problem(id="p", statement="Add two numbers.", task="function")


class Says:
    """Always the same ranking."""

    def __init__(self, name: str, best: str, confidence: float, calls: int = 0) -> None:
        self.name = name
        self.asked = 0
        self._ranking = Ranking(
            scores=((best, confidence), ("general", 1 - confidence)),
            router=name,
            reason=f"{name} says so",
            usage=Usage(calls=calls, prompt_tokens=10 * calls),
            model="m" if calls else "",
        )

    async def rank(self, problem: Problem, goal: str) -> Ranking:
        self.asked += 1
        return self._ranking


async def test_a_sure_first_router_decides_alone() -> None:
    first, second = Says("keyword", "python", 0.6), Says("guided", "math", 0.9, calls=1)
    ranking = await Cascade([first, second], [0.6]).rank(PROBLEM, PROBLEM.statement)
    assert (ranking.router, ranking.best, ranking.reason) == ("keyword", "python", "keyword says so")
    assert (ranking.usage.calls, second.asked) == (0, 0)


async def test_an_unsure_one_passes_on_and_the_reason_says_so() -> None:
    routers = [Says("keyword", "python", 0.41), Says("small", "math", 0.5, calls=1), Says("big", "debugging", 0.2, 1)]
    ranking = await Cascade(routers, [0.6, 0.8]).rank(PROBLEM, PROBLEM.statement)
    assert (ranking.router, ranking.best, ranking.model) == ("big", "debugging", "m")
    assert ranking.reason == "keyword unsure (python 0.41); small unsure (math 0.50); big says so"
    assert (ranking.usage.calls, ranking.usage.prompt_tokens) == (2, 20)


@pytest.mark.parametrize(("routers", "thresholds"), [(0, 0), (1, 1), (2, 0)])
def test_thresholds_stand_between_the_routers(routers: int, thresholds: int) -> None:
    with pytest.raises(ValueError, match=f"{routers} routers need"):
        Cascade([Says("r", "python", 1)] * routers, [0.5] * thresholds)


async def test_the_fixed_router_is_sure() -> None:
    ranking = await FixedRouter(Registry.load(), "algorithms").rank(PROBLEM, PROBLEM.statement)
    assert (ranking.scores, ranking.router) == ((("algorithms", 1.0),), "fixed")
    assert ranking.reason == "routing.specialist is set"


async def test_the_fixed_specialist_must_exist_and_serve_the_task() -> None:
    with pytest.raises(UnknownName, match="did you mean 'algorithms'"):
        FixedRouter(Registry.load(), "algoritms")
    with pytest.raises(SettingsError, match="'math' serves math, text, not 'function'; choose another with"):
        await FixedRouter(Registry.load(), "math").rank(PROBLEM, PROBLEM.statement)
