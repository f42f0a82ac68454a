"""The unit of work: one sample of one item, with a key that says exactly what would be computed."""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from evals.item import Item
from evals.manifest import Manifest
from evals.sample import CellError, Sample
from evals.solvers.base import Solved


class Cell(NamedTuple):
    """One sample of one item."""

    item: Item
    sample: int
    seed: int
    key: str
    """sha256 over problem, solver and its parameters, settings, prompts, weights and seed: two cells with the same one
    would compute the same, whatever else is in their runs."""

    @property
    def name(self) -> tuple[str, int]:
        """(task id, sample)."""
        return self.item.id, self.sample


class Finished(NamedTuple):
    """What became of a cell: a sample, or a failure of our own."""

    cell: Cell
    result: Sample | CellError


def cells_of(items: Sequence[Item], manifest: Manifest) -> Iterator[Cell]:
    """Every cell of a run, item by item. The seed of sample i is the run's plus i."""
    common = manifest.model_dump(
        mode="json", include={"solver", "parameters", "settings", "models", "prompts"}, round_trip=True
    )
    made_with = hashlib.sha256(json.dumps(common, sort_keys=True).encode()).hexdigest()
    for item in items:
        problem = item.problem.model_dump_json(exclude={"source"})
        for sample in range(manifest.n):
            seed = (manifest.seed + sample) % 2**32
            text = json.dumps([made_with, problem, seed])
            yield Cell(item, sample, seed, hashlib.sha256(text.encode()).hexdigest())


def sample_of(cell: Cell, solved: Solved) -> Sample:
    """What is stored of an answer."""
    outcome = solved.outcome
    solution = outcome.code if cell.item.problem.is_code else outcome.answer
    return Sample(
        task_id=cell.item.id,
        sample=cell.sample,
        solution=solution or "",
        # Behind a prompt that ends in a docstring, a whole program on lines of its own defines everything anew.
        completion=f"\n{solution}" if solution and cell.item.problem.is_code else solution or "",
        key=cell.key,
        seed=cell.seed,
        status=outcome.status,
        p_correct=outcome.p_correct,
        text=outcome.text,
        reason=outcome.reason,
        selected_id=outcome.selected_id,
        attempts=outcome.attempts,
        calls=solved.calls,
        usage=outcome.usage,
        rounds=outcome.rounds,
        seconds=outcome.seconds,
        finished=time.time(),
        run_id=outcome.run_id,
    )


def unsolvable(cell: Cell, reason: str) -> Sample:
    """The sample of a problem that the solver cannot take, such as one longer than its context: it counts as failed."""
    return Sample(
        task_id=cell.item.id,
        sample=cell.sample,
        key=cell.key,
        seed=cell.seed,
        status="abstained",
        reason=reason,
        finished=time.time(),
    )
