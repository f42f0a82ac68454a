"""Grading many samples: some at a time, in the order of the set, and each verdict is heard of as it comes."""

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple

from evals.grading.grader import Grader
from evals.item import Item
from evals.sample import CellError, Grade, Sample
from hierarchy.errors import InfrastructureError


class Ungraded(NamedTuple):
    """A sample and what it answers."""

    item: Item
    sample: Sample


Hear = Callable[[Ungraded, Grade | CellError], None]


async def grade_all(grader: Grader, samples: Sequence[Ungraded], at_once: int, hear: Hear) -> None:
    """Grade all of them; a failure of our own is an error in place of a grade.

    Samples of one item follow one another: what is expected of them is then in memory. Raises `MissingComponent`.
    """
    waiting = iter(samples)

    async def work() -> None:
        for one in waiting:
            hear(one, await _graded(grader, one))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(work())
    except BaseExceptionGroup as error:
        raise error.exceptions[0] from None


async def _graded(grader: Grader, one: Ungraded) -> Grade | CellError:
    try:
        return await grader.grade(one.item, one.sample)
    except InfrastructureError as error:
        return CellError.of_grading(one.sample, error)
