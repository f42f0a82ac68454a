"""Taking an assertion apart, so that the candidate's process computes values and never decides.

`assert sorted(f([3, 1])) == [1, 3] and len(f([])) == 0` becomes two expressions for the candidate's process,
`sorted(f([3, 1]))` and `f([])`, and one check over their values, `_v0 == [1, 3] and len(_v1) == 0`, which runs where no
candidate code is. What the candidate's process returns is plain data by then: an object with an `__eq__` of its own, a
redefined `len` or a patched module decide nothing, and the expected values never reach the candidate.
"""

import ast
from dataclasses import dataclass

from hierarchy.judging.names import HOMES, MODULES, free_names, is_candidate, is_class, loaded, root_of, stored
from hierarchy.judging.unroll import CannotUnroll, Comprehension, unroll
from sandbox.compare.source import Unparsable, parse

_CONVERSIONS = frozenset(
    {"list", "tuple", "set", "frozenset", "dict", "sorted", "str", "repr", "int", "float", "next", "iter"}
)
"""Builtins that may run beside the candidate when they wrap its call directly, because a generator or a fraction cannot
leave the sandbox as it is. A candidate that redefines them gains nothing: it could have returned that value itself."""


class AssertionRefused(ValueError):
    """The text is no assertion that can be judged; the message says why, without a full stop."""


@dataclass(frozen=True)
class Dissected:
    """An assertion as values to compute and a check over them."""

    parts: tuple[str, ...]
    """Expressions for the candidate's process, in order of evaluation."""
    check: str
    """An expression over `_v0`, `_v1`, … (the values of `parts`), true when the assertion holds."""
    calls: frozenset[str]
    """What the program has to define: plain names, and `Class.method` where one is called on a new instance."""
    others: frozenset[str] = frozenset()
    """Names of the program that are read and not called: nearly always a variable that nothing defines."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names by which `check` knows the values."""
        return tuple(f"_v{index}" for index in range(len(self.parts)))

    @property
    def imports(self) -> str:
        """Import lines that `check` needs."""
        used = sorted(set(loaded(ast.parse(self.check, mode="eval"))))
        lines = [f"import {name}" for name in used if name in MODULES]
        lines += [f"from {HOMES[name]} import {name}" for name in used if name in HOMES]
        return "\n".join(lines)


def parse_assert(code: str) -> ast.Assert:
    """The one assert statement in `code`. Raises `AssertionRefused`."""
    try:
        body = parse(code.strip())
    except Unparsable as error:
        raise AssertionRefused(f"it is no valid Python ({error})") from error
    if len(body) != 1 or not isinstance(body[0], ast.Assert):
        raise AssertionRefused("it is not one assert statement")
    return body[0]


def dissect(code: str, entry_point: str | None) -> Dissected:
    """Take one assert statement apart. Raises `AssertionRefused` when it cannot be judged safely."""
    statement = parse_assert(code)
    cutter = _Cutter(entry_point)
    try:
        check = ast.unparse(ast.fix_missing_locations(cutter.visit(statement.test)))
        parts = tuple(
            ast.unparse(ast.fix_missing_locations(_ModuleImports(entry_point).visit(p))) for p in cutter.parts
        )
    except RecursionError as error:
        raise AssertionRefused("it is nested too deeply") from error
    if not cutter.calls:
        raise AssertionRefused("it calls no function of the program")
    return Dissected(parts, check, frozenset(cutter.calls), _others(code.strip(), entry_point, cutter.calls))


def _others(code: str, entry_point: str | None, calls: set[str]) -> frozenset[str]:
    try:
        free = free_names(code)
    except SyntaxError as error:  # parsed, and still no program: the same argument twice
        raise AssertionRefused(f"it is no valid Python ({error.msg})") from error
    called = {root_of(call) for call in calls}
    return frozenset(name for name in free if is_candidate(name, root_of(entry_point)) and name not in called)


