"""Calls written in a statement: `two_sum([2, 7], target=9)` with literal arguments."""

import ast
import builtins
import re
from collections.abc import Iterator
from typing import NamedTuple

from hierarchy.intake.literals import NotALiteral, parse_expression, value_of
from hierarchy.intake.scanning import end_of_brackets

MAX_CALLS = 400
"""Calls examined in one statement; bounds the work that a hostile one can cause."""

_CALL = re.compile(r"(?<![\w.])([A-Za-z_]\w{0,99})\(")


class Call(NamedTuple):
    """A call with literal arguments and its place in the statement."""

    name: str
    args: tuple[object, ...]
    kwargs: dict[str, object]
    start: int
    end: int


def read_call(node: ast.expr) -> tuple[str, tuple[object, ...], dict[str, object]] | None:
    """Read a call whose arguments are all literals from its syntax tree; `Solution().f(1)` is read as `f(1)`."""
    if not isinstance(node, ast.Call):
        return None
    match node.func:
        case ast.Name(id=name):
            pass
        case ast.Attribute(value=ast.Call(func=ast.Name(id="Solution"), args=[], keywords=[]), attr=name):
            pass
        case _:
            return None
    try:
        args = tuple(value_of(item) for item in node.args)
        kwargs = {word.arg: value_of(word.value) for word in node.keywords if word.arg is not None}
    except NotALiteral:
        return None
    return None if len(kwargs) != len(node.keywords) else (name, args, kwargs)


def find_calls(text: str, name: str | None) -> Iterator[Call]:
    """Find the calls of `name`, or of any function that is no builtin when `name` is None, in order."""
    seen = 0
    for found in _CALL.finditer(text):
        if (found[1] != name) if name is not None else is_builtin(found[1]):
            continue
        seen += 1
        if seen > MAX_CALLS:
            return
        end = end_of_brackets(text, found.end() - 1)
        if end is None:
            continue
        try:
            call = read_call(parse_expression(text[found.start() : end]))
        except NotALiteral:
            continue
        if call is not None:
            yield Call(*call, found.start(), end)


def is_builtin(name: str) -> bool:
    """Whether Python itself defines `name`: such a call is never the function to write."""
    return hasattr(builtins, name)


def free_names(node: ast.AST) -> set[str]:
    """Names that an expression reads without binding them itself."""
    names = [item for item in ast.walk(node) if isinstance(item, ast.Name)]
    bound = {item.id for item in names if isinstance(item.ctx, ast.Store)}
    bound |= {item.arg for item in ast.walk(node) if isinstance(item, ast.arg)}
    return {item.id for item in names} - bound
