"""Working through problems one after the other: events to the view, results to stdout, Ctrl-C to the ledger."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from types import FrameType

import click

from hi_moe.api import HiMoe
from hi_moe.cli.answers import Answers
from hi_moe.cli.boundary import line_of, report
from hi_moe.cli.exits import Exit, of_error, of_status, worst
from hi_moe.cli.text import total_line
from hi_moe.cli.view import View
from hi_moe.settings import Loaded
from hierarchy.events import Event, RunFinished, RunStarted
from hierarchy.outcome import Outcome

SHOW_CURSOR = b"\x1b[?25h"


@dataclass(frozen=True)
class Job:
    """One problem to solve, or one run to go on with."""

    name: str
    source: str
    found: str
    """What was found in the statement, for the view."""
    events: Callable[[HiMoe], AsyncGenerator[Event]]


class Worker:
    """Works through the jobs of one command."""

    def __init__(self, jobs: Sequence[Job], loaded: Loaded, view: View, answers: Answers) -> None:
        self._jobs = jobs
        self._loaded = loaded
        self._view = view
        self._answers = answers
        self._run_id: str | None = None
        """Of the run under way."""
        self._done = 0
        self._outcomes: list[Outcome] = []

    def run(self) -> Exit:
        """Work until all is done or Ctrl-C; give the worst exit code.

        Raises what opening the session raises: then nothing was begun.
        """
        try:
            return asyncio.run(self._work())
        except asyncio.CancelledError:
            line = self._interrupted()
            job = self._jobs[min(self._done, len(self._jobs) - 1)]
            self._answers.failure(job.name, job.source, self._run_id, line, Exit.INTERRUPTED)
            click.echo(line, err=True)
            return Exit.INTERRUPTED

    async def _work(self) -> Exit:
        codes: list[Exit] = []
        with self._signals():
            async with HiMoe.open(self._loaded) as session:
                for job in self._jobs:
                    codes.append(await self._one(session, job))
                    self._done += 1
        if len(codes) > 1:
            self._view.total(total_line(self._outcomes, len(codes) - len(self._outcomes)))
        return worst(codes)

    async def _one(self, session: HiMoe, job: Job) -> Exit:
        self._run_id = None
        outcome: Outcome | None = None
        self._view.begin(job.name, job.found)
        try:
            async with aclosing(job.events(session)) as events:
                async for event in events:
                    if isinstance(event, RunStarted):
                        self._run_id = event.run_id
                    self._view.show(event)
                    if isinstance(event, RunFinished):
                        outcome = event.outcome
        except Exception as error:
            # One problem that fails, even by a bug of ours, does not lose the ones after it.
            self._view.end()
            line = line_of(error)
            self._answers.failure(job.name, job.source, self._run_id, line, of_error(error))
            return report(error, line)
        finally:
            self._view.end()
        assert outcome is not None, "a stream ends with RunFinished or raises"
        self._outcomes.append(outcome)
        self._answers.outcome(outcome, job.source)
        return of_status(outcome.status)

    def _interrupted(self) -> str:
        left = len(self._jobs) - self._done - 1
        rest = f" ({left} more of {len(self._jobs)} problems were not begun)" if left > 0 else ""
        if self._run_id is None:
            return f"interrupted before a run was begun{rest}"
        return f"interrupted: the run is kept; go on with: hi-moe solve --resume {self._run_id}{rest}"

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """The first Ctrl-C cancels the task, so that the ledger hears of it; the second leaves at once."""
        before = signal.getsignal(signal.SIGINT)
        if before is signal.SIG_IGN:
            # A shell script's background job: it is not the one that Ctrl-C is meant for.
            yield
            return
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        presses = 0

        def stop() -> None:
            click.echo("stopping; Ctrl-C again leaves at once", err=True)
            task.cancel()

        def pressed(number: int, frame: FrameType | None) -> None:
            nonlocal presses
            presses += 1
            if presses == 1:
                loop.call_soon_threadsafe(stop)
                return
            cursor = SHOW_CURSOR if sys.stderr.isatty() else b""
            os.write(2, cursor + f"\n{self._interrupted()}\n".encode())
            os._exit(Exit.INTERRUPTED)

        signal.signal(signal.SIGINT, pressed)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
