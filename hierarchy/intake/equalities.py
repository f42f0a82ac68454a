"""The test that says: this expression has this value. Shared by doctests and asserts."""

import ast

from hierarchy.intake.calls import free_names, is_builtin, read_call
from hierarchy.intake.found import Target, assertion_test, function_test
from hierarchy.intake.literals import NotALiteral, source_of, value_of
from hierarchy.problem import TestCase


def equality(node: ast.Compare, source: str, target: Target) -> TestCase | None:
    """Read `f(1) == 2`, `2 == f(1)`, `f(1) is None`; other comparisons that call the function become assertions."""
    if len(node.ops) == 1 and isinstance(node.ops[0], (ast.Eq, ast.Is)):
        for call, value in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
            try:
                expected = value_of(value)
            except NotALiteral:
                continue
            test = build_test(call, ast.unparse(call), expected, target)
            if test is not None:
                return test
    return assertion_test(f"assert {ast.unparse(node)}") if is_about(node, target) else None


def build_test(node: ast.expr, source: str, expected: object, target: Target) -> TestCase | None:
    """Build the test that says: this expression has this value."""
    if isinstance(node, ast.Compare) and isinstance(expected, bool):
        return equality(node, source, target) if expected else None
    call = read_call(node)
    if call is not None and (call[0] == target.name if target.name else not is_builtin(call[0])):
        return function_test(target, *call, expected)
    match node:
        case ast.Call(func=ast.Name(id="print"), args=[shown], keywords=[]) if is_about(shown, target):
            return assertion_test(f"assert str({ast.unparse(shown)}) == {str(expected)!r}")
    if is_about(node, target):
        return assertion_test(f"assert {ast.unparse(node)} == {source_of(expected)}")
    return None


def is_about(node: ast.AST, target: Target) -> bool:
    """Whether an expression calls the function to write, and beside it only what Python itself defines."""
    if target.entry_point is None:
        return False
    root = target.entry_point.partition(".")[0]
    names = free_names(node)
    effects = {"print", "input", "open", "exec", "eval", "type", "id", "next", "iter"}
    called = {item.func.id for item in ast.walk(node) if isinstance(item, ast.Call) and isinstance(item.func, ast.Name)}
    return root in called and not names & effects and all(name in (root, "math") or is_builtin(name) for name in names)
