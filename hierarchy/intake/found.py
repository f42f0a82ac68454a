"""What an extractor is given and what it gives back."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from hierarchy.problem import AssertionTest, FunctionTest, TestCase
from sandbox.values import encode


class Target(NamedTuple):
    """The function to write, as far as it is known when examples are looked for."""

    entry_point: str | None = None
    """Dotted for a method: `Solution.twoSum`."""
    parameters: tuple[str, ...] | None = None
    """Names without `self`; None when no signature was found."""

    @property
    def name(self) -> str | None:
        """The bare name that examples call."""
        return self.entry_point.rpartition(".")[2] if self.entry_point else None


class Found(NamedTuple):
    """An example and where it stands; `start` and `end` are positions in the statement."""

    test: TestCase
    start: int
    end: int
    demanded: bool = False
    """It says what *should* happen (`should return`, `assert`), not only what does."""
    corrects: bool = False
    """It stands against a wrong value that the statement says the call gives at present."""


class Extractor(Protocol):
    """Finds the examples of one notation. Never guesses: what it cannot read it leaves out."""

    def __call__(self, statement: str, target: Target, /) -> Iterable[Found]:
        """Yield the examples in the order in which they stand."""
        ...


def function_test(
    target: Target, name: str, args: tuple[object, ...], kwargs: dict[str, object], expected: object
) -> FunctionTest:
    """Build the test of one call. Values go through typed JSON, so that `{"$tuple": []}` stays a dict."""
    return FunctionTest(
        entry_point=target.entry_point or name,
        args=tuple(encode(value) for value in args),
        kwargs={key: encode(value) for key, value in kwargs.items()},
        expected=encode(expected),
    )


def assertion_test(code: str) -> AssertionTest:
    """Build the test of one `assert` statement, on one line."""
    return AssertionTest(code=code)
