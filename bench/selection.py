"""Which candidate to answer with: selection policies compared offline on saved samples, with hidden tests.

Two steps. `--generate` draws, for each problem of an EvalPlus file, one greedy candidate (index 0) and N samples with
the engine of the profile, and appends them to SAMPLES; it can be stopped and started again. Without it, every candidate
is judged on the statement's public tests, observed on generated inputs and labelled with the hidden tests, all in the
sandbox (kept beside SAMPLES, so that the next call is quick), and the table of policies is printed.

    python bench/selection.py SAMPLES.jsonl --plus HumanEvalPlus.jsonl.gz --generate --items 10,32,64
    python bench/selection.py SAMPLES.jsonl --plus HumanEvalPlus.jsonl.gz
"""

import argparse
import asyncio
import gzip
import json
import random
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from hi_moe.settings import Settings
from hierarchy.asking import messages_of
from hierarchy.briefs import Brief, read_candidate
from hierarchy.chat import ChatRequest, Sampling
from hierarchy.intake import read_statement
from hierarchy.judge import Judge
from hierarchy.problem import Problem
from hierarchy.selection.clusters import Behaviour, clusters, counted_inputs
from hierarchy.selection.inputs import edge_inputs
from prompts.loader import load
from sandbox.compare.tolerance import NOISE
from sandbox.compare.values import same
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Execution, Limits, Program
from serving.engines import Engines
from serving.models.store import ModelStore

INPUTS = 96
"""Generated inputs that candidates are observed on; policies use as many of the first as they are told to."""
HIDDEN = 400
"""Hidden tests used at most per problem."""

Row = dict[str, Any]


class Ballot(NamedTuple):
    """One candidate as a policy may see it, and the label it may not."""

    number: int
    """0 is the greedy one."""
    right: bool
    standing: tuple[bool, int]
    """Accepted on the public tests, and how many it passed."""
    outputs: tuple[str | None, ...]
    logprob: float | None
    tokens: int


class Item(NamedTuple):
    """One problem's candidates."""

    task_id: str
    public: int
    prompt_tokens: int
    ballots: tuple[Ballot, ...]


Policy = Callable[[Sequence[Ballot]], Ballot]


