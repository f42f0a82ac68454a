"""`assert` statements: `assert f(1) == 2`, over several lines too, with or without a message."""

import ast
import re
from collections.abc import Iterator

from hierarchy.intake.calls import is_builtin
from hierarchy.intake.equalities import equality, is_about
from hierarchy.intake.found import Found, Target, assertion_test
from hierarchy.intake.literals import MAX_CHARS, STRING, NotALiteral, parse_quietly

MAX_ASSERTS = 400
"""Asserts read from one statement."""
_MAX_LINES = 40

_ASSERT = re.compile(r"(?<![\w.])assert(?=[ \t(])")


def find_asserts(statement: str, target: Target) -> Iterator[Found]:
    """Yield the asserts that call the function and nothing else that Python does not define."""
    for node, start, end in _asserts(statement):
        if isinstance(node.test, ast.Compare):
            test = equality(node.test, ast.unparse(node.test), target)
        else:
            test = assertion_test(f"assert {ast.unparse(node.test)}") if is_about(node.test, target) else None
        if test is not None:
            yield Found(test, start, end, demanded=True)


def asserted_names(statement: str) -> set[str]:
    """Return the functions that the asserts call and that Python does not define."""
    calls = [item for node, _, _ in _asserts(statement) for item in ast.walk(node.test) if isinstance(item, ast.Call)]
    names = {item.func.id for item in calls if isinstance(item.func, ast.Name)}
    return {name for name in names if not is_builtin(name)}


def _asserts(statement: str) -> Iterator[tuple[ast.Assert, int, int]]:
    for number, found in enumerate(_ASSERT.finditer(statement)):
        if number >= MAX_ASSERTS:
            return
        taken, depth = list[str](), 0
        for line in statement[found.start() : found.start() + MAX_CHARS].split("\n")[:_MAX_LINES]:
            taken.append(line)
            bare = STRING.sub("", line)
            depth += sum(bare.count(char) for char in "([{") - sum(bare.count(char) for char in ")]}")
            if depth <= 0:
                break
        source = "\n".join(taken)
        node = read_assert(source)
        if node is not None:
            yield node, found.start(), found.start() + len(source)


def read_assert(source: str) -> ast.Assert | None:
    """Parse one `assert` statement; None for anything else."""
    try:
        body = parse_quietly(source.strip().rstrip("`;").strip(), "exec").body
    except NotALiteral:
        return None
    return body[0] if len(body) == 1 and isinstance(body[0], ast.Assert) else None
