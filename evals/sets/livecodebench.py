"""LiveCodeBench, code generation (Jain et al., 2024, arXiv 2403.07974): contest problems by date of publication.

The rows are those of https://huggingface.co/datasets/livecodebench/code_generation_lite (`test.jsonl` is release 1,
`test2.jsonl` to `test6.jsonl` what each later release added): `question_title`, `question_content`, `platform`,
`question_id`, `contest_id`, `contest_date`, `starter_code`, `difficulty`, `public_test_cases` (JSON text: a list of
`input`, `output`, `testtype`), `private_test_cases` (the same, or as `evals.sets.packed` says), `metadata` (JSON text
with `func_name` for functional tests). A functional input has one JSON value on each line, as
`lcb_runner/evaluation/testing_util.py` of https://github.com/LiveCodeBench/LiveCodeBench reads it.
"""

import json
from collections.abc import Mapping

from evals.item import Item, TestsCheck
from evals.sets.base import ProblemSet, Row, day, problem, text
from evals.sets.origins import Hub
from evals.sets.packed import unpacked
from evals.sets.starter import shown
from sandbox.values import encode


class LiveCodeBench(ProblemSet):
    """The last release's additions; the others by file."""

    name = "livecodebench"
    summary = "LiveCodeBench code generation: AtCoder and LeetCode problems of 2025 (release 6); others by file"
    licence = "CC (the problems: their platforms')"
    size = 175
    hub = Hub("livecodebench/code_generation_lite", "test6.jsonl")
    published = "https://huggingface.co/datasets/livecodebench/code_generation_lite (test6.jsonl)"

    def item(self, row: Row, number: int) -> Item:
        """Public tests are shown and count; private ones only count."""
        starter, metadata = text(row, "starter_code"), json.loads(text(row, "metadata"))
        name = metadata.get("func_name") if isinstance(metadata, Mapping) else None
        content = text(row, "question_content").rstrip()
        statement = f"{text(row, 'question_title')}\n\n{content}\n" + (
            f"\n{shown(starter)}\n" if starter.strip() else ""
        )
        entry_point = f"Solution.{name}" if name and "class Solution" in starter else name
        record = {
            "id": text(row, "question_id"),
            "statement": statement,
            "entry_point": entry_point,
            "task": "function" if entry_point else "program",
        }
        public = _tests(text(row, "public_test_cases"), "public_test_cases")
        read = problem(self.name, **record, public_tests=public)
        private = _tests(unpacked(text(row, "private_test_cases")), "private_test_cases")
        hidden = problem(self.name, **record, public_tests=private).public_tests
        return Item(
            read,
            TestsCheck(read.public_tests + hidden),
            difficulty=text(row, "difficulty"),
            released=day(row["contest_date"]),
            facts={"platform": text(row, "platform")},
        )


def _tests(source: str, key: str) -> list[object]:
    """The published tests as a problem file writes them. Raises `TypeError` and `ValueError`."""
    tests = json.loads(source)
    if not isinstance(tests, list) or not all(isinstance(test, Mapping) for test in tests):
        raise TypeError(f"{key!r} holds no list of tests")
    return [_test(text(test, "input"), text(test, "output"), text(test, "testtype")) for test in tests]


def _test(given: str, wanted: str, kind: str) -> object:
    if kind == "stdin":
        return {"stdin": given, "stdout": wanted}
    if kind != "functional":
        raise ValueError(f"unknown 'testtype' {kind[:40]!r}")
    return {"args": [encode(json.loads(line)) for line in given.split("\n")], "expected": encode(json.loads(wanted))}
