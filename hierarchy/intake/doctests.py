"""Doctests: `>>> f(1)` with its output on the next lines, or on the same line as people write it.

`>>> f(1) == 2` without an output states an equality. Set-up lines (`>>> x = 3`) are skipped, and so are the examples
that depend on them. A wrapped call (`>>> round(f(1), 2)`) becomes an assertion.
"""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from hierarchy.intake.calls import find_calls
from hierarchy.intake.equalities import build_test, equality
from hierarchy.intake.found import Found, Target, function_test
from hierarchy.intake.literals import MAX_CHARS, NotALiteral, parse_expression, parse_literal
from hierarchy.intake.scanning import scan_literal
from hierarchy.intake.tails import clean_tail, is_prose_line, strip_comment
from hierarchy.problem import TestCase

MAX_EXAMPLES = 400
"""Doctests read from one statement."""

_PROMPT = re.compile(r"(?:(?<=[\s|*`\"'>])|^)>>>[ \t]?((?:(?!>>>)[^\n])*)")
_CONTINUED = re.compile(r"^\s*\.\.\.(?:[ \t](.*))?$")
_STOP = re.compile(r"^\s*(?:$|>>>|\"\"\"|'''|```)")
_MENTIONS_NONE = re.compile(r"\bNone\b")


class Block(NamedTuple):
    """One `>>>` with its continuation lines and its output."""

    source: str
    output: str
    start: int
    end: int


def find_doctests(statement: str, target: Target) -> Iterator[Found]:
    """Yield the examples written as doctests."""
    silent_none = bool(_MENTIONS_NONE.search(statement))
    for block in _blocks(statement):
        test = _read(block, target, silent_none)
        if test is not None:
            yield Found(test, block.start, block.end)


def _blocks(statement: str) -> Iterator[Block]:
    for number, prompt in enumerate(_PROMPT.finditer(statement)):
        if number >= MAX_EXAMPLES:
            return
        source, output, end = [prompt[1]], list[str](), prompt.end()
        one_line = statement.startswith(">>>", prompt.end())
        following = "" if one_line else statement[prompt.end() + 1 : prompt.end() + MAX_CHARS]
        for line in following.split("\n"):
            continued = _CONTINUED.match(line)
            if continued and not output:
                source.append(continued[1] or "")
            elif _STOP.match(line):
                break
            else:
                output.append(line.strip())
            end += len(line) + 1
        yield Block("\n".join(source), "\n".join(output), prompt.start(), min(end, len(statement)))


def _read(block: Block, target: Target, silent_none: bool) -> TestCase | None:
    source = strip_comment(block.source).strip()
    try:
        node = parse_expression(source)
    except NotALiteral:
        return _same_line(source, target)
    if block.output:
        try:
            return build_test(node, source, _output(block.output), target)
        except NotALiteral:
            return None
    if isinstance(node, ast.Compare):
        return equality(node, source, target)
    if isinstance(node, ast.Call) and silent_none:
        return build_test(node, source, None, target)
    return _same_line(source, target)


def _output(output: str) -> object:
    """Read what the doctest prints. Prose that follows without a blank line is not part of it."""
    try:
        return parse_literal(output)
    except NotALiteral:
        first, _, rest = strip_comment(output).partition("\n")
        if not rest or is_prose_line(rest.partition("\n")[0]):
            return parse_literal(strip_comment(first))
        raise


def _same_line(source: str, target: Target) -> TestCase | None:
    """Read `f(1)  [2]` and `f(1) == 2`; the space decides that `[2]` is an output and not a subscript."""
    for call in find_calls(source, target.name):
        rest = source[call.end :]
        if call.start != 0 or not rest[:1].isspace() or rest.strip().startswith(("- ", "+ ")):
            return None
        try:
            expected = parse_literal(rest)
        except NotALiteral:
            at = call.end + len(rest) - len(rest.lstrip())
            scanned = scan_literal(source, at)
            if scanned is None or not clean_tail(source, scanned[1]):
                return None
            expected = scanned[0]
        return function_test(target, call.name, call.args, call.kwargs, expected)
    return None
