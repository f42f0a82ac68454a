"""Values written in a statement, read without running anything.

Only literals are accepted: numbers, strings, `True`/`true`, `None`/`null`, lists, tuples, sets, dicts and the spelled
forms `set()` and `float('inf')`. Whatever else stands where a value should stand raises `NotALiteral`: an example is
dropped rather than guessed. Every scan is bounded, because statements are hostile input.
"""

import ast
import math
import re
import warnings
from typing import Literal, overload

MAX_CHARS = 4_000
"""Longest literal or call that is read, in characters; the longest in HumanEval and MBPP has under 200."""
MAX_NESTING = 40
"""Deepest bracket nesting that is read; the deepest in those sets is 4."""

STRING = re.compile(r"""(?:[bBrRuU]|[rR][bB]|[bB][rR])?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""")
NAMED: dict[str, object] = {"True": True, "False": False, "None": None, "true": True, "false": False, "null": None}
BUILDERS = {"set": set, "frozenset": frozenset, "tuple": tuple, "list": list, "dict": dict}
_LONE_PARENTHESES = re.compile(r"""(?<!\w)\(\s*(?:""|[-+]?[\d.]+|True|False|None|true|false|null)\s*\)""")


class NotALiteral(ValueError):
    """The text is no plain value."""


def parse_expression(source: str) -> ast.expr:
    """Parse one Python expression, silently and within bounds.

    Raises `NotALiteral` for anything that is no expression, is too long or is nested too deeply.
    """
    return parse_quietly(source.strip(), "eval").body


@overload
def parse_quietly(source: str, mode: Literal["eval"]) -> ast.Expression: ...
@overload
def parse_quietly(source: str, mode: Literal["exec"]) -> ast.Module: ...
def parse_quietly(source: str, mode: Literal["eval", "exec"]) -> ast.Expression | ast.Module:
    """Parse Python without warnings about its style. Raises `NotALiteral` as `parse_expression` does."""
    if not source or len(source) > MAX_CHARS or _depth(source) > MAX_NESTING:
        raise NotALiteral("empty, too long or nested too deeply")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, mode=mode)
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise NotALiteral(str(error)) from error
    assert isinstance(tree, (ast.Expression, ast.Module))
    return tree


def _depth(source: str) -> int:
    depth = deepest = 0
    for char in source:
        if char in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in ")]}":
            depth -= 1
    return deepest + source.count("--") + source.count("++") + source.count("not ")


def parse_literal(source: str) -> object:
    """Read one whole literal, `1, 2` counting as a tuple. Raises `NotALiteral`."""
    return value_of(parse_expression(source))


def parse_prose_literal(source: str) -> object:
    """Read a literal written by a person rather than by Python.

    `("Venus")` may be meant as a tuple of one and `1,000` as a thousand, so both raise `NotALiteral`.
    """
    value = parse_literal(source)
    if _LONE_PARENTHESES.search(STRING.sub('""', source)):
        raise NotALiteral("parentheses around one value: a tuple of one, or nothing")
    if isinstance(value, tuple) and not source.lstrip().startswith("(") and re.search(r"\d,\d", source):
        raise NotALiteral("a tuple without parentheses, or a number with a thousands separator")
    return value


def value_of(node: ast.expr) -> object:
    """Turn the syntax tree of a literal into its value. Raises `NotALiteral`."""
    try:
        value = _value(node)
        hash(repr(value))
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise NotALiteral(str(error)) from error
    return value


def _value(node: ast.expr) -> object:
    match node:
        case ast.Constant(value=value) if value is not Ellipsis:
            return _checked(value)
        case ast.Name(id=name) if name in NAMED:
            return NAMED[name]
        case ast.List(elts=items):
            return [_value(item) for item in items]
        case ast.Tuple(elts=items):
            return tuple(_value(item) for item in items)
        case ast.Set(elts=items):
            return {_value(item) for item in items}
        case ast.Dict(keys=keys, values=values):
            if None in keys:
                raise NotALiteral("a dict that unpacks another")
            return {_value(key): _value(item) for key, item in zip(keys, values, strict=True) if key}
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            number = _number(_value(operand))
            return -number if isinstance(sign, ast.USub) else number
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=ast.Constant(value=complex() as imaginary)):
            real = _number(_value(left))
            return real + imaginary if isinstance(sign, ast.Add) else real - imaginary
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str() as text)], keywords=[]):
            return _checked(float(text))
        case ast.Call(func=ast.Name(id=name), args=[] | [_] as arguments, keywords=[]) if name in BUILDERS:
            built: object = BUILDERS[name](*(_value(item) for item in arguments))
            return built
    raise NotALiteral(f"{type(node).__name__} is no literal")


def _number(value: object) -> int | float | complex:
    if isinstance(value, bool) or not isinstance(value, (int, float, complex)):
        raise NotALiteral("a sign before something that is no number")
    return value


def _checked(value: object) -> object:
    if isinstance(value, float) and math.isnan(value):
        raise NotALiteral("nan equals nothing, so it cannot be compared")
    if isinstance(value, str):
        value.encode("utf-8")  # a lone surrogate is no text that can be stored; its error is a ValueError
    return value


def source_of(value: object) -> str:
    """Write a value as Python source. Raises `NotALiteral` where `repr` is no source, as for infinity."""
    source = repr(value)
    if parse_literal(source) != value or re.search(r"\binf\b", STRING.sub("", source)):
        raise NotALiteral(f"{source} is no source")
    return source
