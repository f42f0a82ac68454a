"""Assertions as tests: reading them, refusing the impossible ones early, and taking in those that models write.

The common form, `assert f(1, 2) == 3`, becomes a `FunctionTest`, whose values are compared in this process. Everything
else stays an `AssertionTest`, which the judge takes apart (`hierarchy.judging.dissect`).
"""

import ast
import difflib
import re
from collections.abc import Sequence

from hierarchy.errors import ProblemError
from hierarchy.judging.dissect import AssertionRefused, dissect, parse_assert
from hierarchy.judging.literals import NoLiteral, literal
from hierarchy.judging.names import is_candidate, is_class, root_of
from hierarchy.judging.texts import call_text
from hierarchy.problem import AssertionTest, FunctionTest, Problem, StdioTest, TestCase
from sandbox.compare.source import Unparsable, parse
from sandbox.compare.text import shorten
from sandbox.values import ValueCodecError, encode

MAX_CHECKS = 8
"""Checks taken from one model answer; more of them cost sandbox time and add little."""


def to_test(code: str, entry_point: str | None) -> TestCase:
    """The assert statement as the simplest test that says the same.

    `assert f(1) == 2`, `assert 2 == f(1)`, `assert f(1) is None` and `assert math.isclose(f(1), 2.0)` become a
    `FunctionTest` when all their values are literals; everything else an `AssertionTest`, valid or not.
    """
    code = code.strip()
    try:
        test = _equality(parse_assert(code).test, entry_point)
    except (AssertionRefused, NoLiteral, ValueCodecError):
        test = None
    return test or AssertionTest(code=code)


def _equality(node: ast.expr, entry_point: str | None) -> FunctionTest | None:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        sides = (node.left, node.comparators[0])
        if not isinstance(node.ops[0], ast.Eq) and not (
            isinstance(node.ops[0], ast.Is) and isinstance(sides[1], ast.Constant)
        ):
            return None
        for call, value in (sides, sides[::-1]):
            name = _called(call, entry_point)
            if name and isinstance(call, ast.Call):
                return _function_test(name, call, literal(value))
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("math.isclose", "isclose"):
        # With a tolerance of its own it stays an assertion, which uses that tolerance.
        name = _called(node.args[0], entry_point) if len(node.args) == 2 and not node.keywords else None
        number = literal(node.args[1]) if name else None
        if name and isinstance(node.args[0], ast.Call) and isinstance(number, (int, float)):
            return _function_test(name, node.args[0], float(number))
    return None


def _called(node: ast.expr, entry_point: str | None) -> str | None:
    """The name by which a test knows the function that `node` calls: `f`, or `Solution.f` for `Solution().f(…)`."""
    if not isinstance(node, ast.Call):
        return None
    root = root_of(entry_point)
    if isinstance(node.func, ast.Name):
        return node.func.id if is_candidate(node.func.id, root) else None
    if not isinstance(node.func, ast.Attribute) or not isinstance(node.func.value, ast.Call):
        return None
    made = node.func.value
    if isinstance(made.func, ast.Name) and not made.args and not made.keywords and is_candidate(made.func.id, root):
        return f"{made.func.id}.{node.func.attr}" if is_class(made.func.id, entry_point) else None
    return None


def _function_test(name: str, call: ast.Call, expected: object) -> FunctionTest:
    if any(keyword.arg is None for keyword in call.keywords):
        raise NoLiteral("a call that unpacks a dict")
    # Through typed JSON, because that is what the fields of a test read.
    return FunctionTest.model_validate(
        {
            "entry_point": name,
            "args": [encode(literal(argument)) for argument in call.args],
            "kwargs": {keyword.arg: encode(literal(keyword.value)) for keyword in call.keywords},
            "expected": encode(expected),
        }
    )