class _Cutter(ast.NodeTransformer):
    """Replaces what only the program can compute by names, and keeps it in `parts`."""

    def __init__(self, entry_point: str | None) -> None:
        self._entry_point = entry_point
        self._root = root_of(entry_point)
        self._bound: frozenset[str] = frozenset()
        self.parts: list[ast.expr] = []
        self.calls: set[str] = set()

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and self._is_computed(node):
            return self._cut(node)
        if isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
            raise AssertionRefused(f"it uses {ast.unparse(node)!r}, which depends on the order of evaluation")
        if isinstance(node, ast.Lambda):
            return self._lambda(node)
        if isinstance(node, Comprehension):
            return self._comprehension(node)
        return self.generic_visit(node)

    def _cut(self, node: ast.expr) -> ast.expr:
        if self._bound & set(loaded(node)):
            raise AssertionRefused(f"{ast.unparse(node)!r} depends on a variable of the expression around it")
        self._note_calls(node)
        self.parts.append(node)
        return ast.Name(f"_v{len(self.parts) - 1}", ast.Load())

    def _note_calls(self, node: ast.expr) -> None:
        for child in ast.walk(node):
            if not isinstance(child, ast.Call):
                continue
            if isinstance(child.func, ast.Name) and self._is_program_name(child.func):
                self.calls.add(child.func.id)
            elif isinstance(child.func, ast.Attribute):
                holder = child.func.value
                name = holder.func if isinstance(holder, ast.Call) else holder
                if isinstance(name, ast.Name) and self._is_program_name(name):
                    self.calls.add(f"{name.id}.{child.func.attr}")

    def _is_computed(self, node: ast.expr) -> bool:
        """Whether `node` is a smallest expression that has to run beside the candidate."""
        if isinstance(node, ast.Name):
            return isinstance(node.ctx, ast.Load) and self._is_program_name(node)
        if isinstance(node, ast.Attribute):
            return self._is_instance(node.value)
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Attribute):
            return self._is_instance(node.func.value)
        if isinstance(node.func, ast.Name):
            if self._is_program_name(node.func):
                return True
            converts = node.func.id in _CONVERSIONS and node.func.id not in self._bound
            return converts and len(node.args) == 1 and self._is_computed(node.args[0])
        return False

    def _is_instance(self, node: ast.expr) -> bool:
        """Whether `node` is the program's own object, whose attributes mean something: `Solution()`, `Solution`."""
        if isinstance(node, ast.Call):
            node = node.func
            return isinstance(node, ast.Name) and self._is_program_name(node) and is_class(node.id, self._entry_point)
        return isinstance(node, ast.Name) and self._is_program_name(node)

    def _is_program_name(self, node: ast.Name) -> bool:
        return is_candidate(node.id, self._root, self._bound)

    def _uses_program(self, *nodes: ast.AST) -> bool:
        return any(is_candidate(name, self._root, self._bound) for node in nodes for name in loaded(node))

    def _lambda(self, node: ast.Lambda) -> ast.AST:
        arguments = node.args
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
        return self._inside(node, frozenset(argument.arg for argument in every if argument))

    def _comprehension(self, node: Comprehension) -> ast.AST:
        variables = frozenset[str]().union(*(stored(generator.target) for generator in node.generators))
        elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        later = [part for generator in node.generators for part in generator.ifs]
        later += [generator.iter for generator in node.generators[1:]]
        outside, self._bound = self._bound, self._bound | variables
        repeated = self._uses_program(*elements, *later)
        self._bound = outside
        if not repeated:
            return self._inside(node, variables)
        try:
            return self.visit(unroll(node))
        except CannotUnroll as error:
            raise AssertionRefused(f"it calls the program in a loop over {error}, which is no literal") from error

    def _inside(self, node: ast.AST, variables: frozenset[str]) -> ast.AST:
        outside, self._bound = self._bound, self._bound | variables
        visited = self.generic_visit(node)
        self._bound = outside
        return visited


class _ModuleImports(ast.NodeTransformer):
    """Makes `math.pi` and `Counter(…)` in an argument independent of what the candidate imports."""

    def __init__(self, entry_point: str | None) -> None:
        self._root = root_of(entry_point)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if not isinstance(node.ctx, ast.Load) or node.id == self._root:
            return node
        if node.id in MODULES:
            return _import(node.id)
        return ast.Attribute(_import(HOMES[node.id]), node.id, ast.Load()) if node.id in HOMES else node


def _import(module: str) -> ast.expr:
    return ast.Call(ast.Name("__import__", ast.Load()), [ast.Constant(module)], [])
