"""Calls with a symbol and a value: `f(1) ➞ 2`, `=>`, `->`, `==`, `=`, `# => 2`, `# returns 2`.

A value that is worked out, `f(9) -> 9 - 5 - 1 = 3`, counts when the sum is right.
"""

import ast
import re
from collections.abc import Iterator

from hierarchy.intake.calls import find_calls
from hierarchy.intake.context import stands_alone
from hierarchy.intake.found import Found, Target, function_test
from hierarchy.intake.literals import NotALiteral, parse_expression, parse_prose_literal, value_of
from hierarchy.intake.scanning import scan_literal
from hierarchy.intake.tails import clean_tail, strip_comment

CONNECTOR = re.compile(
    r"[`*]{0,3}[ \t]*(?:(?:#|//)[ \t]*)?"
    r"(?:➞|→|⟶|➔|➡|⇒|⟹|↦|={1,3}>|-{1,3}>|={1,3}(?![=<])|(?:#|//)[ \t]*(?:returns?|result|output)?:?)[ \t]*"
    r"[`*]{0,3}(?P<verb>returns?[ \t]+)?[`*]{0,3}",
    re.IGNORECASE,
)
"""What stands between a call and its value; `verb` is an added "returns"."""


def find_arrows(statement: str, target: Target) -> Iterator[Found]:
    """Yield the examples written as a call, a symbol and a value."""
    for call in find_calls(statement, target.name):
        connector = CONNECTOR.match(statement, call.end)
        if connector is None or not stands_alone(statement, call.start):
            continue
        value = read_value(statement, connector.end())
        if value is not None:
            yield Found(function_test(target, call.name, call.args, call.kwargs, value[0]), call.start, value[1])


def read_value(statement: str, start: int, *, demanded: bool = False) -> tuple[object, int] | None:
    """Read the value of an example at `start`, with its end, if what follows leaves it as it stands."""
    scanned = scan_literal(statement, start)
    if scanned is not None and clean_tail(statement, scanned[1], demanded=demanded):
        return scanned
    newline = statement.find("\n", start)
    end = min(len(statement) if newline < 0 else newline, start + 500)
    rest = strip_comment(statement[start:end]).rstrip(" \t`*.;")
    try:
        if "=" in rest:
            return _worked_out(rest), start + len(rest)
        value = parse_prose_literal(rest)
    except NotALiteral:
        return None
    return (value, start + len(rest)) if isinstance(value, tuple) else None


def _worked_out(rest: str) -> object:
    *steps, last = rest.split("=")
    value = parse_prose_literal(last)
    if any(_sum(parse_expression(step)) != value for step in steps):
        raise NotALiteral("the steps do not give the value")
    return value


def _sum(node: ast.expr) -> float:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _sum(left) + _sum(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _sum(left) - _sum(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _sum(left) * _sum(right)
    value = value_of(node)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > 1e15:
        raise NotALiteral("no sum of numbers")
    return value
