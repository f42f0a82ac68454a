"""Working through problems one after the other: events to the view, results to stdout, signals to the ledger."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from hi_moe.api import HiMoe
from hi_moe.cli.answers import Answers
from hi_moe.cli.boundary import line_of, report
from hi_moe.cli.exits import Exit, of_error, of_status, worst
from hi_moe.cli.signals import STOPPING, Stopper
from hi_moe.cli.streams import say
from hi_moe.cli.text import total_line
from hi_moe.cli.view import View
from hi_moe.settings import Loaded
from hierarchy.events import Event, RunFinished, RunStarted
from hierarchy.outcome import Outcome


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
        self._codes: list[Exit] = []
        """Of the problems that are done."""
        self._outcomes: list[Outcome] = []
        self._stopper = Stopper(self._interrupted, STOPPING)

    def run(self) -> Exit:
        """Work until all is done or a signal comes; give the worst exit code, or the signal's.

        Raises what opening the session raises: then nothing was begun.
        """
        try:
            asyncio.run(self._work())
        except asyncio.CancelledError:
            if len(self._codes) < len(self._jobs):
                return self._stopped(self._jobs[len(self._codes)])
        if len(self._codes) > 1:
            self._view.total(total_line(self._outcomes, len(self._codes) - len(self._outcomes)))
        return worst(self._codes)

    async def _work(self) -> None:
        with self._stopper.watching():
            async with HiMoe.open(self._loaded) as session:
                for job in self._jobs:
                    self._codes.append(await self._one(session, job))

    async def _one(self, session: HiMoe, job: Job) -> Exit:
        self._run_id = None
        outcome: Outcome | None = None
        begun = False
        try:
            async with aclosing(job.events(session)) as events:
                async for event in events:
                    if not begun:
                        # Not before: what cannot be begun is one line of error and nothing else.
                        self._view.begin(job.name, job.found)
                        begun = True
                    if isinstance(event, RunStarted):
                        self._run_id = event.run_id
                    self._view.show(event)
                    if isinstance(event, RunFinished):
                        outcome = event.outcome
        except Exception as error:
            # One problem that fails, even by a bug of ours, does not lose the ones after it.
            if not begun and len(self._jobs) > 1:
                # Among several, the error alone would not say whose it is.
                self._view.begin(job.name, job.found)
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

    def _stopped(self, job: Job) -> Exit:
        """Say what became of the problem that was under way."""
        line = self._interrupted()
        say(line)
        self._answers.failure(job.name, job.source, self._run_id, line, self._stopper.code)
        return self._stopper.code

    def _interrupted(self) -> str:
        left = len(self._jobs) - len(self._codes) - 1
        rest = f" ({left} more of {len(self._jobs)} problems were not begun)" if left > 0 else ""
        if left < 0:
            return "interrupted after the last problem was done"
        if self._run_id is None:
            return f"interrupted before a run was begun{rest}"
        return f"interrupted: the run is kept; go on with: hi-moe solve --resume {self._run_id}{rest}"
