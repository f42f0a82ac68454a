"""What is asked: the problem, its public tests, and what kind of check its answers allow."""

import re
from typing import Annotated, Literal

from pydantic import Field

from hierarchy.base import Frozen, Value

Task = Literal["function", "program", "math", "text"]
"""How an answer can be checked: call a function, run a program on stdin, compare final answers, or not at all."""


class FunctionTest(Frozen):
    """Call `entry_point(*args, **kwargs)` and compare what it returns with `expected`."""

    kind: Literal["function"] = "function"
    entry_point: str
    args: tuple[Value, ...] = ()
    kwargs: dict[str, Value] = Field(default_factory=dict)
    expected: Value


class StdioTest(Frozen):
    """Run the program with `stdin` and compare what it prints with `stdout`, as contest judges do."""

    kind: Literal["stdio"] = "stdio"
    stdin: str
    stdout: str


class AssertionTest(Frozen):
    """One `assert` statement that must hold once the candidate is loaded."""

    kind: Literal["assertion"] = "assertion"
    code: str


TestCase = Annotated[FunctionTest | StdioTest | AssertionTest, Field(discriminator="kind")]


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
