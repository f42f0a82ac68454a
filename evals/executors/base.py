"""What a run asks of whoever works on its cells."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from evals.cells import Cell, Finished


class Executor(Protocol):
    """Works on cells, in any order and several at a time."""

    @property
    def name(self) -> str:
        """For the manifest: `local`, or `ray` with its nodes."""
        ...

    def work(self, cells: Sequence[Cell]) -> AsyncGenerator[Finished, None]:
        """Each cell once, as soon as it is finished; failures of our own come as `CellError` after the retries.

        Raises `InfrastructureError` when the solver seems to be down altogether, and whatever else stops a run. Leaving
        early stops what is under way.
        """
        ...
