"""Arguments written as `nums = [2, 7], target = 9`, `grid : [[0]]`, or as bare values in order."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from hierarchy.intake.scanning import scan_literal

_NAME = re.compile(
    r"\s*(?:(?:,|;|and\b|\n)\s*)?[`*]{0,2}(?!(?i:output|result|answer|expected|returns?)\b)"
    r"([A-Za-z_]\w{0,99})[`*]{0,2}[ \t]*(?:=|:)[ \t]*(?![=:])"
)
_BETWEEN = re.compile(r"[`*]{0,2}\s*(?:,|;|\band\b|\n)?\s*[`*]{0,2}")


class Arguments(NamedTuple):
    """Values read in a row, and where the row ends."""

    values: tuple[tuple[str | None, object], ...]
    end: int


def read_named(text: str, start: int) -> Arguments | None:
    """Read `name = value` pairs from `start` on; None when there is not one."""
    values: list[tuple[str | None, object]] = []
    at = start
    while (name := _NAME.match(text, at)) and len(values) < 32:
        scanned = scan_literal(text, name.end())
        if scanned is None:
            return None
        values.append((name[1], scanned[0]))
        at = scanned[1]
    return Arguments(tuple(values), at) if values else None


def read_values(text: str) -> Arguments | None:
    """Read a text that holds nothing but named or bare values."""
    named = read_named(text, 0)
    if named is not None:
        return named if not text[named.end :].strip(" \t\n`*.,") else None
    values: list[tuple[str | None, object]] = []
    at = len(text) - len(text.lstrip())
    while at < len(text):
        scanned = scan_literal(text, at)
        if scanned is None or len(values) >= 32:
            return None
        values.append((None, scanned[0]))
        between = _BETWEEN.match(text, scanned[1])
        assert between is not None
        if between.end() < len(text) and not set(",;\n") & set(between[0]):
            return None
        at = between.end()
    return Arguments(tuple(values), at) if values else None


def bind(arguments: Arguments, parameters: Sequence[str] | None) -> tuple[object, ...] | None:
    """Put the values in the order of the parameters; None when it is not certain which is which.

    A name that is no parameter is accepted at its own position when it shares a word with the parameter there:
    `bucket_capacity` for `capacity`.
    """
    if parameters is None or len(arguments.values) != len(parameters):
        return None
    names = [name for name, _ in arguments.values]
    values = [value for _, value in arguments.values]
    if all(name is None for name in names):
        return tuple(values)
    if set(names) == set(parameters):
        by_name = dict(arguments.values)
        return tuple(by_name[name] for name in parameters)
    pairs = zip(names, parameters, strict=True)
    alike = (name is not None and bool(_words(name) & _words(parameter)) for name, parameter in pairs)
    return tuple(values) if all(alike) and len(set(names)) == len(names) else None


def _words(name: str) -> set[str]:
    return set(re.findall(r"[a-z]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()))
