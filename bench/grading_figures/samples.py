"""What is graded: every reference, wrong programs made from it, and a model's own samples where a file is given.

A mutant differs from its reference in one place: a comparison, an operator or a number. Whether it is wrong is for the
graders to say; some are not, and some never end, as with a model's programs.
"""

import ast
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.formats import completion_of, read_samples
from evals.item import Item

_SWAPPED: Mapping[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


@dataclass(frozen=True)
class Task:
    """One sample, as every side gets it."""

    task_id: str
    name: str
    """`reference`, `mutant 1` …, `nothing`, or `FILE sample N`."""
    solution: str
    """The whole program."""
    completion: str
    """The same behind the prompt."""


def tasks_of(items: Sequence[Item], mutants: int, files: Sequence[Path]) -> list[Task]:
    """The samples, item by item. Raises `UsageError` for a file that cannot be read."""
    found: dict[str, list[tuple[str, str]]] = {}
    for item in items:
        reference = item.reference or ""
        nothing = f"def {item.problem.entry_point}(*args):\n    return None\n"
        changed = [(f"mutant {number}", text) for number, text in enumerate(mutated(reference, mutants), 1)]
        found[item.id] = [("reference", reference), *changed, ("nothing", nothing)]
    for path in files:
        for sample in read_samples(path, items, path.name, skip_unknown=True).samples:
            found[sample.task_id].append((f"{path.stem} sample {sample.sample}", sample.solution))
    return [
        Task(item.id, name, solution, completion_of(item.problem.statement, solution))
        for item in items
        for name, solution in found[item.id]
    ]


def mutated(source: str, count: int) -> Iterator[str]:
    """Up to `count` programs that differ from `source` in one place each, spread over it."""
    tree = ast.parse(source)
    changes = list(_changes(tree))
    for index in range(min(count, len(changes))):
        change = changes[index * len(changes) // count if len(changes) >= count else index]
        undo = change()
        yield ast.unparse(tree) + "\n"
        undo()


Undo = Callable[[], None]


def _changes(tree: ast.AST) -> Iterator[Callable[[], Undo]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPPED:
            yield lambda node=node: _set_first(node)  # type: ignore[misc]
        elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in _SWAPPED:
            yield lambda node=node: _set(node, "op", _SWAPPED[type(node.op)]())  # type: ignore[misc]
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            yield lambda node=node: _set(node, "value", node.value + 1)  # type: ignore[misc]


def _set(node: ast.AST, field: str, value: object) -> Undo:
    before = getattr(node, field)
    setattr(node, field, value)
    return lambda: setattr(node, field, before)


def _set_first(node: ast.Compare) -> Undo:
    return _set(node, "ops", [_SWAPPED[type(node.ops[0])](), *node.ops[1:]])


def plain(tasks: Sequence[Task]) -> str:
    """For the workers: one line of JSON."""
    return json.dumps([vars(task) for task in tasks])
