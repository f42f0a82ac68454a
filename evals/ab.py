"""A against B on the same items, side by side, until it is clear which is better or clear that it cannot be told.

Each item goes to both sides, in turn first to the one and then to the other, so that a machine that slows down slows
both. Items come in an order drawn by the seed, since sets often go from easy to hard. Verdicts are looked at in that
order, whichever side finished first, and after every item: `evals.stats.sequential` says when to stop, and keeps the
error rate although one looks so often.

Each side is a run of its own in a folder of its own (`DIR/a`, `DIR/b`), which every other command takes.
"""

import asyncio
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field

from evals.analysis.verdict import p_value as shown_p
from evals.analysis.verdict import points, times
from evals.cells import Cell, cells_of
from evals.executors.health import Health
from evals.executors.local import RETRIES, attempt
from evals.item import Item
from evals.manifest import Manifest
from evals.run import Grades
from evals.sample import CellError, Grade, Sample
from evals.solvers.base import Solver
from evals.stats.sequential import MOST, Decision, decide, discordant_needed, p_value
from evals.store import RunFolder, Writer
from hierarchy.errors import InfrastructureError


@dataclass
class Standing:
    """What is known so far."""

    items: int
    """To be compared at most."""
    alpha: float
    both: int = 0
    only_a: int = 0
    only_b: int = 0
    neither: int = 0
    failed: int = 0
    """Items that our own machinery failed on a side: listed in its folder, not counted."""
    tokens_a: int = 0
    tokens_b: int = 0

    @property
    def compared(self) -> int:
        """Items with two verdicts."""
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def left(self) -> int:
        """Items to come."""
        return self.items - self.compared - self.failed

    @property
    def difference(self) -> float:
        """B's share of right answers less A's, on the items compared; 0 of none."""
        return (self.only_b - self.only_a) / self.compared if self.compared else 0.0

    @property
    def items_needed(self) -> int | None:
        """Items, about, after which a difference of the size seen is told with 80 % power; None where no side is ahead,
        and where it takes more than `MOST` that only one solves."""
        ahead, discordant = max(self.only_a, self.only_b), self.only_a + self.only_b
        found = discordant_needed(ahead / discordant, self.alpha) if self.difference else None
        return None if found is None else math.ceil(found * self.compared / discordant)

    @property
    def decision(self) -> Decision:
        """What to do next."""
        return decide(self.only_a, self.only_b, self.left, self.alpha)

    def add(self, a: Grade, b: Grade) -> None:
        """Another item's verdicts."""
        self.both += a.passed and b.passed
        self.only_a += a.passed and not b.passed
        self.only_b += b.passed and not a.passed
        self.neither += not a.passed and not b.passed

    def sentence(self) -> str:
        """The verdict."""
        seen = f"{self.only_a} only A, {self.only_b} only B, {self.both} both, {self.neither} neither"
        failed = f", {self.failed} of them failed on our side" if self.failed else ""
        where = f"after {self.compared + self.failed} of {self.items} items{failed} ({seen})"
        p = shown_p(p_value(self.only_a, self.only_b), self.alpha)
        sure = f"{p}, valid at any time, error rate {100 * self.alpha:g} %"
        cost = f"; B took {times(self.tokens_b / self.tokens_a)} A's tokens" if self.tokens_a else ""
        match self.decision:
            case "a" | "b" as better:
                names = "A is better than B" if better == "a" else "B is better than A"
                size = f"{points(abs(self.difference))} on these, which stopping early exaggerates"
                return f"{names} {where}: {size}, {sure}{cost}"
            case "go_on":
                return f"not clear yet {where}: {sure}{cost}"
        why = f"the {self.left} left could not settle it any more" if self.left else "no item is left"
        return f"not enough items to tell {where}: {why}; {self._needed()}{sure}{cost}"

    def _needed(self) -> str:
        """How many items it would take at the shares seen; nothing where no side is ahead."""
        if not self.difference:
            return ""
        items = self.items_needed
        most = MOST * self.compared // (self.only_a + self.only_b)
        told = f"more than {most:,}" if items is None else f"about {items:,}"
        return f"a difference of this size ({points(self.difference)}, B - A) takes {told} items; "

    def as_json(self) -> dict[str, object]:
        """Everything, for programs."""
        numbers = asdict(self) | {"compared": self.compared, "decision": self.decision, "difference": self.difference}
        needed = self.items_needed if self.decision == "undecidable" else None
        return numbers | {"items_needed": needed, "p": p_value(self.only_a, self.only_b), "verdict": self.sentence()}


@dataclass
class Side:
    """One of the two."""

    solver: Solver
    writer: Writer
    cells: dict[str, Cell]
    samples: dict[str, Sample]
    grades: dict[str, Grade]
    health: Health = field(default_factory=Health)

    @classmethod
    def over(
        cls, folder: RunFolder, writer: Writer, manifest: Manifest, items: Sequence[Item], solver: Solver
    ) -> "Side":
        """The side that goes on in `folder`."""
        return cls(
            solver,
            writer,
            {cell.item.id: cell for cell in cells_of(items, manifest)},
            {sample.task_id: sample for sample in folder.samples()},
            {name: grade for (name, _), grade in folder.grades().items()},
        )

    async def verdict(self, item: Item, grader: Grades) -> Grade | None:
        """The grade of this side's answer, made now where it is not there yet; None for a failure of ours.

        Raises `InfrastructureError` when the solver seems to be down.
        """
        if item.id not in self.samples:
            _, result = await attempt(self.cells[item.id], self.solver, RETRIES, 1.0)
            if isinstance(result, CellError):
                self.writer.error(result)
                self.health.note(result)
                return None
            self.health.note(result)
            self.writer.sample(result)
            self.samples[item.id] = result
        if item.id not in self.grades:
            sample = self.samples[item.id]
            try:
                grade = await grader.grade(item, sample)
            except InfrastructureError as error:
                self.writer.error(CellError.of_grading(sample, error))
                return None
            self.writer.grade(grade)
            self.grades[item.id] = grade
        return self.grades[item.id]


async def compare_live(
    a: Side,
    b: Side,
    items: Sequence[Item],
    grader: Grades,
    *,
    alpha: float,
    seed: int,
    concurrency: int,
    show: Callable[[Standing], None] = lambda standing: None,
) -> Standing:
    """Work until the rule says stop; what is under way then is dropped. Raises what a solver raises."""
    order = list(items)
    random.Random(seed).shuffle(order)  # noqa: S311  (an order, no secret)
    standing = Standing(items=len(order), alpha=alpha)
    running: dict[int, asyncio.Task[tuple[Grade | None, Grade | None]]] = {}
    waiting = iter(enumerate(order))
    try:
        for position, item in enumerate(order):
            while len(running) < concurrency and (following := next(waiting, None)) is not None:
                number, next_item = following
                work = _both(a, b, next_item, grader, b_first=bool(number % 2))
                running[number] = asyncio.create_task(work)
            grade_a, grade_b = await running.pop(position)
            if grade_a is None or grade_b is None:
                standing.failed += 1
            else:
                standing.add(grade_a, grade_b)
                standing.tokens_a += a.samples[item.id].usage.tokens
                standing.tokens_b += b.samples[item.id].usage.tokens
            show(standing)
            if standing.decision != "go_on":
                break
    finally:
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)
    return standing


async def _both(a: Side, b: Side, item: Item, grader: Grades, *, b_first: bool) -> tuple[Grade | None, Grade | None]:
    if b_first:
        second = await b.verdict(item, grader)
        return await a.verdict(item, grader), second
    return await a.verdict(item, grader), await b.verdict(item, grader)
