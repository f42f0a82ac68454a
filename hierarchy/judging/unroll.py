"""Writing out a comprehension over a literal: `all(f(x) == y for x, y in [(1, 2), (3, 4)])`.

The candidate must see its inputs only. Handing it the comprehension would hand it `y` as well, a frame away; written
out, each call stands alone as `f(1)` and `f(3)`.
"""

import ast
import copy
import itertools
from collections.abc import Iterator, Mapping

MAX_ITEMS = 200
"""More calls than this in one assertion are refused."""


class CannotUnroll(Exception):
    """The comprehension runs over something that is no literal."""


Comprehension = ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp


def unroll(node: Comprehension) -> ast.expr:
    """The comprehension as a display: a list, a set or a dict. Raises `CannotUnroll`."""
    rows = list(itertools.islice(_rows(node.generators, {}), MAX_ITEMS + 1))
    if len(rows) > MAX_ITEMS:
        raise CannotUnroll(f"more than {MAX_ITEMS} items")
    if isinstance(node, ast.DictComp):
        return ast.Dict(
            keys=[_substitute(node.key, row) for row in rows], values=[_substitute(node.value, row) for row in rows]
        )
    items = [_substitute(node.elt, row) for row in rows]
    if isinstance(node, ast.SetComp):
        # There is no display for the empty set.
        return ast.Call(ast.Name("set", ast.Load()), [ast.List(items, ast.Load())], [])
    return ast.List(items, ast.Load())


def _rows(generators: list[ast.comprehension], bound: Mapping[str, ast.expr]) -> Iterator[dict[str, ast.expr]]:
    """The values of the comprehension's variables, one mapping per turn of the innermost loop."""
    if not generators:
        yield dict(bound)
        return
    first, *rest = generators
    if first.ifs or first.is_async:
        raise CannotUnroll("a condition")
    for item in _items(_substitute(first.iter, bound)):
        yield from _rows(rest, {**bound, **_bind(first.target, item)})


def _items(node: ast.expr) -> list[ast.expr]:
    items: list[ast.expr] | None = None
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        items = node.elts
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        items = [ast.Constant(character) for character in node.value]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        items = _called(node.func.id, node.args)
    if items is None or any(isinstance(item, ast.Starred) for item in items):
        raise CannotUnroll(ast.unparse(node))
    if len(items) > MAX_ITEMS:
        raise CannotUnroll(f"more than {MAX_ITEMS} items")
    return items


def _called(name: str, args: list[ast.expr]) -> list[ast.expr] | None:
    if name == "range":
        try:
            numbers = range(*(ast.literal_eval(arg) for arg in args))
        except (ValueError, TypeError):
            return None
        return [ast.Constant(number) for number in numbers[: MAX_ITEMS + 1]]
    if name == "zip":
        return [ast.Tuple(list(row), ast.Load()) for row in zip(*map(_items, args), strict=False)]
    if name == "enumerate" and len(args) == 1:
        return [ast.Tuple([ast.Constant(i), item], ast.Load()) for i, item in enumerate(_items(args[0]))]
    return None


def _bind(target: ast.expr, value: ast.expr) -> dict[str, ast.expr]:
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple | ast.List):
        values = _items(value)
        if len(values) == len(target.elts):
            bound: dict[str, ast.expr] = {}
            for part, item in zip(target.elts, values, strict=True):
                bound.update(_bind(part, item))
            return bound
    raise CannotUnroll(ast.unparse(target))


def _substitute(node: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    replaced: ast.expr = _Substitution(values).visit(copy.deepcopy(node))
    return replaced


class _Substitution(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._values:
            return node
        if not isinstance(node.ctx, ast.Load):
            raise CannotUnroll(f"the name {node.id!r} twice")
        return copy.deepcopy(self._values[node.id])

    def visit_arg(self, node: ast.arg) -> ast.arg:
        if node.arg in self._values:
            raise CannotUnroll(f"the name {node.arg!r} twice")
        return node
