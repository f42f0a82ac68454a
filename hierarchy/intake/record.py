"""One JSON object becomes a `Problem`: our own keys, or a row of HumanEval, MBPP, LeetCode-like or maths sets.

Hidden tests, references and answers in such rows are ignored by name: they never reach a `Problem`.
"""

import difflib
import keyword
from collections.abc import Mapping
from typing import get_args

from hierarchy.assertions import check_tests
from hierarchy.comparison import Comparison
from hierarchy.errors import ProblemError
from hierarchy.intake.comparing import compared, read_comparison
from hierarchy.intake.defs import find_definitions
from hierarchy.intake.given_tests import read_tests
from hierarchy.intake.signature import find_signature, from_line
from hierarchy.intake.statement import build, check_text
from hierarchy.problem import AssertionTest, Problem, StdioTest, Task, TestCase

_STATEMENT_KEYS = ("statement", "prompt", "problem_description", "question", "problem", "text")
_ID_KEYS = ("id", "task_id", "question_id", "unique_id")
_SIGNATURE_KEYS = ("signature", "starter_code")
_OWN_KEYS = ("entry_point", "task", "public_tests", "compare", "tags", "source")
IGNORED_KEYS = frozenset(
    {
        # HumanEval, EvalPlus and MBPP: references and hidden tests
        *("canonical_solution", "test", "base_input", "plus_input", "plus", "atol", "contract", "assertion"),
        *("test_list", "test_setup_code", "test_imports", "challenge_test_list", "source_file"),
        # LeetCode, APPS and LiveCodeBench
        *("input_output", "private_tests", "private_test_cases", "hidden_tests", "solutions", "completion"),
        *("difficulty", "url", "name", "platform", "contest_id", "contest_date", "question_title", "metadata"),
        # GSM8K and MATH
        *("answer", "solution", "subject", "level", "type"),
    }
)
"""Fields of known benchmarks that are left out, most of them because no candidate may see them."""


def read_record(data: Mapping[str, object], *, source: str, where: str) -> Problem:
    """Read one problem. `where` names it in errors: the file, with the line in a JSONL file.

    Raises `ProblemError` for unknown keys, wrong types, no statement, and tests that cannot be.
    """
    _check_keys(data, where)
    statement = _text(data, _STATEMENT_KEYS, where)
    if statement is None:
        raise ProblemError(f"{where}: no statement; add the key 'statement' with the problem as text")
    check_text(statement, where)
    entry_point, signature = _text(data, ("entry_point",), where), _text(data, _SIGNATURE_KEYS, where)
    if signature is not None and from_line(signature) is None:
        raise ProblemError(f"{where}: 'signature' is no function header: {signature[:80]!r}; write def name(argument)")
    _check_entry_point(entry_point, signature, where)
    tests: tuple[TestCase, ...] | None = None
    task = _task(data, where)
    comparison = read_comparison(data.get("compare"), where)
    raw_tests = data.get("public_tests")
    if raw_tests is not None:
        function = (from_line(signature) if signature else None) or find_signature(statement, entry_point)
        if task in ("program", "math", "text"):
            function = None
        elif function is not None and entry_point is not None:
            function = function._replace(entry_point=entry_point)
        tests, called = read_tests(raw_tests, statement, function, where, comparison)
        at = next((number for number, test in enumerate(tests, start=1) if isinstance(test, StdioTest)), None)
        given = "entry_point" if entry_point else "signature" if signature else None
        if at is not None and given:
            raise ProblemError(
                f"{where}: public test {at} is for a program on standard input, but {given!r} names a function; "
                "remove one of them"
            )
        entry_point = entry_point or called
    problem = build(
        statement,
        source=source,
        problem_id=_identifier(data, where),
        task=task,
        entry_point=entry_point,
        signature=signature,
        tests=tests,
        tags=_tags(data, where),
    )
    if tests is not None:
        check_tests(problem)
    return problem if comparison is None else _compared(problem, comparison, tests is not None, where)


def _compared(problem: Problem, comparison: Comparison, are_given: bool, where: str) -> Problem:
    """The problem whose tests have the problem's comparison; those that were given have it, or their own, already."""
    if all(isinstance(test, AssertionTest) for test in problem.public_tests):
        raise ProblemError(
            f"{where}: 'compare' has no test to apply to; add 'public_tests' with 'args' or 'stdin', or remove it"
        )
    if are_given:
        return problem
    tests = tuple(
        test if isinstance(test, AssertionTest) else compared(test, comparison, f"{where}: example {number}")
        for number, test in enumerate(problem.public_tests, start=1)
    )
    return problem.model_copy(update={"public_tests": tests})


def _check_entry_point(entry_point: str | None, signature: str | None, where: str) -> None:
    if entry_point is None:
        return
    parts = entry_point.split(".")
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        raise ProblemError(
            f"{where}: 'entry_point' {entry_point[:80]!r} is no name of a function; write it like two_sum or "
            "Solution.twoSum"
        )
    known = from_line(signature) if signature else None
    names = {item.name for item in find_definitions(signature or "")} | ({known.entry_point} if known else set())
    if known is not None and parts[-1] not in names:
        raise ProblemError(
            f"{where}: 'signature' defines {known.entry_point!r}, but 'entry_point' is {entry_point[:80]!r}; "
            "make them the same"
        )


def _check_keys(data: Mapping[str, object], where: str) -> None:
    known = [*_STATEMENT_KEYS, *_ID_KEYS, *_SIGNATURE_KEYS, *_OWN_KEYS]
    for key in data:
        is_reference = key == "code" and "test_list" in data  # MBPP; elsewhere it may be code to repair
        if key not in known and key not in IGNORED_KEYS and not is_reference:
            near = "public_tests" if key == "tests" else next(iter(difflib.get_close_matches(key, known, 1)), None)
            hint = f"did you mean {near!r}?" if near else f"the keys are {', '.join(_shown())}"
            raise ProblemError(f"{where}: unknown key {key[:80]!r}; {hint}")


def _shown() -> list[str]:
    return ["statement", "id", "entry_point", "signature", "task", "public_tests", "compare", "tags"]


def _text(data: Mapping[str, object], keys: tuple[str, ...], where: str) -> str | None:
    for key in keys:
        value = data.get(key)
        if value is None:
            continue
        if not isinstance(value, str):
            raise ProblemError(f"{where}: {key!r} must be text, not {type(value).__name__}")
        if value or key in _STATEMENT_KEYS:
            return value
    return None


def _identifier(data: Mapping[str, object], where: str) -> str | None:
    for key in _ID_KEYS:
        value = data.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None or value == "":
            continue
        if not isinstance(value, str) or not value.isprintable() or len(value) > 200:
            raise ProblemError(
                f"{where}: {key!r} must be printable text of up to 200 characters, not {str(value)[:80]!r}"
            )
        return value
    return None


def _task(data: Mapping[str, object], where: str) -> Task | None:
    value = data.get("task")
    for task in get_args(Task):
        if value == task:
            known: Task = task
            return known
    if value is None:
        return None
    names = get_args(Task)
    near = difflib.get_close_matches(str(value), names, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"it is one of {', '.join(names)}"
    raise ProblemError(f"{where}: unknown task {str(value)[:80]!r}; {hint}")


def _tags(data: Mapping[str, object], where: str) -> tuple[str, ...]:
    value = data.get("tags")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise ProblemError(f"{where}: 'tags' must be a list of texts")
    return tuple(value)
