"""Routers in a row, cheapest first, and the router that does not route."""

from collections.abc import Sequence

from hierarchy.errors import SettingsError
from hierarchy.plan import Ranking
from hierarchy.problem import Problem
from hierarchy.protocols import Router
from hierarchy.usage import Usage
from specialists.registry import Registry


class Cascade:
    """Asks each router in turn until one is sure enough; the last one's answer stands as it is."""

    name = "cascade"

    def __init__(self, routers: Sequence[Router], thresholds: Sequence[float]) -> None:
        """`thresholds` has one confidence for each router but the last. Raises `ValueError` otherwise."""
        if not routers or len(thresholds) != len(routers) - 1:
            raise ValueError(
                f"{len(routers)} routers need {max(len(routers) - 1, 0)} thresholds, not {len(thresholds)}"
            )
        self._routers = tuple(routers)
        self._thresholds = (*thresholds, 0.0)

    async def rank(self, problem: Problem, goal: str) -> Ranking:
        """The first ranking whose confidence reaches its router's threshold.

        It has the usage of all that were asked, and its reason says which were unsure.
        """
        spent = Usage()
        unsure: list[str] = []
        for router, threshold in zip(self._routers, self._thresholds, strict=True):
            ranking = await router.rank(problem, goal)
            spent += ranking.usage
            if ranking.confidence >= threshold:
                break
            unsure.append(f"{router.name} unsure ({ranking.best} {ranking.confidence:.2f})")
        return ranking.model_copy(update={"usage": spent, "reason": "; ".join([*unsure, ranking.reason])})


class FixedRouter:
    """Always the same specialist (`routing.specialist`)."""

    name = "fixed"

    def __init__(self, registry: Registry, specialist: str) -> None:
        """Raises `UnknownName` for a specialist that does not exist."""
        self._specialist = registry.get(specialist)

    async def rank(self, problem: Problem, goal: str) -> Ranking:
        """The specialist, for sure. Raises `SettingsError` when it does not serve the problem's task."""
        if problem.task not in self._specialist.prompts:
            raise SettingsError(
                f"the specialist {self._specialist.name!r} serves {', '.join(self._specialist.tasks)}, not "
                f"{problem.task!r}; choose another with --specialist or leave it to the dispatcher"
            )
        return Ranking(scores=((self._specialist.name, 1.0),), router=self.name, reason="routing.specialist is set")
