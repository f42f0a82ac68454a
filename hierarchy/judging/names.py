"""Which names in an assertion are Python's own, and which only the candidate's program can define."""

import ast
import builtins
import symtable
from collections.abc import Iterator

MODULES = frozenset(
    {
        "bisect", "cmath", "collections", "copy", "datetime", "decimal", "fractions", "functools", "heapq", "itertools",
        "json", "math", "operator", "random", "re", "statistics", "string",
    }
)  # fmt: skip
"""Modules that an assertion may use without importing them: `math.isclose(f(2), 1.41)`."""

HOMES = {
    "Counter": "collections",
    "Decimal": "decimal",
    "Fraction": "fractions",
    "OrderedDict": "collections",
    "defaultdict": "collections",
    "deque": "collections",
    "inf": "math",
    "isclose": "math",
    "nan": "math",
}
"""Names that statements use as if they were imported, and where they come from."""

_BUILTINS = frozenset(dir(builtins))


def is_candidate(name: str, entry_root: str | None, bound: frozenset[str] = frozenset()) -> bool:
    """Whether the program has to define `name`. The entry point may be called like a builtin: `sum`, `filter`."""
    if name in bound:
        return False
    return name == entry_root or not (name in _BUILTINS or name in MODULES or name in HOMES)


def is_class(name: str, entry_point: str | None) -> bool:
    """Whether a program's name stands for a class: the entry point's, or one spelled as PEP 8 spells classes."""
    return (entry_point is not None and entry_point.startswith(f"{name}.")) or name[:1].isupper()


def root_of(entry_point: str | None) -> str | None:
    """`Solution` of `Solution.twoSum`; a plain function's own name."""
    return entry_point.split(".")[0] if entry_point else None


def loaded(node: ast.AST) -> Iterator[str]:
    """The names that `node` reads."""
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load):
            yield child.id


def stored(node: ast.AST) -> frozenset[str]:
    """The names that `node` binds."""
    return frozenset(
        child.id for child in ast.walk(node) if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store)
    )


def free_names(source: str) -> frozenset[str]:
    """The names that `source` reads and does not bind itself, in a lambda or a comprehension for instance.

    `source` has to be valid Python.
    """
    return frozenset(_free(symtable.symtable(source, "<assertion>", "exec")))


def _free(table: symtable.SymbolTable) -> Iterator[str]:
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (symbol.is_global() or (not symbol.is_local() and not symbol.is_free())):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _free(child)