def main() -> None:
    """Generate, or observe and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", type=Path)
    parser.add_argument("--plus", type=Path, required=True, help="EvalPlus problems, .jsonl or .jsonl.gz")
    parser.add_argument("--generate", action="store_true")
    parser.add_argument("--items", help="numbers of the problems, with commas; default all", default="")
    parser.add_argument("--samples-each", type=int, default=8)
    parser.add_argument("--model", help="default: that of the profile")
    asked = parser.parse_args()
    rows = {row["task_id"]: row for row in _read(asked.plus)}
    if asked.generate:
        numbers = set(filter(None, asked.items.split(",")))
        chosen = [row for row in rows.values() if not numbers or row["task_id"].split("/")[-1] in numbers]
        asyncio.run(generate(chosen, asked.samples, asked.samples_each, asked.model))
        return
    report(asyncio.run(observe(rows, asked.samples)))


def _read(path: Path) -> list[Row]:
    data = path.read_bytes() if path.exists() else b""
    text = gzip.decompress(data) if path.suffix == ".gz" else data
    return [json.loads(line) for line in text.decode("utf-8").splitlines()]


def problem_of(row: Row) -> Problem:
    """The problem as a user would give it: the prompt alone."""
    return read_statement(row["prompt"]).model_copy(update={"id": row["task_id"], "entry_point": row["entry_point"]})


def brief_of(problem: Problem) -> Brief:
    """The question the samples answer."""
    prompt = load("solve_function")
    return Brief(prompt, prompt.render(statement=problem.statement, entry_point=problem.entry_point))


async def generate(rows: Iterable[Row], path: Path, samples: int, model_name: str | None) -> None:
    """Append the missing candidates of each problem to `path`."""
    done = {(row["task_id"], row["index"]) for row in _read(path)}
    settings = Settings.load().settings
    async with Engines(ModelStore.from_settings(settings.models), settings.models, settings.engine) as engines:
        model = await engines.get(model_name)
        with path.open("a") as out:
            for row in rows:
                wanted = [index for index in range(samples + 1) if (row["task_id"], index) not in done]
                if not wanted:
                    continue
                brief = brief_of(problem_of(row))
                messages = messages_of(brief.turns)
                drawn = tuple(
                    Sampling(
                        temperature=0.8 if index else 0.0,
                        top_p=0.95 if index else 1.0,
                        max_tokens=512,
                        stop=brief.stop,
                        seed=index,
                    )
                    for index in wanted
                )
                prompt_tokens = model.count_tokens(messages)
                async for completion in model.generate(ChatRequest(messages=messages, samples=drawn)):
                    made = {
                        "task_id": row["task_id"],
                        "index": wanted[completion.index],
                        "text": completion.text,
                        "tokens": completion.completion_tokens,
                        "mean_logprob": completion.mean_logprob,
                        "prompt_tokens": prompt_tokens,
                    }
                    out.write(json.dumps(made) + "\n")
                    out.flush()


async def observe(rows: dict[str, Row], path: Path) -> list[Item]:
    """Every candidate judged, observed and labelled; kept in `SAMPLES.observed.jsonl`."""
    by_task: dict[str, list[Row]] = defaultdict(list)
    for row in _read(path):
        by_task[row["task_id"]].append(row)
    kept = path.with_suffix(".observed.jsonl")
    items = [_item(row) for row in _read(kept)]
    known = {(item.task_id, len(item.ballots)) for item in items}
    async with Sandbox(Limits(cpu_seconds=2, wall_seconds=20)) as box:
        with kept.open("a") as out:
            for task_id, candidates in by_task.items():
                if (task_id, len(candidates)) not in known:
                    item = await _observed(box, rows[task_id], sorted(candidates, key=lambda one: one["index"]))
                    out.write(json.dumps(item._asdict()) + "\n")
                    out.flush()
                    items = [*(other for other in items if other.task_id != task_id), item]
    return [item for item in items if len(item.ballots) > 1]


def _item(row: Row) -> Item:
    ballots = (
        Ballot(index, right, (standing[0], standing[1]), tuple(outputs), logprob, tokens)
        for index, right, standing, outputs, logprob, tokens in row["ballots"]
    )
    return Item(row["task_id"], row["public"], row["prompt_tokens"], tuple(ballots))


async def _observed(box: Sandbox, row: Row, candidates: Sequence[Row]) -> Item:
    problem = problem_of(row)
    judge = Judge(box)
    inputs = edge_inputs(problem, INPUTS)
    hidden = [Call(row["entry_point"], tuple(values)) for values in (row["base_input"] + row["plus_input"])[:HIDDEN]]
    reference = Program(row["prompt"] + row["canonical_solution"])
    expected = await box.run(reference, hidden, Limits(cpu_seconds=20, wall_seconds=300))
    brief = brief_of(problem)

    async def ballot(candidate: Row) -> Ballot:
        code, _ = read_candidate(brief, candidate["text"], problem, final=True)
        verdict = await judge.judge(problem, code)
        seen = await judge.observe(problem, code or "", inputs)
        actual = await judge.run(code or "", hidden)
        return Ballot(
            candidate["index"],
            code is not None and _passes(expected, actual, row["atol"]),
            (verdict.status == "accepted", verdict.tests_passed),
            tuple(one.key if one.ran else None for one in seen),
            candidate["mean_logprob"],
            candidate["tokens"],
        )

    ballots = await asyncio.gather(*map(ballot, candidates))
    return Item(row["task_id"], len(problem.public_tests), candidates[0]["prompt_tokens"], tuple(ballots))


def _passes(expected: Execution, actual: Execution, atol: float) -> bool:
    """Whether every hidden input that the reference answers is answered alike."""
    pairs = zip(expected.results, actual.results, strict=False)
    tolerance = replace(NOISE, atol=max(atol, NOISE.atol))
    return actual.status == "ok" and all(
        got.status == "ok" and same(want.value, got.value, tolerance) for want, got in pairs if want.status == "ok"
    )


def field_of(ballots: Sequence[Ballot]) -> list[Ballot]:
    """The candidates with the best standing on the public tests."""
    best = max(ballot.standing for ballot in ballots)
    return [ballot for ballot in ballots if ballot.standing == best]


def by_clusters(n_inputs: int, *, public: bool = True, soft: bool = False) -> Policy:
    """The largest behaviour cluster on the first `n_inputs`, or (`soft`) the program with the most support."""

    def choose(ballots: Sequence[Ballot]) -> Ballot:
        field = field_of(ballots) if public else list(ballots)
        behaviours = [Behaviour(ballot.outputs[:n_inputs], ballot.logprob) for ballot in field]
        ranked = clusters(behaviours, counted_inputs(behaviours))
        winner = max(ranked, key=lambda cluster: cluster.support) if soft else ranked[0]
        return field[winner.members[0]]

    return choose


def direct_first(policy: Policy) -> Policy:
    """The greedy candidate where it passes the public tests, else the policy's."""
    return lambda ballots: ballots[0] if _verified(ballots[0]) else policy(ballots)


