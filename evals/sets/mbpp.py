"""MBPP (Austin et al., 2021): a sentence and three assertions.

Two published forms. The whole (`mbpp.jsonl` of https://github.com/google-research/google-research/tree/master/mbpp, 974
rows; on the hub its test split, 500): `task_id`, `text`, `code`, `test_list`, `test_setup_code`, `challenge_test_list`.
The sanitized one (`sanitized-mbpp.json`, 427 rows): `prompt` for `text`, `test_imports` for `test_setup_code`.
"""

import ast

from evals.item import Item, ScriptCheck, TestsCheck
from evals.sets.base import ProblemSet, Row, problem, text, texts
from evals.sets.origins import Hub
from hierarchy.problem import AssertionTest


class Mbpp(ProblemSet):
    """The original tests, three for each function; `mbpp+` has some of the same functions with many more."""

    name = "mbpp"
    summary = "MBPP: short Python functions from a sentence, the test split or any of the published files (Google)"
    licence = "CC-BY-4.0"
    size = 500
    hub = Hub("google-research-datasets/mbpp", "full/test-00000-of-00001.parquet")
    published = "https://github.com/google-research/google-research/tree/master/mbpp (mbpp.jsonl, sanitized-mbpp.json)"

    def item(self, row: Row, number: int) -> Item:
        """The statement is EvalPlus's: the sentence and the first assertion, which alone says the function's name."""
        tests, code = texts(row, "test_list"), text(row, "code")
        if not tests:
            raise ValueError("'test_list' is empty")
        sentence = text(row, "prompt" if "prompt" in row else "text").strip()
        read = problem(
            self.name,
            id=f"Mbpp/{row['task_id']}",
            statement=f'"""\n{sentence}\n{tests[0]}\n"""\n',
            task="function",
            entry_point=_tested(tests[0], code),
        )
        setup = text(row, "test_setup_code") if "test_setup_code" in row else "\n".join(texts(row, "test_imports"))
        tests += texts(row, "challenge_test_list") if row.get("challenge_test_list") else ()
        if setup.strip():
            return Item(read, ScriptCheck("\n".join((setup, *tests)) + "\n"), code)
        return Item(read, TestsCheck(tuple(AssertionTest(code=test.strip()) for test in tests)), code)


def _tested(test: str, code: str) -> str | None:
    """The function that an assertion is about: the one of the reference's that it calls."""
    try:
        called = [node.func for node in ast.walk(ast.parse(test.strip())) if isinstance(node, ast.Call)]
        defined = {node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    except (SyntaxError, ValueError, RecursionError):
        raise ValueError("'code' or 'test_list' is no valid Python") from None
    return next((func.id for func in called if isinstance(func, ast.Name) and func.id in defined), None)
