"""Starter code of LeetCode's kind as a statement shows it: a program that can be read, with what it needs to load.

LeetCode's own judge imports half of the standard library before a solution. A statement that shows the imports that its
signature needs says the same to a model, and `hierarchy.extract` puts them before a program that lacks them.
"""

import ast
import typing


def shown(starter: str, given: str = "") -> str:
    """The starter code in a fence, its open body closed with `pass`.

    `given`: a program that the judge puts before a solution; of it, the classes that the starter code names are shown,
    such as `ListNode`. Raises `ValueError` for starter code that is no Python.
    """
    body = starter.rstrip()
    if body.endswith(":"):
        last = body.splitlines()[-1]
        body += "\n" + " " * (len(last) - len(last.lstrip()) + 4) + "pass"
    try:
        names = _names(ast.parse(body)) | _commented(body)
        classes = [node for node in ast.parse(given).body if isinstance(node, ast.ClassDef) and node.name in names]
    except (SyntaxError, ValueError, RecursionError):
        raise ValueError(f"the starter code is no valid Python: {starter[:60]!r}") from None
    for each in classes:
        names |= _names(each)
    typed = sorted(names & set(typing.__all__))
    parts = [f"from typing import {', '.join(typed)}"] if typed else []
    return "```python\n" + "\n\n".join([*parts, *map(ast.unparse, classes), body]) + "\n```"


def entry_point(call: str) -> str:
    """`Solution.twoSum` for `Solution().twoSum`; a plain name stays what it is."""
    return call.strip().replace("()", "", 1)


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _commented(body: str) -> set[str]:
    """Classes that stand in a comment above the code: `# class ListNode:`."""
    lines = [line.lstrip("# ").split("(")[0].rstrip(":") for line in body.splitlines() if line.startswith("#")]
    return {line.removeprefix("class ") for line in lines if line.startswith("class ")}
