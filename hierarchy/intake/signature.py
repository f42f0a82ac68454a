"""Which function is asked for: from a `def` line, from `class Solution`, or from "write a function name(args)"."""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from hierarchy.intake.calls import find_calls, is_builtin
from hierarchy.intake.defs import Definition, find_definitions, read_line
from hierarchy.intake.given import given_names

_VERB = r"(?:write|implement|create|define|complete|code|build|design|develop|fix|debug|refactor|repair|provide|make)"
_NAME = r"[`'\"*]{0,2}(?:def[ \t]+)?(?P<name>[A-Za-z_]\w{0,99})"
_ARGS = r"(?P<args>\([^()\n$]{0,200}\))"
_RETURNS = r"(?:[ \t]*->[ \t]*(?P<returns>\w[\w\[\], |]{0,60}))?"
_NAMED = re.compile(
    rf"\b{_VERB}\b[^.\n`$]{{0,80}}?\b(?:function|method)\b[ \t,:]*(?P<how>(?:called|named)[ \t]+)?"
    rf"{_NAME}{_ARGS}?{_RETURNS}",
    re.IGNORECASE,
)
_SHOWN = re.compile(rf"\b(?:{_VERB}(?:[ \t]+the)?|function|method)[ \t]+{_NAME}{_ARGS}{_RETURNS}", re.IGNORECASE)
_CLASS = re.compile(
    r"\b(?:write|implement|create|define|complete|build|design|develop)\b[^.\n]{0,60}\bclass\b(?![ \t`]+Solution\b)",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    "a an and are as at be by for from function given has have in into is it its of on or called named method code "
    "returns return should so such takes taking that the this to using which whose will with you your if when body "
    "below above here signature must can does returning accepting accepts receives definition python program "
    "sin cos tan log ln exp sqrt f g h p q".replace(" ", "|")
)


class Signature(NamedTuple):
    """The function to write."""

    entry_point: str
    line: str | None
    """`def name(args) -> type`; None when only the name is known."""
    parameters: tuple[str, ...] | None
    annotations: dict[str, ast.expr]


def from_line(line: str) -> Signature | None:
    """Read a signature given by a person: a `def` line, or starter code such as `class Solution: def f(self, a):`."""
    definitions = find_definitions(line)
    if definitions:
        return _signature(_asked_for(definitions, line))
    read = read_line(line) or read_line(f"def {line}")
    if read is None:
        return None
    name = read[0].removeprefix("async ").removeprefix("def ").partition("(")[0].strip()
    return Signature(name, read[0], read[1], read[2])


def find_signature(statement: str, entry_point: str | None = None) -> Signature | None:
    """Find the function that the statement asks for; `entry_point` is its name where that is given beforehand."""
    definitions = find_definitions(statement)
    if entry_point is not None:
        name = entry_point.rpartition(".")[2]
        named = [item for item in definitions if item.name == name]
        if named:
            return _signature(named[-1])._replace(entry_point=entry_point)
        shown = next((item for item in _from_prose(statement) if item.entry_point == name), None)
        return shown._replace(entry_point=entry_point) if shown else Signature(entry_point, None, None, {})
    definitions = [item for item in definitions if item.owner in (None, "Solution") and not item.name.startswith("__")]
    if definitions:
        return _signature(_asked_for(definitions, statement))
    return None if asks_for_class(statement) else next(_from_prose(statement), None)


def asks_for_class(statement: str) -> bool:
    """Whether a class is to be written: what the statement calls are then its methods, which no test can call alone."""
    return bool(_CLASS.search(statement))


def _signature(item: Definition) -> Signature:
    return Signature(item.entry_point, item.line, item.parameters, item.annotations)


def _asked_for(definitions: list[Definition], statement: str) -> Definition:
    """The last one without a body; where all have one (code to repair), the one the examples call, else the last."""
    open_ones = [item for item in definitions if not item.has_body]
    if open_ones:
        return open_ones[-1]
    public = [item for item in definitions if not item.name.startswith(("_", "test"))] or definitions
    counts = {item.name: sum(1 for _ in find_calls(statement, item.name)) for item in public}
    named = {item.entry_point for item in _from_prose(statement)}
    return max(public, key=lambda item: (item.name in named, counts[item.name], item.start))


def _from_prose(statement: str) -> Iterator[Signature]:
    """Yield the functions that the wording names, the surest wording first."""
    given = given_names(statement)
    for pattern in (_NAMED, _SHOWN):
        for found in pattern.finditer(statement):
            name, args = found["name"], found["args"]
            if _NO_NAME.fullmatch(name.lower()) or is_builtin(name) or name in given:
                continue
            marked = "_" in name or found.groupdict().get("how") or statement[found.start("name") - 1] in "`'\"*"
            if not args and not marked:
                continue
            read = read_line(
                f"def {name}{args} -> {found['returns'].strip()}" if found["returns"] else f"def {name}{args}"
            )
            if read is not None:
                yield Signature(name, *read)
            elif marked or pattern is _NAMED:
                yield Signature(name, None, None, {})
