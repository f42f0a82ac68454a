"""From what the extractors found to the public tests: doubtful examples go, duplicates go, contradictions go.

A wrong test rejects right answers, so precision beats recall: where it is not certain that an answer *must* give the
value shown, the example is left out.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from hierarchy.intake.annotations import compatible, names_foreign_type
from hierarchy.intake.found import Found, assertion_test
from hierarchy.intake.literals import NotALiteral, source_of
from hierarchy.intake.signature import Signature
from hierarchy.problem import FunctionTest, StdioTest, TestCase

_ANY_ANSWER = re.compile(
    r"\b(?:return|print|output|report|give)\s+any\s+(?:one|of|valid|such|correct|possible|solution|answer)\b"
    r"|\bany (?:valid|correct|possible|acceptable) (?:answer|solution|output|result)"
    r"|\b(?:multiple|several|many|more than one) (?:\w+ )?(?:answers|solutions|outputs)\b[^.\n]{0,60}\bany\b",
    re.IGNORECASE,
)
_ANY_ORDER = re.compile(
    r"\b(?:in )?any order\b|\border (?:does not|doesn['\u2019]t|is not|need not|may)\b|regardless of (?:the )?order\b",
    re.IGNORECASE,
)
_NO_RESULT = re.compile(r"\b(?:do not|don['\u2019]t) return anything\b", re.IGNORECASE)
_PRINTS = re.compile(r"\bprints?\b(?!\()", re.IGNORECASE)
_RETURNS = re.compile(r"\breturn|->", re.IGNORECASE)
_INTERACTIVE = re.compile(r"\binteractive (?:problem|task)\b", re.IGNORECASE)
_PRINTED_ORDER = re.compile(r"\b(?:print|output|report|answers?)\b[^.\n]{0,100}\bany order\b", re.IGNORECASE)
_BUG = re.compile(
    r"\b(?:bugs?|buggy|fix|fixed|broken|incorrect(?:ly)?|wrong|fails|debug|repair|currently)\b", re.IGNORECASE
)
_NOW = re.compile(
    r"\b(?:currently|actual(?:ly)?|wrong(?:ly)?|incorrect(?:ly)?|instead|but|buggy|got|now|moment|fails?|unexpected|observed)\b",
    re.IGNORECASE,
)
_GIVES_SEQUENCE = re.compile(r"\breturns?\b(?:\s+\w+){0,4}\s+(?:list|array|tuple|sequence)\b", re.IGNORECASE)


def merge(statement: str, found: Iterable[Found], function: Signature | None) -> list[TestCase]:
    """Return the tests that may be relied on, in the order in which they stand in the statement."""
    if (
        _ANY_ANSWER.search(statement)
        or _INTERACTIVE.search(statement)
        or (function is not None and _has_no_plain_result(statement, function))
    ):
        return []
    kept = sorted(found, key=lambda item: item.start)
    if _BUG.search(statement):
        kept = list(_without_current_behaviour(statement, kept))
    if function is not None:
        kept = [item for item in kept if _fits(item.test, function)]
        if not _RETURNS.search(statement) and _PRINTS.search(statement):
            kept = [item for item in kept if item.demanded]
        kept = _without_base_cases(statement, kept, function)
    tests = _without_contradictions(kept)
    if _PRINTED_ORDER.search(statement):
        tests = [test for test in tests if not isinstance(test, StdioTest)]
    return [ordered for test in tests if (ordered := _order_free(test) if _ANY_ORDER.search(statement) else test)]


def _has_no_plain_result(statement: str, function: Signature) -> bool:
    returned = function.annotations.get("return")
    gives_none = isinstance(returned, ast.Constant) and returned.value is None
    return (
        gives_none or bool(_NO_RESULT.search(statement)) or any(map(names_foreign_type, function.annotations.values()))
    )


def _without_current_behaviour(statement: str, found: list[Found]) -> Iterator[Found]:
    """Leave out what a statement about a bug shows as the present, wrong behaviour."""
    previous_end = 0
    for item in found:
        line_start = statement.rfind("\n", 0, item.start) + 1
        before = statement.rfind("\n", 0, max(0, statement.rfind("\n", 0, max(0, line_start - 1)))) + 1
        line_end = statement.find("\n", item.end)
        context = statement[max(before, previous_end, item.start - 400) : item.start]
        context += statement[item.end : min(len(statement) if line_end < 0 else line_end, item.end + 400)]
        if item.demanded or not _NOW.search(context):
            yield item
        previous_end = item.end


def _fits(test: TestCase, function: Signature) -> bool:
    if not isinstance(test, FunctionTest):
        return True
    if not compatible(function.annotations.get("return"), test.expected):
        return False
    if function.parameters is None:
        return True
    named = dict(zip(function.parameters, test.args, strict=False)) | test.kwargs
    return all(compatible(function.annotations.get(name), value) for name, value in named.items())


def _without_base_cases(statement: str, found: list[Found], function: Signature) -> list[Found]:
    """Leave out `tri(1) = 3` where `tri(n) = tri(n - 1) + …` defines a sequence and the function returns a list."""
    name = re.escape(function.entry_point.rpartition(".")[2])
    if not re.search(rf"\b{name}\([^()\n\"'\[]{{0,40}}\)[ \t]*(?:=|->|:)[^\n]{{0,80}}\b{name}\(", statement):
        return found
    shapes = {isinstance(item.test.expected, (list, tuple)) for item in found if isinstance(item.test, FunctionTest)}
    if shapes != {True, False} and not _GIVES_SEQUENCE.search(statement):
        return found
    return [
        item for item in found if isinstance(item.test, FunctionTest) and isinstance(item.test.expected, (list, tuple))
    ]


def _without_contradictions(found: list[Found]) -> list[TestCase]:
    """Keep the first of equal examples and none of those that give the same input different outputs."""
    by_input: dict[str, list[TestCase]] = {}
    for item in found:
        by_input.setdefault(_input(item.test), []).append(item.test)
    return [tests[0] for tests in by_input.values() if all(_output(test) == _output(tests[0]) for test in tests)]


def _input(test: TestCase) -> str:
    if isinstance(test, FunctionTest):
        return f"call {test.args!r} {sorted(test.kwargs.items())!r}"
    return f"stdin {test.stdin}" if isinstance(test, StdioTest) else f"assert {test.code}"


def _output(test: TestCase) -> str:
    if isinstance(test, FunctionTest):
        return repr(test.expected)
    return test.stdout if isinstance(test, StdioTest) else ""


def _order_free(test: TestCase) -> TestCase | None:
    """Compare sorted, where the statement allows any order; None where sorting would not settle it."""
    if not isinstance(test, FunctionTest) or not isinstance(test.expected, (list, tuple)):
        return test
    try:
        expected = sorted(test.expected)
        given = [*map(source_of, test.args), *(f"{key}={source_of(value)}" for key, value in test.kwargs.items())]
        wanted = source_of(expected)
    except (TypeError, NotALiteral):
        return None
    if any(isinstance(item, (list, tuple, set, dict)) for item in expected):
        return None
    name = test.entry_point
    call = f"Solution().{name.rpartition('.')[2]}" if "." in name else name
    return assertion_test(f"assert sorted({call}({', '.join(given)})) == {wanted}")
