"""Edge-case inputs for a problem, without outputs: what candidates are compared on.

Where the statement shows examples, their arguments are the model of what the function takes; without examples its type
hints are, and without hints its words. The same problem always gives the same inputs.
"""

import ast
import hashlib
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, combinations, permutations, zip_longest

from hierarchy.intake.calls import find_calls
from hierarchy.problem import AssertionTest, FunctionTest, Problem, StdioTest
from hierarchy.selection.mutate import Domain, boundaries, fresh, mutated
from hierarchy.selection.shapes import Shape, guessed, joined, parameters, shape_of
from hierarchy.selection.stdio import stdin_variants
from sandbox.compare.text import canonical
from sandbox.types import Call, Stdin

_NEGATIVE = re.compile(r"(?<!non-)(?<!non )(?<!nonnegative)\bnegative|below zero|less than (?:zero|0)", re.IGNORECASE)
_NOT_EMPTY = re.compile(r"non-?\s?empty|not (?:be )?empty|at least one", re.IGNORECASE)
_LITERAL = re.compile(r"(?<![\w.])(-?\d{1,6}(?:\.\d{1,6})?)(?![\w.]*\w)|'([^'\n]{1,20})'|\"([^\"\n]{1,20})\"")
_ROUNDS = 40
"""Mutations tried per wanted input before giving up: small domains hold few distinct inputs."""

Args = tuple[object, ...]
Example = tuple[Args, dict[str, object]]


def edge_inputs(problem: Problem, n: int) -> tuple[Call | Stdin, ...]:
    """Up to `n` distinct inputs that are not among the public tests; fewer where the domain holds no more."""
    if n <= 0:
        return ()
    rng = random.Random(_seed(problem))  # noqa: S311 - repeatable on purpose
    if problem.task == "program":
        samples = [test.stdin for test in problem.public_tests if isinstance(test, StdioTest)]
        return tuple(Stdin(text) for text in stdin_variants(samples, n, rng))
    if problem.task != "function" or not problem.entry_point:
        return ()
    examples = _examples(problem)
    known = {_key(args) for args, _ in examples}
    examples = _of_one_arity([*examples, *_mentioned_calls(problem, bool(examples))])
    kwargs = examples[0][1] if examples else {}
    seeds = list({_key(args): args for args, _ in examples}.values())
    shapes = _shapes(problem, seeds)
    if not shapes:
        return ()
    domain = _domain(problem, seeds)
    shown = [args for args in seeds if _key(args) not in known]
    if not seeds:
        seeds = [tuple(fresh(shape, domain, rng) for shape in shapes) for _ in range(3)]
    made = chain.from_iterable(_sources(seeds, shapes, domain, rng, n))
    distinct = _distinct(chain(shown, made), known)
    return tuple(Call(problem.entry_point, args, kwargs) for args, _ in zip(distinct, range(n), strict=False))


def magnitude(one: Call | Stdin) -> float:
    """Roughly how much work an input means: its largest number and the number of its scalars or characters."""
    if isinstance(one, Stdin):
        return len(one.text)
    scalars = list(_scalars([one.args, *one.kwargs.values()]))
    numbers = [min(abs(item), 1e9) for item in scalars if isinstance(item, int | float)]
    return max(numbers, default=0) + len(scalars) + sum(len(item) for item in scalars if isinstance(item, str))


def _seed(problem: Problem) -> int:
    return int.from_bytes(hashlib.sha256(problem.id.encode()).digest()[:8], "big")


def _examples(problem: Problem) -> list[Example]:
    """Arguments of the public tests."""
    found: list[Example] = []
    for test in problem.public_tests:
        if isinstance(test, FunctionTest) and test.entry_point == problem.entry_point:
            found.append((test.args, dict(test.kwargs)))
        elif isinstance(test, AssertionTest):
            found += [(args, {}) for args in _asserted_calls(test.code, problem.entry_point or "")]
    return found


def _mentioned_calls(problem: Problem, tested: bool) -> list[Example]:
    """Calls the statement shows without a usable output. Only where there is no test may the name be another: example
    calls of a function that was renamed are common."""
    takes = len(parameters(problem.signature)) if problem.signature else None
    return [
        (call.args, call.kwargs)
        for call in find_calls(problem.statement, None)
        if call.name == problem.entry_point or (not tested and call.args and len(call.args) == takes)
    ]


def _of_one_arity(examples: list[Example]) -> list[Example]:
    """The examples with the commonest number of positional arguments."""
    counts = [len(args) for args, _ in examples]
    return [example for example in examples if len(example[0]) == max(counts, key=counts.count)]


