"""What the selector says: which attempt, and on what grounds."""

from typing import Literal

from hierarchy.base import Frozen
from hierarchy.usage import Usage

Method = Literal["only_one", "public_tests", "clusters", "adjudicated", "answers", "likelihood"]
"""What decided: there was one candidate; one passed more public tests than all others; behaviour on generated inputs;
the model's answers to narrow questions; agreement of final answers; the log-probability alone."""


class Selection(Frozen):
    """The chosen attempt."""

    attempt_id: str
    agreement: float
    """Share of the compared candidates that behave (or answer) as the chosen one does, in [0, 1]."""
    voters: int
    """How many candidates were compared: those that passed the most public tests."""
    method: Method
    reason: str
    """One line for a person."""
    usage: Usage = Usage()
    """Tokens of the questions and seconds in the sandbox."""
    cluster_sizes: tuple[int, ...] = ()
    """Candidates in each cluster of equal behaviour, the largest first; it adds up to `voters`."""
    inputs: int = 0
    """Generated inputs that were counted."""
