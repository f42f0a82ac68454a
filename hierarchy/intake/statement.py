"""A statement in plain text becomes a `Problem`: checked, its task inferred, its public tests found."""

import hashlib
import re
from collections.abc import Mapping

from hierarchy.errors import ProblemError
from hierarchy.intake.arrows import find_arrows
from hierarchy.intake.asserts import asserted_names, find_asserts
from hierarchy.intake.contest import find_samples
from hierarchy.intake.doctests import find_doctests
from hierarchy.intake.found import Extractor, Found, Target
from hierarchy.intake.given import given_names
from hierarchy.intake.leetcode import find_input_output, implied_parameters
from hierarchy.intake.merge import merge
from hierarchy.intake.prose import find_prose
from hierarchy.intake.reports import find_corrections
from hierarchy.intake.signature import Signature, asks_for_class, find_signature, from_line
from hierarchy.intake.task import asks_for_function, infer_task
from hierarchy.problem import FunctionTest, Problem, StdioTest, Task, TestCase

MAX_CHARS = 200_000
"""Longest statement taken in, in characters; no model context holds more."""

UNNAMED = "find_answer"
"""The name asked for where a statement shows named inputs and no name of the function."""

EXTRACTORS: Mapping[str, Extractor] = {
    "doctest": find_doctests,
    "assert": find_asserts,
    "arrow": find_arrows,
    "prose": find_prose,
    "correction": find_corrections,
    "leetcode": find_input_output,
}
"""Every notation of a function's examples. A new one is one file and one line here."""

_DEFINED = re.compile(r"^[ \t]*def[ \t]+(\w+)", re.MULTILINE)


def check_text(text: str, source: str) -> None:
    """Raise `ProblemError` for a statement that cannot be one."""
    if not text.strip():
        raise ProblemError(f"the statement from {source!r} is empty; give the problem as text, for example --file FILE")
    if len(text) > MAX_CHARS:
        raise ProblemError(
            f"the statement from {source!r} has {len(text)} characters, more than the {MAX_CHARS} that "
            "are taken in; shorten it"
        )
    if "\0" in text:
        raise ProblemError(
            f"the statement from {source!r} has a NUL byte at character {text.index(chr(0))}; give it as plain text"
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ProblemError(
            f"the statement from {source!r} is not valid Unicode at character {error.start}; save it as UTF-8"
        ) from None


def derive_id(text: str) -> str:
    """Return `p-` and ten hexadecimal digits of the statement's sha256: the same statement has the same id."""
    return "p-" + hashlib.sha256(text.encode("utf-8")).hexdigest()[:10]


def read_statement(text: str, *, source: str = "argument") -> Problem:
    """Take in a statement in plain text.

    Raises `ProblemError` when it is empty, too long, holds a NUL byte or is not valid Unicode.
    """
    return build(text, source=source)


def build(
    text: str,
    *,
    source: str,
    problem_id: str | None = None,
    task: Task | None = None,
    entry_point: str | None = None,
    signature: str | None = None,
    tests: tuple[TestCase, ...] | None = None,
    tags: tuple[str, ...] = (),
) -> Problem:
    """Build a problem from a statement and from what is known beside it; what is not known is found in the text."""
    check_text(text, source)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    known = from_line(signature) if signature else None
    if known is not None and entry_point is not None:
        known = known._replace(entry_point=entry_point)
    samples = list(find_samples(text, Target()))
    function = (
        known or find_signature(text, entry_point) or _from_examples(text) or (None if samples else _implied(text))
    )
    if task is None:
        if tests:
            task = "program" if all(isinstance(test, StdioTest) for test in tests) else "function"
        else:
            task = infer_task(text, has_function=function is not None, has_samples=bool(samples))
    if task != "function":
        function = None
    if tests is None:
        tests = tuple(
            merge(text, _examples(text, function) if function else samples if task == "program" else [], function)
        )
    return Problem(
        id=problem_id or derive_id(text),
        statement=text,
        task=task,
        entry_point=function.entry_point if function else None,
        signature=function.line if function else None,
        public_tests=tests,
        source=source,
        tags=tags,
    )


def _examples(text: str, function: Signature) -> list[Found]:
    if given_names(text) - set(_DEFINED.findall(text)) - {function.entry_point.rpartition(".")[2]}:
        return []  # an answer must call what only the judge has
    target = Target(function.entry_point, function.parameters)
    return [found for extract in EXTRACTORS.values() for found in extract(text, target)]


def _implied(text: str) -> Signature | None:
    """A function for `Input: nums = [1], k = 2` without a name: its parameters are known, and any name will do.

    Where the judge provides a function, an input may be what that one hides: `bad` of `isBadVersion`.
    """
    parameters = implied_parameters(text)
    if parameters is None or given_names(text):
        return None
    return Signature(UNNAMED, f"def {UNNAMED}({', '.join(parameters)})", parameters, {})


def _from_examples(text: str) -> Signature | None:
    """The function that every doctest and assert calls, where the statement names none."""
    if asks_for_class(text):
        return None
    extractors = [find_doctests, find_asserts, *([find_arrows] if asks_for_function(text) else [])]
    names = {
        found.test.entry_point
        for extract in extractors
        for found in extract(text, Target())
        if isinstance(found.test, FunctionTest)
    } | asserted_names(text)
    names -= given_names(text)
    return Signature(names.pop(), None, None, {}) if len(names) == 1 else None
