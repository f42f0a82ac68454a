"""From what the extractors found to the public tests: doubtful examples go, duplicates go, contradictions go.

A wrong test rejects right answers, so precision beats recall: where it is not certain that an answer *must* give the
value shown, the example is left out.
"""

import re
from collections.abc import Iterable

from hierarchy.intake.annotations import compatible
from hierarchy.intake.doubts import (
    answer_is_open,
    changes_its_argument,
    has_no_plain_result,
    is_text_without_quotes,
    order_is_free,
    printed_order_is_free,
)
from hierarchy.intake.found import Found, assertion_test
from hierarchy.intake.literals import NotALiteral, source_of
from hierarchy.intake.negatives import is_negative
from hierarchy.intake.reports import without_present_behaviour
from hierarchy.intake.signature import Signature
from hierarchy.problem import FunctionTest, StdioTest, TestCase

_PRINTS = re.compile(r"\bprints?\b(?!\()", re.IGNORECASE)
_RETURNS = re.compile(r"\breturn|->", re.IGNORECASE)
_GIVES_SEQUENCE = re.compile(r"\breturns?\b(?:\s+\w+){0,4}\s+(?:list|array|tuple|sequence)\b", re.IGNORECASE)


def merge(statement: str, found: Iterable[Found], function: Signature | None) -> list[TestCase]:
    """Return the tests that may be relied on, in the order in which they stand in the statement."""
    if answer_is_open(statement) or (function is not None and has_no_plain_result(statement, function)):
        return []
    kept = sorted(found, key=lambda item: item.start)
    kept = [item for item in without_present_behaviour(statement, kept) if not is_negative(statement, item)]
    if function is not None:
        if changes_its_argument(statement):
            kept = [item for item in kept if statement.startswith("assert", item.start)]
        kept = [
            item for item in kept if _fits(item.test, function) and not is_text_without_quotes(statement, item.test)
        ]
        if not _RETURNS.search(statement) and _PRINTS.search(statement):
            kept = [item for item in kept if item.demanded]
        kept = _without_base_cases(statement, kept, function)
    tests = _without_contradictions(kept)
    if printed_order_is_free(statement):
        tests = [test for test in tests if not isinstance(test, StdioTest)]
    return [ordered for test in tests if (ordered := _order_free(test) if order_is_free(statement) else test)]


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
