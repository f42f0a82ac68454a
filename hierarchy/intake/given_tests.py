"""Public tests given in JSON: typed ones, `{"input", "output"}` pairs, and plain `assert` strings."""

import ast
import re
from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from hierarchy.comparison import CheckerMode, Comparison
from hierarchy.errors import ProblemError
from hierarchy.intake.asserts import read_assert
from hierarchy.intake.assignments import bind, read_values
from hierarchy.intake.calls import free_names, is_builtin
from hierarchy.intake.comparing import compared, read_comparison
from hierarchy.intake.defs import misfit
from hierarchy.intake.found import Target, function_test
from hierarchy.intake.invalid import reason
from hierarchy.intake.literals import NotALiteral, parse_literal
from hierarchy.intake.signature import Signature
from hierarchy.problem import AssertionTest, FunctionTest, StdioTest, TestCase

_ADAPTER: TypeAdapter[TestCase] = TypeAdapter(TestCase)
_DEFINED = re.compile(r"^[ \t]*(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)", re.MULTILINE)


def read_tests(
    raw: object, statement: str, function: Signature | None, where: str, comparison: Comparison | None = None
) -> tuple[tuple[TestCase, ...], str | None]:
    """Read the list under `public_tests`; return it with the function that it calls.

    `comparison` is for the tests that have none of their own; an assertion says itself what must hold.
    Raises `ProblemError` that names the test (counted from 1) when it cannot be read or calls a function that the
    problem does not have.
    """
    if not isinstance(raw, list):
        raise ProblemError(f"{where}: 'public_tests' must be a list, not {type(raw).__name__}")
    entry_point = function.entry_point if function else None
    tests: list[TestCase] = []
    for number, item in enumerate(raw, start=1):
        test = _read(item, entry_point, function, comparison, f"{where}: public test {number}")
        if entry_point is None and isinstance(test, FunctionTest):
            entry_point = test.entry_point
        tests.append(test)
    defined = set(_DEFINED.findall(statement))
    for number, test in enumerate(tests, start=1):
        if isinstance(test, AssertionTest) and read_assert(test.code) is None:
            raise ProblemError(
                f"{where}: public test {number} is no assert statement: {test.code[:80]!r}; write assert f(1) == 2"
            )
        name = _foreign(test, entry_point, defined)
        if name is not None:
            wanted = f"the problem asks for {entry_point!r}" if entry_point else "the problem names no function"
            raise ProblemError(
                f"{where}: public test {number} calls {name!r}, but {wanted}; correct the test or 'entry_point'"
            )
        reason = _misfit(test, function)
        if reason is not None and function is not None:
            raise ProblemError(
                f"{where}: public test {number} does not fit {function.line!r}: {reason}; correct its arguments or "
                "'signature'"
            )
    return tuple(tests), entry_point


def _read(
    item: object, entry_point: str | None, function: Signature | None, comparison: Comparison | None, where: str
) -> TestCase:
    if isinstance(item, str):
        return AssertionTest(code=item.strip())
    if not isinstance(item, Mapping):
        raise ProblemError(f"{where} must be an object or an assert, not {type(item).__name__}")
    data = dict(item)
    own = read_comparison(data.pop("compare", None), where)
    comparison = own or comparison
    if isinstance(comparison, CheckerMode) and not comparison.takes_expected:
        if "stdin" in data:
            data.setdefault("stdout", "")
        elif {"args", "kwargs"} & set(data):
            data.setdefault("expected", None)
    test = _read_uncompared(data, entry_point, function, where)
    if isinstance(test, AssertionTest):
        if own is not None:
            raise ProblemError(
                f"{where}: an assertion says itself what must hold; remove 'compare', or give 'args' and 'expected'"
            )
        return test
    return test if comparison is None else compared(test, comparison, where)


def _read_uncompared(
    data: dict[str, object], entry_point: str | None, function: Signature | None, where: str
) -> TestCase:
    if "input" in data and "output" in data and set(data) <= {"input", "output", "kind"}:
        return _pair(data["input"], data["output"], function, where)
    if data.get("kind", "function") == "function" and {"args", "kwargs"} & set(data) and "expected" not in data:
        raise ProblemError(f"{where}: 'expected' is missing; add what the call must return")
    if data.get("kind", "function") == "function" and "expected" in data:
        data["kind"] = "function"
        if entry_point is not None:
            data.setdefault("entry_point", entry_point)
    elif "kind" not in data:
        data["kind"] = "stdio" if "stdin" in data else "assertion"
    return _validated(data, where)


def _misfit(test: TestCase, function: Signature | None) -> str | None:
    """Why the arguments of a test cannot be passed to the function; None when they can."""
    if function is None or function.line is None:
        return None
    if isinstance(test, FunctionTest):
        own = test.entry_point == function.entry_point
        return misfit(function.line, len(test.args), test.kwargs) if own else None
    node = read_assert(test.code) if isinstance(test, AssertionTest) else None
    for call in ast.walk(node) if node else ():
        match call:
            case ast.Call(func=ast.Name(id=name)) if name == function.entry_point:
                names = [word.arg for word in call.keywords if word.arg is not None]
                unpacks = len(names) < len(call.keywords) or any(isinstance(arg, ast.Starred) for arg in call.args)
                reason = None if unpacks else misfit(function.line, len(call.args), names)
                if reason is not None:
                    return reason
    return None


def _validated(data: Mapping[str, object], where: str) -> TestCase:
    try:
        return _ADAPTER.validate_python(data)
    except (ValidationError, RecursionError) as error:
        raise ProblemError(f"{where} cannot be read: {reason(error)}") from None


def _pair(given: object, wanted: object, function: Signature | None, where: str) -> TestCase:
    if function is None:
        if isinstance(given, str) and isinstance(wanted, str):
            return StdioTest(stdin=given, stdout=wanted)
        raise ProblemError(
            f"{where}: 'input' and 'output' must be text for a program; for a function add 'entry_point'"
        )
    name = function.entry_point
    if isinstance(given, (Mapping, list)):
        shape = "kwargs" if isinstance(given, Mapping) else "args"
        return _validated({"kind": "function", "entry_point": name, shape: given, "expected": wanted}, where)
    arguments = read_values(given) if isinstance(given, str) else None
    args = bind(arguments, function.parameters) if arguments else None
    try:
        expected = parse_literal(wanted) if isinstance(wanted, str) else wanted
    except NotALiteral:
        args = None
    if args is None:
        raise ProblemError(
            f"{where}: 'input' {str(given)[:80]!r} and 'output' {str(wanted)[:80]!r} must be Python values that fit "
            f"{function.line or name!r}; give 'args' and 'expected' instead"
        )
    return function_test(Target(name), name, args, {}, expected)


def _foreign(test: TestCase, entry_point: str | None, defined: set[str]) -> str | None:
    """The function that a test calls and nobody is going to write; None when all is well."""
    if isinstance(test, StdioTest):
        return None
    root = entry_point.partition(".")[0] if entry_point else None
    if isinstance(test, FunctionTest):
        return None if test.entry_point == entry_point or test.entry_point in defined else test.entry_point
    node = read_assert(test.code)
    if node is None or root is None:
        return None
    called = {item.func.id for item in ast.walk(node) if isinstance(item, ast.Call) and isinstance(item.func, ast.Name)}
    stray = {
        name for name in called & free_names(node) if name != root and name not in defined and not is_builtin(name)
    }
    return min(stray, default=None)
