"""How the output of one test is compared with what was expected: a mode, with what that mode needs to know."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from hierarchy.base import Frozen
from sandbox.compare.checker import parameters
from sandbox.compare.tolerance import ATOL, RTOL

Relative = Annotated[float, Field(strict=True, ge=0, lt=1, allow_inf_nan=False)]
"""A part of the expected number. One or more would take 0 for any number."""
Absolute = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


class DefaultMode(Frozen):
    """Values as `sandbox.compare.values.same`, printed text as `sandbox.compare.printed.same_output`."""

    mode: Literal["default"] = "default"


class ExactMode(Frozen):
    """The same types at every level and no tolerance: `sandbox.compare.values.same_exactly`."""

    mode: Literal["exact"] = "exact"


class ToleranceMode(Frozen):
    """As by default, but a float may be off by `atol + rtol * |expected|`, the rule of `numpy.isclose`."""

    mode: Literal["tolerance"] = "tolerance"
    rtol: Relative = RTOL
    atol: Absolute = ATOL


class AnyOrderMode(Frozen):
    """The items of the outermost list or tuple may come in any order; floats within the tolerance."""

    mode: Literal["any_order"] = "any_order"
    rtol: Relative = RTOL
    atol: Absolute = ATOL


class OneOfMode(Frozen):
    """`expected` is a list of acceptable answers; floats within the tolerance."""

    mode: Literal["one_of"] = "one_of"
    rtol: Relative = RTOL
    atol: Absolute = ATOL


class CheckerMode(Frozen):
    """A program decides (`sandbox.compare.checker`). It runs in the sandbox, apart from the candidate."""

    mode: Literal["checker"] = "checker"
    source: str
    """Python that defines `check(input, output)` or `check(input, output, expected)`. `input` is the tuple of the
    arguments (those with names last, in their order) or the standard input as text."""

    @field_validator("source")
    @classmethod
    def _is_checker(cls, source: str) -> str:
        parameters(source)
        return source

    @property
    def takes_expected(self) -> bool:
        """Whether `check` has a third parameter."""
        return parameters(self.source) == 3


class LinesMode(Frozen):
    """Text as it is, but for white space at line ends and empty lines at the end."""

    mode: Literal["lines"] = "lines"


class TokensMode(Frozen):
    """What stands between white space, exactly."""

    mode: Literal["tokens"] = "tokens"


class FloatsMode(Frozen):
    """Tokens, numbers within `atol + rtol * |expected|`; two integers must be equal."""

    mode: Literal["floats"] = "floats"
    rtol: Relative = 1e-6
    atol: Absolute = 1e-6


ValueComparison = Annotated[
    DefaultMode | ExactMode | ToleranceMode | AnyOrderMode | OneOfMode | CheckerMode, Field(discriminator="mode")
]
"""For what a call returns."""

PrintedComparison = Annotated[
    DefaultMode | LinesMode | TokensMode | FloatsMode | CheckerMode, Field(discriminator="mode")
]
"""For what a program prints."""

Comparison = (
    DefaultMode
    | ExactMode
    | ToleranceMode
    | AnyOrderMode
    | OneOfMode
    | CheckerMode
    | LinesMode
    | TokensMode
    | FloatsMode
)