def _verified(ballot: Ballot) -> bool:
    return ballot.standing[0] and ballot.standing[1] > 0


POLICIES: dict[str, Policy] = {
    "random that passes": lambda ballots: random.Random(ballots[0].tokens).choice(field_of(ballots)),
    "greedy": lambda ballots: ballots[0],
    "first that passes": lambda ballots: field_of(ballots)[0],
    "likeliest that passes": lambda ballots: max(field_of(ballots), key=lambda ballot: ballot.logprob or -9.0),
    "clusters, no public tests": by_clusters(96, public=False),
    "clusters, 24 inputs": by_clusters(24),
    "clusters, 96 inputs": by_clusters(96),
    "support, 24 inputs": by_clusters(24, soft=True),
    "support, 96 inputs": by_clusters(96, soft=True),
    "greedy if it passes, else clusters": direct_first(by_clusters(96)),
    "oracle": lambda ballots: max(ballots, key=lambda ballot: ballot.right),
}


def report(items: Sequence[Item]) -> None:
    """Print how many problems each policy gets right, over all and over those that greedy gets wrong."""
    for n in (4, 8, 16):
        complete = [item for item in items if len(item.ballots) > n]
        if not complete:
            continue
        hard = [item for item in complete if not item.ballots[0].right]
        print(f"\n{len(complete)} problems, {len(hard)} that greedy gets wrong; 1 greedy + {n} samples")
        print(f"{'policy':36}{'all':>10}{'hard':>10}{'fixed':>8}{'broken':>8}{'tokens':>9}")
        for name, policy in POLICIES.items():
            _line(name, complete, hard, n, policy)
    _confidence([item for item in items if len(item.ballots) > 4])


def _line(name: str, items: Sequence[Item], hard: Sequence[Item], n: int, policy: Policy) -> None:
    chosen = {item.task_id: policy(item.ballots[: n + 1]) for item in items}
    fixed = sum(chosen[item.task_id].right for item in hard)
    kept = sum(ballot.right for ballot in chosen.values()) - fixed
    easy = len(items) - len(hard)
    tokens = statistics.mean(_tokens(item, name, n) for item in items)
    print(f"{name:36}{fixed + kept:>7}/{len(items)}{fixed:>7}/{len(hard)}{fixed:>8}{easy - kept:>8}{tokens:>9.0f}")


def _tokens(item: Item, name: str, n: int) -> int:
    stops = name == "greedy" or (name.startswith("greedy if") and _verified(item.ballots[0]))
    return item.prompt_tokens + sum(ballot.tokens for ballot in item.ballots[: 1 if stops else n + 1])


def _confidence(items: Sequence[Item]) -> None:
    """How often a greedy candidate that passes is right, and what the agreement of all candidates says about it."""
    passing = [item for item in items if _verified(item.ballots[0])]
    right = sum(item.ballots[0].right for item in passing)
    print(f"\ngreedy passes the public tests of {len(passing)} problems and is right on {right} of them")
    choose = by_clusters(96)
    bins: dict[str, list[bool]] = defaultdict(list)
    for item in items:
        field = field_of(item.ballots)
        winner = choose(item.ballots)
        share = sum(ballot.outputs == winner.outputs for ballot in field) / len(item.ballots)
        bins["0.75 to 1" if share >= 0.75 else "0.5 to 0.75" if share >= 0.5 else "below 0.5"].append(winner.right)
    print("share of all candidates in the chosen cluster: how often the choice is right")
    for label, outcomes in sorted(bins.items()):
        print(f"  {label:12} {sum(outcomes)}/{len(outcomes)}")


if __name__ == "__main__":
    main()
