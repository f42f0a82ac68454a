"""Taking the demonstration off a program: what a model adds below its functions to show that they work.

Its own asserts are often wrong, and would then fail a right function before it is called; its prints are nothing that
a user wants to paste.
"""

import ast

DEMO_STOPS = ("\nprint(", "\nassert ", "\nif __name__", "\n# Test", "\n# Example")
"""Where a demonstration begins, as stop strings: after them nothing belongs to the function any more. The first three
are EvalPlus's for the same purpose; the comments are what Qwen2.5-Coder puts above."""


def without_demo(code: str) -> str:
    """The program without top-level asserts, prints and `if __name__ == "__main__"` blocks; itself if not valid."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code
    demo = [node for node in tree.body if _is_demo(node)]
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


def _is_demo(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if isinstance(node, ast.If):
        return "__name__" in {name.id for name in ast.walk(node.test) if isinstance(name, ast.Name)}
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) in ("print", "doctest.testmod", "unittest.main")
