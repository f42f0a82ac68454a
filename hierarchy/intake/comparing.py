"""The key `compare` of a problem file: how the outputs of a test, or of all tests of a problem, are compared."""

import difflib
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from hierarchy.comparison import Comparison
from hierarchy.errors import ProblemError
from hierarchy.intake.invalid import reason
from hierarchy.problem import FunctionTest, StdioTest

_ADAPTER: TypeAdapter[Comparison] = TypeAdapter(Annotated[Comparison, Field(discriminator="mode")])
_VALUE_MODES = ("default", "exact", "tolerance", "any_order", "one_of", "checker")
_PRINTED_MODES = ("default", "lines", "tokens", "floats", "checker")
_MODES = tuple(dict.fromkeys((*_VALUE_MODES, *_PRINTED_MODES)))


def read_comparison(raw: object, where: str) -> Comparison | None:
    """Read a comparison, None where there is none: `{"mode": "tolerance", "atol": 0.1}`, or only the mode as text.

    Raises `ProblemError` that names what is wrong with it.
    """
    if raw is None:
        return None
    data = {"mode": raw} if isinstance(raw, str) else raw
    if not isinstance(data, Mapping):
        raise ProblemError(
            f"{where}: 'compare' must be a mode or an object with the key 'mode', not {type(raw).__name__}"
        )
    mode = data.get("mode")
    if mode is None:
        raise ProblemError(f"{where}: 'compare' has no 'mode'; the modes are {', '.join(_MODES)}")
    if mode not in _MODES:
        near = difflib.get_close_matches(str(mode), _MODES, 1)
        hint = f"did you mean {near[0]!r}?" if near else f"the modes are {', '.join(_MODES)}"
        raise ProblemError(f"{where}: 'compare' has no mode {str(mode)[:80]!r}; {hint}")
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        raise ProblemError(f"{where}: 'compare' cannot be read: {reason(error)}") from None


def compared(test: FunctionTest | StdioTest, comparison: Comparison, where: str) -> FunctionTest | StdioTest:
    """The test with this comparison. Raises `ProblemError` where the mode is for another kind of test."""
    is_call = isinstance(test, FunctionTest)
    modes = _VALUE_MODES if is_call else _PRINTED_MODES
    if comparison.mode not in modes:
        given, what = ("printed text", "a call") if is_call else ("returned values", "a program")
        raise ProblemError(
            f"{where}: the mode {comparison.mode!r} compares {given}; for {what} it is one of {', '.join(modes)}"
        )
    try:
        return type(test).model_validate({**test.model_dump(mode="json"), "compare": comparison.model_dump()})
    except ValidationError as error:
        raise ProblemError(f"{where} cannot be read: {reason(error)}") from None
