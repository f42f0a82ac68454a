"""`def` lines in a statement, whether it is code, prose with code, or a method of `class Solution`."""

import ast
import inspect
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from hierarchy.intake.literals import NotALiteral, parse_expression, parse_quietly
from hierarchy.intake.scanning import end_of_brackets

MAX_DEFS = 100
"""Definitions read in one statement."""

_DEF = re.compile(
    r"^(?P<indent>[ \t>|`]*)(?:async[ \t]+)?def[ \t]+(?P<name>[A-Za-z_]\w{0,99})[ \t]*(?=\()", re.MULTILINE
)
_CLASS = re.compile(r"^(?P<indent>[ \t>|`]*)class[ \t]+(?P<name>[A-Za-z_]\w{0,99})[ \t]*[(:]", re.MULTILINE)
_ARROW = re.compile(r"[ \t]*->[ \t]*([^\n:]{1,200}?)[ \t]*(?=:|$|\n)")
_STUB = re.compile(
    r"(?:pass|\.\.\.|return|return None|raise NotImplementedError.*|import .*|from .*|#.*|\"\"\".*|'''.*|`+)?"
)
_DOCSTRING = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)' + r"|'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\Z)", re.DOTALL)


class Definition(NamedTuple):
    """One `def` as the statement shows it."""

    name: str
    line: str
    """`def name(a: int, b=2) -> int`, without the colon."""
    parameters: tuple[str, ...]
    annotations: dict[str, ast.expr]
    """By parameter; `return` for the result."""
    has_body: bool
    """It does something: it is shown as code, not asked for."""
    start: int
    indent: int
    owner: str | None = None
    """The class it is a method of."""

    @property
    def entry_point(self) -> str:
        """The name to call it by."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


def read_line(line: str) -> tuple[str, tuple[str, ...], dict[str, ast.expr]] | None:
    """Read `def name(…) -> …` into its parameters and annotations; None when it is no Python."""
    header = line.strip().rstrip(":").strip()
    found = re.fullmatch(r"(?:async\s+)?def\s+([A-Za-z_]\w*)\s*\((.*)\)\s*(?:->\s*(.+))?", header, re.DOTALL)
    if found is None:
        return None
    try:
        lambda_like = parse_expression(f"lambda {_without_annotations(found[2])}: 0")
        annotations = dict(_annotations(found[2]))
        if found[3]:
            annotations["return"] = parse_expression(found[3])
    except NotALiteral:
        return None
    assert isinstance(lambda_like, ast.Lambda)
    spec = lambda_like.args
    names = [item.arg for item in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
    return " ".join(header.split()), tuple(name for name in names if name not in ("self", "cls")), annotations


def misfit(line: str, count: int, names: Collection[str]) -> str | None:
    """Why a call with `count` positional arguments and the keywords `names` does not fit a `def` line; None if it does.

    A line that cannot be read fits everything.
    """
    try:
        node = parse_quietly(f"{line}: pass", "exec").body[0]
    except NotALiteral:
        return None
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    spec = node.args
    ordered = [*spec.posonlyargs, *spec.args]
    free = len(ordered) - len(spec.defaults)
    parameters = [
        inspect.Parameter(
            item.arg,
            inspect.Parameter.POSITIONAL_ONLY
            if at < len(spec.posonlyargs)
            else inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=inspect.Parameter.empty if at < free else None,
        )
        for at, item in enumerate(ordered)
        if at > 0 or item.arg not in ("self", "cls")
    ]
    if spec.vararg:
        parameters.append(inspect.Parameter(spec.vararg.arg, inspect.Parameter.VAR_POSITIONAL))
    for item, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        missing = inspect.Parameter.empty if default is None else None
        parameters.append(inspect.Parameter(item.arg, inspect.Parameter.KEYWORD_ONLY, default=missing))
    if spec.kwarg:
        parameters.append(inspect.Parameter(spec.kwarg.arg, inspect.Parameter.VAR_KEYWORD))
    try:
        inspect.Signature(parameters).bind(*range(count), **dict.fromkeys(names))
    except (TypeError, ValueError) as error:
        return str(error)
    return None


def _pieces(parameters: str) -> list[str]:
    pieces, start, at = list[str](), 0, 0
    while at < len(parameters):
        if parameters[at] in "([{":
            at = end_of_brackets(parameters, at) or len(parameters)
        elif parameters[at] == ",":
            pieces.append(parameters[start:at])
            start = at = at + 1
        else:
            at += 1
    return [piece.strip() for piece in (*pieces, parameters[start:]) if piece.strip()]


def _without_annotations(parameters: str) -> str:
    bare = []
    for piece in _pieces(parameters):
        name, _, rest = piece.partition(":")
        default = rest.rpartition("=")[2] if "=" in rest else ""
        bare.append(f"{name}={default}" if default else name)
    return ", ".join(bare)


def _annotations(parameters: str) -> Iterator[tuple[str, ast.expr]]:
    for piece in _pieces(parameters):
        name, colon, rest = piece.partition(":")
        if colon and "=" not in name:
            yield name.strip(" *"), parse_expression(rest.partition("=")[0])


def find_definitions(statement: str) -> list[Definition]:
    """Return the functions and methods that the statement defines or asks for, without functions inside functions."""
    classes = [(item.start(), len(item["indent"]), item["name"]) for item in _CLASS.finditer(statement)][:MAX_DEFS]
    found: list[Definition] = []
    for number, item in enumerate(_DEF.finditer(statement)):
        if number >= MAX_DEFS:
            break
        end = end_of_brackets(statement, item.end())
        if end is None:
            continue
        arrow = _ARROW.match(statement, end)
        read = read_line("def " + statement[item.start("name") : arrow.end() if arrow else end])
        if read is None:
            continue
        indent, owner, scope = len(item["indent"]), None, 0
        for start, class_indent, name in classes:
            left = any(other.start > start and other.indent <= class_indent for other in found)
            if start < item.start() and class_indent < indent and not left:
                owner, scope = name, start
        if any(other.start > scope and other.indent < indent and other.has_body for other in found):
            continue
        has_body = _has_body(statement, arrow.end() if arrow else end, indent)
        line, parameters, annotations = read
        found.append(Definition(item["name"], line, parameters, annotations, has_body, item.start(), indent, owner))
    return found


def _has_body(statement: str, end: int, indent: int) -> bool:
    tail = statement[end : end + 20_000]
    tail = tail[1:] if tail.startswith(":") else tail
    lines = _DOCSTRING.sub("", tail).split("\n")
    if not _STUB.fullmatch(lines[0].strip()):
        return True
    for line in lines[1:]:
        if line.strip() and len(line) - len(line.lstrip(" \t>|`")) <= indent:
            return False
        if not _STUB.fullmatch(line.strip()):
            return True
    return False
