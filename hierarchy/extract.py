"""Getting the program or the final answer out of what a model wrote."""

import ast
import re
import warnings

_FENCE = re.compile(r"^[ \t]*```[ \t]*([\w+#-]*)[^\n]*$", re.MULTILINE)
_PYTHON = ("python", "py", "python3", "")
_BOXED = re.compile(r"\\boxed\s*\{")
_BRACE = re.compile(r"[{}]")
_MARKED_ANSWER = re.compile(r"(?:####|(?:final |the )answer(?: is)?+\s*+[:=]?+)\s*+([^\n]{1,200})", re.IGNORECASE)
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:/\d+)?")


def extract_code(text: str, entry_point: str | None = None) -> str | None:
    """The Python program in a model's answer, or None.

    Among several fenced blocks the last one that defines `entry_point` wins, then the longest that parses. A block cut
    off by the token limit is shortened line by line until it parses. Text without a fence counts only when it is a
    program as it stands.
    """
    blocks = _fenced_blocks(text) or [text]
    wanted = entry_point.split(".")[0] if entry_point else None
    parsed = [(block, names) for block in map(_longest_valid_prefix, blocks) if (names := _defined(block)) is not None]
    fenced = blocks != [text]
    if wanted:
        defining = [block for block, names in parsed if wanted in names]
        if defining:
            return defining[-1]
    if fenced and parsed:
        return max((block for block, _ in parsed), key=len) or None
    if parsed and parsed[0][1]:
        return parsed[0][0]
    # Nothing parses: the sandbox's compile error says why better than silence would.
    return max(blocks, key=len) if fenced and any(block.strip() for block in blocks) else None


def _fenced_blocks(text: str) -> list[str]:
    marks = list(_FENCE.finditer(text))
    blocks: list[str] = []
    position = 0
    while position < len(marks):
        opening = marks[position]
        closing = marks[position + 1] if position + 1 < len(marks) else None
        body = text[opening.end() + 1 : closing.start() if closing else len(text)]
        if opening.group(1).lower() in _PYTHON:
            blocks.append(body.rstrip() + "\n")
        position += 2
    return blocks


def _longest_valid_prefix(block: str) -> str:
    """The block itself when it parses or nothing of it does; else as many of its first lines as parse."""
    if _defined(block) is not None:
        return block
    lines = block.splitlines()
    for end in range(len(lines) - 1, max(0, len(lines) - 40), -1):
        shorter = "\n".join(lines[:end]) + "\n"
        names = _defined(shorter)
        if names:
            return shorter
    return block


def _parse(source: str) -> ast.Module | None:
    """The syntax tree, None when it is no valid Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a model's code, such as "\\d" in a plain string: not ours to report
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _defined(source: str) -> frozenset[str] | None:
    """Names bound at the top level of `source`; None when it is no valid Python."""
    tree = _parse(source)
    if tree is None:
        return None
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        elif not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Constant):
            names.add("")
    return frozenset(names)


def with_statement_context(code: str, statement: str) -> str:
    """Put the imports and helper functions that the statement shows before a program that uses but lacks them.

    Statements often open with `from typing import List` or define a helper; models leave them out as given.
    """
    shown = _statement_code(statement)
    tree = _parse(code)
    if shown is None or tree is None:
        return code
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    missing = used - (_defined(code) or frozenset())
    kept: list[str] = []
    for node in reversed(shown.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound = {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef) and not _is_unwritten(node):
            bound = {node.name}
        else:
            continue
        if bound & missing:
            kept.append(ast.unparse(node))
            missing |= {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    return "\n".join([*reversed(kept), code]) if kept else code


def _statement_code(statement: str) -> ast.Module | None:
    for source in (*_fenced_blocks(statement), statement):
        tree = _parse(source)
        if tree is not None and any(
            isinstance(node, ast.FunctionDef | ast.Import | ast.ImportFrom) for node in tree.body
        ):
            return tree
    return None


def _is_unwritten(node: ast.FunctionDef) -> bool:
    """Whether a function shown in a statement is only a header with a docstring or `pass`."""
    return all(
        isinstance(item, ast.Pass) or (isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant))
        for item in node.body
    )


def extract_answer(text: str) -> str | None:
    """The final answer of a math solution: the last `\\boxed{…}`, else a marked answer, else the last number."""
    boxed = list(_BOXED.finditer(text))
    closing = _closing_braces(text) if boxed else {}
    for match in reversed(boxed):
        end = closing.get(match.end() - 1)
        if end is not None and (content := text[match.end() : end].strip()):
            return content
    marked = _MARKED_ANSWER.findall(text)
    if marked:
        answer: str = marked[-1].strip().rstrip(".").strip("*$ ")
        if answer:
            return answer
    numbers = _NUMBER.findall(text)
    return numbers[-1] if numbers else None


def _closing_braces(text: str) -> dict[int, int]:
    """Where each brace that is closed has its closing one. In one pass: a text may open thousands and close none."""
    opened: list[int] = []
    closing: dict[int, int] = {}
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            opened.append(brace.start())
        elif opened:
            closing[opened.pop()] = brace.start()
    return closing