def check_tests(problem: Problem) -> None:
    """Raise `ProblemError` for a public test that no correct program could pass or that cannot be judged.

    That is a call of a function that is not the one to write (and that the statement does not define), a variable that
    nothing defines, an assertion that is no valid Python, or one that calls nothing. The message names the test by its
    number, counted from 1.
    """
    for number, test in enumerate(problem.public_tests, start=1):
        if isinstance(test, StdioTest):
            continue
        wrong = _wrong_call(test, problem) if isinstance(test, FunctionTest) else _wrong_assertion(test, problem)
        if wrong:
            text = call_text(test) if isinstance(test, FunctionTest) else test.code
            raise ProblemError(f"{problem.source}: public test {number}, {shorten(text, 120)!r}, {wrong}")


def _wrong_call(test: FunctionTest, problem: Problem) -> str:
    return _stray(frozenset({test.entry_point}), problem)


def _wrong_assertion(test: AssertionTest, problem: Problem) -> str:
    try:
        taken = dissect(test.code, problem.entry_point)
    except AssertionRefused as error:
        return f"cannot be judged: {error}; write it as `assert f(…) == value`, or remove it"
    undefined = sorted(name for name in taken.others if not _is_shown(name, problem))
    if undefined:
        return f"uses {undefined[0]!r}, which nothing defines; write the value itself, or remove the test"
    return _stray(taken.calls, problem)


def _is_shown(name: str, problem: Problem) -> bool:
    """Whether the statement defines `name`, or it is the function to write."""
    if name == root_of(_wanted(problem)):
        return True
    word = re.escape(name)
    return bool(re.search(rf"\b(?:def|class|import)\s+{word}\b|\b{word}\s*=(?!=)", problem.statement))


def _wanted(problem: Problem) -> str | None:
    """The function to write: the entry point, or what the signature says."""
    if problem.entry_point:
        return problem.entry_point
    match = re.match(r"\s*(?:async\s+)?def\s+(\w+)", problem.signature or "")
    return match.group(1) if match else None


def _stray(calls: frozenset[str], problem: Problem) -> str:
    """What is wrong when the test relies on a function that nobody is asked to write; empty when it is fine."""
    wanted = _wanted(problem)
    if wanted is None or wanted in calls:
        return ""
    stray = next((name for name in sorted(calls) if not _is_shown(root_of(name) or name, problem)), None)
    if stray is None:
        return ""
    hint = " (a misspelling?)" if difflib.get_close_matches(stray, [wanted], cutoff=0.7) else ""
    return f"calls {stray!r}, but the function to write is {wanted!r}{hint}; correct the name, or remove the test"


def parse_assertions(checks: Sequence[str], problem: Problem) -> tuple[TestCase, ...]:
    """The checks in what a model wrote that can be run: at most `MAX_CHECKS`, each once, all calling the entry point.

    Lenient on purpose: list marks, code fences, comments and a missing `assert` are forgiven, and whatever is still no
    assertion about the entry point is left out without a word.
    """
    tests: dict[str, TestCase] = {}
    for check in checks:
        for code in _statements(check):
            try:
                taken = dissect(code, problem.entry_point)
            except AssertionRefused:
                continue
            wanted = _wanted(problem)
            if (wanted is None or wanted in taken.calls) and taken.others <= {root_of(wanted)}:
                tests.setdefault(code, to_test(code, problem.entry_point))
    return tuple(tests.values())[:MAX_CHECKS]


_LIST_MARK = re.compile(r"^\s*(?:[-*]\s+|\d+[.)]\s+)?`*(?:>>>\s*)?")


def _statements(text: str) -> list[str]:
    """The assertions in a text, as canonical source; whole if it parses whole, else line by line."""
    for pieces in ([text], text.splitlines()):
        found: list[str] = []
        for piece in pieces:
            found += _asserts(_LIST_MARK.sub("", piece.rstrip().rstrip("`"), count=1))
        if found:
            return found
    return []


def _asserts(source: str) -> list[str]:
    try:
        body = parse(source)
    except Unparsable:
        return []
    found: list[str] = []
    for node in body:
        if isinstance(node, ast.Assert):
            found.append(ast.unparse(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Compare):
            found.append(f"assert {ast.unparse(node.value)}")
    return found