def _asserted_calls(code: str, entry_point: str) -> Iterator[Args]:
    """Literal arguments of the calls of `entry_point` in an assertion."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not node.keywords and ast.unparse(node.func).endswith(entry_point):
            try:
                yield tuple(ast.literal_eval(arg) for arg in node.args)
            except (ValueError, TypeError, RecursionError):
                continue


def _shapes(problem: Problem, seeds: Sequence[Args]) -> tuple[Shape, ...]:
    if seeds:
        return tuple(joined([shape_of(args[position]) for args in seeds]) for position in range(len(seeds[0])))
    given = parameters(problem.signature) if problem.signature else ()
    return tuple(guessed(parameter, problem.statement) for parameter in given)


def _domain(problem: Problem, seeds: Sequence[Args]) -> Domain:
    scalars = list(dict.fromkeys(_typed(item) for args in seeds for item in _scalars(args)))
    values = [item for _, item in scalars]
    numbers = [item for item in values if isinstance(item, int | float) and not isinstance(item, bool)]
    finite = [abs(number) for number in numbers if abs(number) < 10**9]
    texts = "".join(item for item in values if isinstance(item, str))
    return Domain(
        negatives=any(number < 0 for number in numbers) or bool(_NEGATIVE.search(problem.statement)) or not seeds,
        largest=max(10, *(int(number) for number in finite)) if finite else 100,
        empty=not _NOT_EMPTY.search(problem.statement) or any(_is_empty(arg) for args in seeds for arg in args),
        ingredients=tuple(item for _, item in dict.fromkeys([*scalars[:200], *_mentioned(problem.statement)])),
        letters="".join(sorted(set(texts))) or "abcxyzAB 1",
    )


def _mentioned(statement: str) -> list[tuple[type, object]]:
    """Numbers and quoted words of the statement: thresholds and names that a program is likely to treat specially."""
    found: list[object] = []
    for match in _LITERAL.finditer(statement):
        number, quoted = match[1], match[2] or match[3]
        if number:
            found += [float(number)] if "." in number else [int(number), float(number)]
        else:
            found.append(quoted)
    return list(dict.fromkeys(map(_typed, found)))[:60]


def _typed(item: object) -> tuple[type, object]:
    return type(item), item


def _is_empty(value: object) -> bool:
    return isinstance(value, list | str | dict | tuple | set) and not value


def _scalars(value: object, depth: int = 0) -> Iterator[object]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        if depth < 12:
            for item in value:
                yield from _scalars(item, depth + 1)
    elif isinstance(value, bool | int | float | str) and value == value:
        yield value


def _sources(
    seeds: Sequence[Args], shapes: Sequence[Shape], domain: Domain, rng: random.Random, n: int
) -> Iterator[tuple[Args, ...]]:
    """Boundary values and mutations, alternating, so that any prefix holds both."""
    variants = [_boundary_calls(args, shapes, domain) for args in seeds]
    variants.insert(0, _recombined(seeds, shapes, rng))
    rounds = (tuple(item for item in row if item is not None) for row in zip_longest(*variants))
    edges = chain.from_iterable(rounds)
    mutations = _mutations(seeds, shapes, domain, rng, n)
    for pair in zip_longest(edges, mutations):
        yield tuple(item for item in pair if item is not None)


def _recombined(seeds: Sequence[Args], shapes: Sequence[Shape], rng: random.Random) -> Iterator[Args]:
    """Known arguments in other places: those of one call swapped where their shapes allow it, and those of two calls
    mixed."""
    made: list[Args] = []
    for seed in seeds:
        for one, other in combinations(range(len(seed)), 2):
            if shapes[one] == shapes[other]:
                swapped = list(seed)
                swapped[one], swapped[other] = seed[other], seed[one]
                made.append(tuple(swapped))
    for one_seed, other_seed in permutations(seeds[:8], 2):
        for position in range(len(one_seed) if len(one_seed) > 1 else 0):
            made.append((*one_seed[:position], other_seed[position], *one_seed[position + 1 :]))  # noqa: PERF401
    rng.shuffle(made)
    yield from made


def _boundary_calls(seed: Args, shapes: Sequence[Shape], domain: Domain) -> Iterator[Args]:
    """Each argument replaced by its edge cases in turn, the others kept."""
    columns = [boundaries(value, shapes[position], domain) for position, value in enumerate(seed)]
    for row in zip_longest(*([(value,) for value in column] for column in columns)):
        for position, item in enumerate(row):
            if item is not None:
                yield (*seed[:position], item[0], *seed[position + 1 :])


def _mutations(
    seeds: Sequence[Args], shapes: Sequence[Shape], domain: Domain, rng: random.Random, n: int
) -> Iterator[Args]:
    """Chains of one to three changes, each starting from a seed or from an earlier result."""
    pool = list(seeds)
    if not shapes:
        return
    for _ in range(n * _ROUNDS):
        args = rng.choice(pool)
        for _ in range(rng.choice((1, 1, 2, 3))):
            position = rng.randrange(len(args))
            changed = mutated(args[position], shapes[position], domain, rng)
            args = (*args[:position], changed, *args[position + 1 :])
        if len(pool) < 200:
            pool.append(args)
        yield args


def _distinct(inputs: Iterable[Args], known: set[str]) -> Iterator[Args]:
    for args in inputs:
        key = _key(args)
        if key not in known:
            known.add(key)
            yield args


def _key(args: Args) -> str:
    return canonical(args)
