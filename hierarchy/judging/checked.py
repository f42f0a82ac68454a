"""Tests whose outputs a custom checker judges, in a sandboxed process that holds no candidate code."""

from collections.abc import Mapping

from hierarchy.comparison import CheckerMode
from hierarchy.judging.compared import shown_output, wrong
from hierarchy.judging.results import ACCEPTED, Result
from hierarchy.judging.texts import LIMIT
from hierarchy.problem import FunctionTest, StdioTest
from sandbox.compare.asking import Runner
from sandbox.compare.checker import Opinion, Question, consult
from sandbox.compare.text import show
from sandbox.types import CaseResult


async def ask(
    tests: Mapping[int, FunctionTest | StdioTest], cases: Mapping[int, CaseResult], run: Runner
) -> tuple[dict[int, Result], float]:
    """The results of tests that have a checker and came to their end, and the wall seconds that checking took."""
    by_source: dict[str, list[int]] = {}
    for index, test in tests.items():
        if isinstance(test.compare, CheckerMode):
            by_source.setdefault(test.compare.source, []).append(index)
    results: dict[int, Result] = {}
    total = 0.0
    for source, indexes in by_source.items():
        opinions, seconds = await consult(source, [_question(tests[i], cases[i]) for i in indexes], run)
        total += seconds
        for index, opinion in zip(indexes, opinions, strict=True):
            results[index] = _result(opinion, tests[index], cases[index])
    return results, total


def _question(test: FunctionTest | StdioTest, case: CaseResult) -> Question:
    if isinstance(test, StdioTest):
        return Question(test.stdin, case.stdout, test.stdout)
    return Question((*test.args, *test.kwargs.values()), case.value, test.expected)


def _result(opinion: Opinion, test: FunctionTest | StdioTest, case: CaseResult) -> Result:
    if opinion.status == "right":
        return ACCEPTED
    if opinion.status == "failed":
        return Result("infrastructure", f"the checker cannot judge: {opinion.message}")
    shown = shown_output(case.stdout) if isinstance(test, StdioTest) else show(case.value, LIMIT)
    # The message first: a long output would push it out of sight.
    return wrong(f"{opinion.message}: {shown}" if opinion.message else shown)
