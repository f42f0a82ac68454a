"""What the ring costs besides the model and the sandbox: its wall time against calling both directly.

The same problem is solved N times through the whole ring (graph, checkpoints, ledger, routing) and N times by calling
the engine and the judge in a row, in one process, alternating. The model's output is the same greedy text, so the
ratio is overhead alone.

    python bench/overhead.py --model smollm2-135m-instruct-q4_1 --rounds 20
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from hi_moe.assemble import Assembly, assemble
from hi_moe.settings import Settings
from hierarchy import run
from hierarchy.architect import direct_plan
from hierarchy.asking import messages_of
from hierarchy.briefs import brief, read_candidate
from hierarchy.chat import ChatRequest, Sampling
from hierarchy.events import RunFinished
from hierarchy.intake import read_statement
from hierarchy.monitor import decide
from hierarchy.outcome import Outcome
from hierarchy.problem import Problem
from hierarchy.state import RingState

STATEMENT = '''def running_max(numbers):
    """From a list of integers, return the list of the greatest element found until each moment.
    >>> running_max([1, 2, 3, 2, 3, 4, 2])
    [1, 2, 3, 3, 3, 4, 4]
    >>> running_max([5, 1])
    [5, 5]
    """
'''


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="default: that of the profile")
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    problem = read_statement(STATEMENT)
    with tempfile.TemporaryDirectory() as folder:
        flags = {
            "models.default": asked.model,
            "ledger.url": f"sqlite:///{Path(folder) / 'ledger.sqlite3'}",
            "budget.rounds": 1,
            "routing.specialist": "python",
        }
        async with assemble(Settings.load(flags=flags)) as assembly:
            await ring(assembly, problem)
            await direct(assembly, problem)
            through: list[float] = []
            alone: list[float] = []
            outside: list[float] = []
            for _ in range(asked.rounds):
                seconds, outcome = await ring(assembly, problem)
                through.append(seconds)
                outside.append(seconds - outcome.usage.model_seconds - outcome.usage.sandbox_seconds)
                alone.append(await direct(assembly, problem))
    spent = outcome.usage
    with_ring, without = statistics.median(through), statistics.median(alone)
    print(f"one round, {spent.completion_tokens} tokens, {outcome.status}")
    print(f"through the ring: median {with_ring:.3f} s; called directly: {without:.3f} s")
    print(f"ratio of the medians, ring / direct: {with_ring / without:.3f}")
    between = statistics.median(outside)
    print(f"outside model and sandbox: median {1000 * between:.1f} ms a round; as a ratio {1 + between / without:.3f}")


async def ring(assembly: Assembly, problem: Problem) -> tuple[float, Outcome]:
    """Seconds of one run of one round, with everything recorded."""
    start = time.perf_counter()
    record = assembly.record(problem, 0)
    assembly.ledger.begin_run(record)
    outcome: Outcome | None = None
    async for event in run.begin(assembly.graph, assembly.for_run(record.run_id), problem, 0):
        if isinstance(event, RunFinished):
            outcome = event.outcome
    assert outcome is not None
    return time.perf_counter() - start, outcome


async def direct(assembly: Assembly, problem: Problem) -> float:
    """Seconds of the engine and the sandbox alone, on the same prompt."""
    policy, specialist = assembly.ring.policy, assembly.ring.specialists["python"]
    state = RingState(run_id="direct", problem=problem)
    state = state.model_copy(update={"directives": (decide(state, policy),), "plan": direct_plan(problem)})
    asked = brief(state, direct_plan(problem).final, specialist)
    engine = await assembly.ring.models.get()
    start = time.perf_counter()
    sampling = Sampling(max_tokens=specialist.max_tokens, stop=asked.stop)
    async for completion in engine.generate(ChatRequest(messages=messages_of(asked.turns), samples=(sampling,))):
        code, _ = read_candidate(asked, completion.text, problem, final=True)
        await assembly.ring.judge.judge(problem, code)
    return time.perf_counter() - start


if __name__ == "__main__":
    asyncio.run(main())
