"""When a solver is taken to be down: failing every cell after the other is no accident."""

from evals.sample import CellError, Sample
from hierarchy.errors import InfrastructureError

DOWN_AFTER = 5
"""Cells in a row that fail for good until the solver is taken to be down."""


class Health:
    """Counts failures in a row."""

    def __init__(self) -> None:
        self._failed = 0

    def note(self, result: Sample | CellError) -> None:
        """What became of a cell. Raises `InfrastructureError` when the solver seems to be down."""
        if isinstance(result, Sample):
            self._failed = 0
            return
        self._failed += 1
        if self._failed >= DOWN_AFTER:
            raise InfrastructureError(
                f"{self._failed} samples in a row could not be made, the last one because: {result.error}; nothing is "
                "lost: mend it and go on with --resume"
            )
