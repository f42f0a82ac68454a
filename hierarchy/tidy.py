"""Taking the demonstration off a program: what a model adds below its functions to show that they work.

Its own asserts are often wrong, and would then fail a right function before it is called; its prints are nothing that
a user wants to paste. Of 148 candidates of a 1.5B, 48 had such a tail, and 12 did not load only because of it.
"""

import ast
import builtins

DEMO_STOPS = ("\nprint(", "\nassert ", "\nif __name__", "\n# Test", "\n# Example")
"""Where a demonstration begins, as stop strings: after them nothing belongs to the function any more. The first three
are EvalPlus's for the same purpose; the comments are what Qwen2.5-Coder puts above."""

_SHOWING = ("print", "doctest.testmod", "unittest.main")


def without_demo(code: str) -> str:
    """The program without top-level asserts, prints and `if __name__ == "__main__"` blocks, and without statements
    after its last function that call its functions or only serve those; itself if it is not valid."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
    tail = _tail(tree.body)
    demo = [node for node in tree.body if node in tail or _is_demo(node)]
    if not demo:
        return code
    dropped = {line for node in demo for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    shared = {line for node in tree.body if node not in demo for line in (node.lineno, node.end_lineno)}
    if dropped & shared:  # `x = 1; print(x)`
        return code
    kept = [line for number, line in enumerate(code.splitlines(), start=1) if number not in dropped]
    while kept and (not kept[-1].strip() or kept[-1].startswith("#")):
        kept.pop()
    return "\n".join(kept) + "\n"


def says_nothing(code: str) -> bool:
    """Whether a program has no statement in it, only comments."""
    try:
        return not ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def _is_demo(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if isinstance(node, ast.If):
        return "__name__" in _names(node.test)
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) in _SHOWING


def _tail(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements after the last definition that work with the functions and are not needed by them."""
    defined = [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    if not defined:
        return []
    names = {node.name for node in defined}
    needed = set[str]().union(*map(_free, defined)) - set(dir(builtins))
    tail: list[ast.stmt] = []
    for node in reversed(body[body.index(defined[-1]) + 1 :]):
        touched = _names(node)
        if isinstance(node, ast.Import | ast.ImportFrom) or touched & (needed - names):
            continue
        if touched & names or _is_demo(node) or (tail and touched & set[str]().union(*map(_names, tail))):
            tail.append(node)
    return tail


def _free(definition: ast.stmt) -> set[str]:
    """The names that a function or class reads from outside; a name it also binds inside counts as its own."""
    bound = {inner.arg for inner in ast.walk(definition) if isinstance(inner, ast.arg)}
    names = [inner for inner in ast.walk(definition) if isinstance(inner, ast.Name)]
    bound |= {name.id for name in names if isinstance(name.ctx, ast.Store)}
    return {name.id for name in names} - bound


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
