"""What is asked: the problem, its public tests, and what kind of check its answers allow."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hierarchy.base import Frozen, Value
from hierarchy.comparison import CheckerMode, DefaultMode, OneOfMode, PrintedComparison, ValueComparison

Task = Literal["function", "program", "math", "text"]
"""How an answer can be checked: call a function, run a program on stdin, compare final answers, or not at all."""


class FunctionTest(Frozen):
    """Call `entry_point(*args, **kwargs)` and compare what it returns with `expected`, in the mode of `compare`."""

    kind: Literal["function"] = "function"
    entry_point: str
    args: tuple[Value, ...] = ()
    kwargs: dict[str, Value] = Field(default_factory=dict)
    expected: Value = None
    """What it must return; with the mode `one_of` a list of acceptable answers. Only a checker can do without."""
    compare: ValueComparison = DefaultMode()

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if "expected" not in self.model_fields_set and _needs_expected(self.compare):
            raise ValueError("'expected' is missing; add what the call must return")
        if isinstance(self.compare, OneOfMode) and not (isinstance(self.expected, (list, tuple)) and self.expected):
            raise ValueError("with the mode 'one_of', 'expected' must be a list of acceptable answers")
        return self


class StdioTest(Frozen):
    """Run the program with `stdin` and compare what it prints with `stdout`, in the mode of `compare`."""

    kind: Literal["stdio"] = "stdio"
    stdin: str
    stdout: str = ""
    """What it must print. Only a checker can do without."""
    compare: PrintedComparison = DefaultMode()

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if "stdout" not in self.model_fields_set and _needs_expected(self.compare):
            raise ValueError("'stdout' is missing; add what the program must print")
        return self


class AssertionTest(Frozen):
    """One `assert` statement that must hold once the candidate is loaded."""

    kind: Literal["assertion"] = "assertion"
    code: str


TestCase = Annotated[FunctionTest | StdioTest | AssertionTest, Field(discriminator="kind")]


def _needs_expected(comparison: ValueComparison | PrintedComparison) -> bool:
    return not isinstance(comparison, CheckerMode) or comparison.takes_expected


class Problem(Frozen):
    """A problem as the ring sees it. Hidden tests, references and expected final answers have no place here."""

    id: str
    statement: str = Field(min_length=1)
    task: Task
    entry_point: str | None = None
    """The function to write, for `task="function"`; dotted for a method: `Solution.twoSum`."""
    signature: str | None = None
    """The `def` line without the trailing colon, when the statement shows or implies one."""
    public_tests: tuple[TestCase, ...] = ()
    source: str = "argument"
    """Where it came from, for messages: `argument`, `stdin`, `FILE`, `FILE:LINE`."""
    tags: tuple[str, ...] = ()

    @property
    def is_code(self) -> bool:
        """Whether answers are programs that can be run."""
        return self.task in ("function", "program")

    @property
    def must_define(self) -> str:
        """What an answer must define where the statement itself does not name it; empty where it does."""
        if not self.entry_point or set(re.findall(r"\w+", self.statement)).issuperset(self.entry_point.split(".")):
            return ""
        return self.entry_point if "." in self.entry_point else self.signature or self.entry_point
