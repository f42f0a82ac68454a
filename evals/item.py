"""One row of a set: the problem a solver sees, and beside it everything it must never see."""

from dataclasses import dataclass, field
from datetime import date

from hierarchy.problem import Problem, TestCase


@dataclass(frozen=True)
class InputsCheck:
    """Call the entry point on inputs; what the reference returns on them is expected (EvalPlus's rule)."""

    entry_point: str
    reference: str
    """A whole program that defines the entry point."""
    base: tuple[tuple[object, ...], ...]
    """Arguments of each call."""
    plus: tuple[tuple[object, ...], ...] = ()
    """Further inputs; a sample passes `plus` only when it passes `base` too."""
    atol: float = 0.0
    """Tolerance for floats, where the row gives one."""
    comparison: str = "value"
    """How results are compared: `value`, or the name of a special rule of the set (`evals.grading.code`)."""


@dataclass(frozen=True)
class TestsCheck:
    """Hidden tests in our own form, judged as public ones are."""

    __test__ = False
    """Not for pytest to collect."""

    tests: tuple[TestCase, ...]


@dataclass(frozen=True)
class ScriptCheck:
    """A set's own test program: it is run after the candidate, and must come to its end without an error.

    Weaker than the others: expected values enter the candidate's process. Only for sets that publish nothing else.
    """

    script: str
    """Statements that follow the candidate, such as the definition of `check`, and its call."""


@dataclass(frozen=True)
class AnswerCheck:
    """The final answer must be equivalent to `expected` (`evals.grading.answers`)."""

    expected: str
    """As the set writes it: a number, LaTeX, or words."""


Check = InputsCheck | TestsCheck | ScriptCheck | AnswerCheck


@dataclass(frozen=True)
class Item:
    """A problem with how it is graded."""

    problem: Problem
    check: Check
    reference: str | None = None
    """A right program (or, for math, a right answer); None where the set has none."""
    wrong: tuple[str, ...] = ()
    """Wrong programs or answers, which the check must refuse; `validate` runs them."""
    family: str | None = None
    """The specialist that should be chosen, where the set knows it."""
    difficulty: str | None = None
    released: date | None = None
    """When the problem was published: for `--since` and `--until`."""
    facts: dict[str, str] = field(default_factory=dict)
    """What else a report may group by, e.g. `subject`."""

    @property
    def id(self) -> str:
        """The problem's id, unique within its set."""
        return self.problem.id
