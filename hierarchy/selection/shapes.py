"""The shape of a function's arguments: read from example values, from type hints, or from the statement's words."""

import ast
import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

Kind = Literal["any", "none", "bool", "int", "float", "str", "list", "tuple", "set", "dict"]


class Shape(NamedTuple):
    """What kind of value an argument is. `parts`: the element of a list or set, the positions of a tuple, the key and
    value of a dict; empty when unknown."""

    kind: Kind
    parts: tuple["Shape", ...] = ()


ANY = Shape("any")
INT = Shape("int")
STR = Shape("str")

_DEPTH = 12
_SCALARS: dict[type, Kind] = {type(None): "none", bool: "bool", int: "int", float: "float", str: "str"}


def shape_of(value: object, depth: int = 0) -> Shape:
    """The shape of one example value."""
    if type(value) in _SCALARS:
        return Shape(_SCALARS[type(value)])
    if depth >= _DEPTH:
        return ANY
    if isinstance(value, dict):
        if not value:
            return Shape("dict")
        keys = joined([shape_of(key, depth + 1) for key in value])
        return Shape("dict", (keys, joined([shape_of(item, depth + 1) for item in value.values()])))
    if isinstance(value, tuple):
        return Shape("tuple", tuple(shape_of(item, depth + 1) for item in value))
    if isinstance(value, list | set | frozenset):
        kind: Kind = "list" if isinstance(value, list) else "set"
        return Shape(kind, (joined([shape_of(item, depth + 1) for item in value]),) if value else ())
    return ANY


def joined(shapes: Sequence[Shape]) -> Shape:
    """The narrowest shape that covers all of `shapes`; unknown where they have nothing in common."""
    result = ANY
    for position, shape in enumerate(shapes):
        result = shape if position == 0 else _join(result, shape)
    return result


def _join(one: Shape, other: Shape) -> Shape:
    if one.kind == other.kind:
        if len(one.parts) == len(other.parts):
            return Shape(one.kind, tuple(_join(a, b) for a, b in zip(one.parts, other.parts, strict=True)))
        if one.kind == "tuple":
            return Shape("tuple")
        return one if one.parts else other
    if {one.kind, other.kind} == {"int", "float"}:
        return Shape("float")
    if "none" in (one.kind, other.kind):
        return other if one.kind == "none" else one
    return ANY


_HINTS: dict[str, Kind] = {
    "int": "int", "float": "float", "str": "str", "bool": "bool", "none": "none", "complex": "float",
    "list": "list", "sequence": "list", "iterable": "list", "collection": "list", "deque": "list",
    "set": "set", "frozenset": "set", "dict": "dict", "mapping": "dict", "counter": "dict", "tuple": "tuple",
}  # fmt: skip


def shape_of_hint(hint: ast.expr | None) -> Shape:
    """The shape a type hint names; of a union, its first member that is not None."""
    match hint:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return Shape(_HINTS.get(name.lower(), "any"))
        case ast.Constant(value=None):
            return Shape("none")
        case ast.Constant(value=str(text)):
            return _shape_of_text(text)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _first_known([left, right])
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inner):
            members = list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]
            return _generic(name.lower(), members)
    return ANY


def _generic(name: str, members: list[ast.expr]) -> Shape:
    if name in ("optional", "union", "annotated"):
        return _first_known(members)
    kind = _HINTS.get(name, "any")
    if kind == "tuple" and isinstance(members[-1], ast.Constant) and members[-1].value is ...:
        return Shape("tuple", (shape_of_hint(members[0]),) * 3)
    if kind == "dict" and len(members) != 2:
        return Shape("dict")
    if kind in ("list", "set"):
        members = members[:1]
    return Shape(kind, tuple(map(shape_of_hint, members)) if kind in ("list", "set", "tuple", "dict") else ())


def _first_known(hints: list[ast.expr]) -> Shape:
    shapes = [shape_of_hint(hint) for hint in hints]
    return next((shape for shape in shapes if shape.kind not in ("none", "any")), shapes[0])


def _shape_of_text(text: str) -> Shape:
    try:
        return shape_of_hint(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return ANY


class Parameter(NamedTuple):
    """One parameter of the function to write."""

    name: str
    shape: Shape


def parameters(signature: str) -> tuple[Parameter, ...]:
    """The parameters of a `def` line (without its trailing colon), `self` and variadic ones left out."""
    try:
        tree = ast.parse(f"{signature.strip().rstrip(':')}: pass")
    except (SyntaxError, ValueError, RecursionError):
        return ()
    function = tree.body[0]
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return ()
    given = [*function.args.posonlyargs, *function.args.args]
    return tuple(
        Parameter(item.arg, shape_of_hint(item.annotation)) for item in given if item.arg not in ("self", "cls")
    )


_INTS = Shape("list", (INT,))
_BY_NAME: tuple[tuple[str, Shape], ...] = (
    (r"(grid|matrix|board|points|edges|intervals)\d*$", Shape("list", (_INTS,))),
    (r"(words|strings|strs|names)\d*$", Shape("list", (STR,))),
    (r"(nums?|numbers|arr|array|lst|list|l|xs|ints|values|prices|heights|items|elements)\d*$", _INTS),
    (r"(s|t|text|string|str|word|sentence|message|txt|st|name|pattern|prefix)\d*$", STR),
    (r"(d|dict|dictionary|mapping)\d*$", Shape("dict", (STR, INT))),
    (r"(x|y|z|n|m|k|i|j|a|b|c|num|number|target|limit|count|size|age|year|val|value)\d*$", INT),
)
_BY_WORD: tuple[tuple[str, Shape], ...] = (
    (r"(list|array|sequence) of (strings|words)", Shape("list", (STR,))),
    (r"(list|array|sequence) of (lists|arrays)|matrix|grid", Shape("list", (_INTS,))),
    (r"list|array|sequence", _INTS),
    (r"string|word|sentence|text", STR),
    (r"float|decimal|real number", Shape("float")),
    (r"dictionary|mapping", Shape("dict", (STR, INT))),
)


def guessed(parameter: Parameter, statement: str) -> Shape:
    """The shape of a parameter without a useful hint: what the statement says beside its name, else what such a name
    usually holds, else what the statement speaks of at all, else an integer."""
    if parameter.shape.kind != "any":
        return _filled(parameter.shape)
    beside = re.compile(
        rf"\b([\w ]{{0,40}})[`'\"]?\b{re.escape(parameter.name)}\b[`'\"]?\s*[:(,]?\s*([\w ]{{0,30}})", re.IGNORECASE
    )
    for found in beside.finditer(statement):
        for pattern, shape in _BY_WORD:
            if re.search(rf"\b({pattern})s?\s*$", found[1].strip(), re.I) or re.match(
                rf"an? ({pattern})", found[2], re.I
            ):
                return shape
    for pattern, shape in _BY_NAME:
        if re.match(rf"(.*_)?{pattern}", parameter.name, re.IGNORECASE):
            return shape
    for pattern, shape in _BY_WORD:
        if re.search(rf"\b({pattern})\b", statement, re.IGNORECASE):
            return shape
    return INT


def _filled(shape: Shape) -> Shape:
    """The shape with unknown elements taken for integers."""
    if shape.kind == "any":
        return INT
    if shape.kind in ("list", "set") and not shape.parts:
        return Shape(shape.kind, (INT,))
    if shape.kind == "tuple" and not shape.parts:
        return Shape("tuple", (INT, INT, INT))
    if shape.kind == "dict" and not shape.parts:
        return Shape("dict", (STR, INT))
    return Shape(shape.kind, tuple(map(_filled, shape.parts)))
