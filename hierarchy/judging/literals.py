"""Reading values out of source: more than `ast.literal_eval` knows, and never by running anything."""

import ast
import math

_CONSTRUCTORS = {"set": set, "frozenset": frozenset, "list": list, "tuple": tuple, "dict": dict}
_CONSTANTS = {"inf": math.inf, "nan": math.nan, "pi": math.pi, "e": math.e}


class NoLiteral(ValueError):
    """The expression is no literal value."""


def literal(node: ast.expr) -> object:
    """The value of a literal expression, with `set()`, `frozenset([1])`, `float("inf")` and `math.inf` besides.

    Raises `NoLiteral`.
    """
    try:
        return _literal(node)
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError) as error:
        raise NoLiteral(f"{type(node).__name__} is no literal: {error}") from error


def _literal(node: ast.expr) -> object:
    if isinstance(node, ast.List):
        return [_literal(item) for item in node.elts]
    if isinstance(node, ast.Tuple):
        return tuple(_literal(item) for item in node.elts)
    if isinstance(node, ast.Set):
        return {_literal(item) for item in node.elts}
    if isinstance(node, ast.Dict):
        if None in node.keys:
            raise NoLiteral("a dict that unpacks another")
        return {_literal(key): _literal(item) for key, item in zip(node.keys, node.values, strict=True) if key}
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "math":
        return _CONSTANTS[node.attr] if node.attr in _CONSTANTS else ast.literal_eval(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _literal(node.operand)
        if isinstance(value, (int, float, complex)) and not isinstance(value, bool):
            return -value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords and len(node.args) <= 1:
        return _constructed(node.func.id, [_literal(arg) for arg in node.args])
    return ast.literal_eval(node)


def _constructed(name: str, args: list[object]) -> object:
    if name in _CONSTRUCTORS:
        return _CONSTRUCTORS[name](*args)
    if name == "float" and len(args) == 1 and isinstance(args[0], (str, int, float)):
        return float(args[0])
    raise NoLiteral(f"a call of {name!r}")
