"""The Python API: a session that keeps its engines open, and one-call functions on top of it.

The one-call functions work in a script and inside a notebook's running loop alike: they run the ring in a thread of
its own.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from hi_moe.assemble import Assembly, assemble
from hi_moe.settings import Loaded, Settings
from hi_moe.settings_layers import leaves
from hierarchy import run
from hierarchy.assertions import check_tests
from hierarchy.errors import HiMoeError, ProblemError, SettingsError, UsageError
from hierarchy.events import Event, RunFinished, RunStarted
from hierarchy.intake import read_statement
from hierarchy.intake.statement import check_text
from hierarchy.ledger import RunRecord
from hierarchy.outcome import Outcome
from hierarchy.problem import Problem

_RENEWABLE = ("budget.", "ledger.")
"""Settings that a resumed run may have anew."""


class HiMoe:
    """A session: ledger, sandbox and engines of one set of settings, open until it is left.

    ```python
    async with HiMoe.open(Settings.load(profile="embedded")) as hi:
        outcome = await hi.solve("Write a function …")
    ```
    """

    def __init__(self, assembly: Assembly, loaded: Loaded) -> None:
        self._assembly = assembly
        self._loaded = loaded
        self._closed = False

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, loaded: Loaded | None = None) -> AsyncIterator[Self]:
        """Open a session; engines load when they are first needed.

        Raises `SettingsError`, `UnknownName`, `LedgerError`, `MissingComponent`.
        """
        loaded = loaded or Settings.load()
        async with assemble(loaded) as assembly:
            session = cls(assembly, loaded)
            try:
                yield session
            finally:
                session._closed = True

    async def solve(self, problem: str | Problem, *, seed: int | None = None) -> Outcome:
        """Work on a problem to its outcome. Raises `ProblemError` for a statement that cannot be taken in."""
        async with contextlib.aclosing(self.stream(problem, seed=seed)) as events:
            return await _last(events)

    async def stream(self, problem: str | Problem, *, seed: int | None = None) -> AsyncGenerator[Event, None]:
        """The events of a new run, the last of which is `RunFinished`. Leaving early interrupts the run."""
        self._check_open()
        taken = _taken(problem)
        seed = self._assembly.settings.seed if seed is None else seed
        record = await asyncio.to_thread(self._assembly.record, taken, seed)
        with _alone(self._assembly, record.run_id):
            self._assembly.ledger.begin_run(record)
            ring = self._assembly.for_run(record.run_id)
            async with contextlib.aclosing(run.begin(self._assembly.graph, ring, taken, seed)) as events:
                async for event in events:
                    yield event

    async def resume(self, run_id: str) -> AsyncGenerator[Event, None]:
        """Go on with a run that was stopped, with the settings it was begun with; budgets given as flags replace its.

        A finished run gives its recorded outcome again. Raises `UnknownName` for an unknown run, `SettingsError` when
        its settings are no longer possible.
        """
        self._check_open()
        ledger = self._assembly.ledger
        record = ledger.run(run_id)
        if record.outcome is not None:
            yield RunStarted(run_id=record.run_id, problem=record.problem, resumed=True)
            yield RunFinished(outcome=record.outcome)
            return
        loaded = _as_begun(record.settings, record.run_id, self._loaded)
        async with assemble(loaded) as assembly:
            now = await asyncio.to_thread(assembly.record, record.problem, record.seed)
            _check_same(record, now)
            with _alone(assembly, record.run_id):
                ledger.begin_run(record)
                ring = assembly.for_run(record.run_id)
                stream = run.resume(assembly.graph, ring, record.problem, record.seed)
                async with contextlib.aclosing(stream) as events:
                    async for event in events:
                        yield event

    def _check_open(self) -> None:
        if self._closed:
            raise UsageError("this session is closed; open another: async with hi_moe.HiMoe.open() as session")


def _as_begun(recorded: dict[str, object], run_id: str, now: Loaded) -> Loaded:
    """The settings a run was begun with, but for the ledger's address and budgets that were given as flags."""
    try:
        begun = Settings.model_validate(recorded)
    except ValueError as error:
        raise SettingsError(
            f"run {run_id!r} was begun with settings that are not possible any more: {error}"
        ) from error
    kept = leaves(Settings)
    fixed = {key for key, origin in now.origins.items() if origin.startswith("flag") and not key.startswith(_RENEWABLE)}
    other = sorted(key for key in fixed & kept.keys() if _value(now.settings, key) != _value(begun, key))
    if other:
        raise SettingsError(
            f"run {run_id!r} was begun with another {', '.join(other)}; leave the flag out (a run keeps its settings, "
            "only budgets can be renewed), or begin a new run"
        )
    given = {
        key.partition(".")[2]: getattr(now.settings.budget, key.partition(".")[2])
        for key, origin in now.origins.items()
        if key.startswith("budget.") and origin.startswith("flag")
    }
    budget = begun.budget.model_copy(update=given)
    settings = begun.model_copy(update={"budget": budget, "ledger": now.settings.ledger})
    return Loaded(settings, dict.fromkeys(now.origins, f"run {run_id}"), None)


@contextlib.contextmanager
def _alone(assembly: Assembly, run_id: str) -> Iterator[None]:
    """Hold the run for this process. Raises `UsageError` while another one works on it."""
    path = assembly.ledger.checkpoint_path
    if path is None:
        yield
        return
    held = path.with_name(f"{path.name}.{run_id}.lock")
    lock = FileLock(held, timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise UsageError(f"another process works on run {run_id!r}; wait for it: hi-moe runs show {run_id}") from None
    try:
        yield
    finally:
        held.unlink(missing_ok=True)  # before it is released: nobody then holds a file that is gone
        lock.release()


def _value(settings: Settings, key: str) -> object:
    value: object = settings
    for part in key.split("."):
        value = getattr(value, part)
    return value


def _check_same(begun: RunRecord, now: RunRecord) -> None:
    """Raise `SettingsError` when weights or prompts are not those that the run was begun with."""
    for kind, before, here in (("weights", begun.models, now.models), ("prompt", begun.prompts, now.prompts)):
        changed = sorted(name for name, sha256 in before.items() if here.get(name) != sha256)
        if changed:
            raise SettingsError(
                f"run {begun.run_id!r} was begun with another {kind} of {changed[0]!r} than there is now; it cannot go "
                "on: begin a new run"
            )


def _taken(problem: object) -> Problem:
    """A checked problem. Raises `ProblemError`."""
    if isinstance(problem, str):
        return read_statement(problem)
    if not isinstance(problem, Problem):
        raise ProblemError(f"a problem is a text or a hi_moe.Problem, not {type(problem).__name__}")
    check_text(problem.statement, problem.source)
    check_tests(problem)
    return problem


async def _last(events: AsyncGenerator[Event, None]) -> Outcome:
    outcome: Outcome | None = None
    async for event in events:
        if isinstance(event, RunFinished):
            outcome = event.outcome
    if outcome is None:
        raise HiMoeError("the run ended without an outcome; see: hi-moe runs list")
    return outcome


async def astream(
    problem: str | Problem, *, profile: str | None = None, config: Path | str | None = None, **settings: object
) -> AsyncGenerator[Event, None]:
    """The events of one run, in a session of its own. `settings`: as in `solve`."""
    loaded = Settings.load(profile=profile, config=Path(config) if config else None, flags=_flags(settings))
    async with HiMoe.open(loaded) as session, contextlib.aclosing(session.stream(problem)) as events:
        async for event in events:
            yield event


async def asolve(
    problem: str | Problem, *, profile: str | None = None, config: Path | str | None = None, **settings: object
) -> Outcome:
    """`solve` for a running event loop."""
    events = astream(problem, profile=profile, config=config, **settings)
    async with contextlib.aclosing(events):
        return await _last(events)


def stream(
    problem: str | Problem, *, profile: str | None = None, config: Path | str | None = None, **settings: object
) -> Generator[Event, None, None]:
    """The events of one run, one by one, for a plain `for` loop. Leaving the loop early interrupts the run."""
    return _in_thread(astream(problem, profile=profile, config=config, **settings))


def solve(
    problem: str | Problem, *, profile: str | None = None, config: Path | str | None = None, **settings: object
) -> Outcome:
    """Work on one problem to its outcome.

    `problem`: a statement, or a `Problem`. `profile`, `config`: as `hi-moe solve --profile`, `--config`. `settings`:
    dotted keys with `__` for the dot, e.g. `budget__tokens=8000`, `ladder__samples=16`, `seed=1`. Raises
    `ProblemError`, `SettingsError`, `UnknownName`, `PromptTooLong` (bad input), `MissingComponent` (weights, engine or
    isolation), `InfrastructureError`; all of them are `HiMoeError`.
    """
    outcome: Outcome | None = None
    for event in stream(problem, profile=profile, config=config, **settings):
        if isinstance(event, RunFinished):
            outcome = event.outcome
    if outcome is None:
        raise HiMoeError("the run ended without an outcome; see: hi-moe runs list")
    return outcome


def _flags(settings: dict[str, object]) -> dict[str, object]:
    return {key.replace("__", "."): value for key, value in settings.items()}


@dataclass(frozen=True)
class _Failed:
    error: BaseException


_END = object()


def _in_thread(events: AsyncGenerator[Event, None]) -> Generator[Event, None, None]:
    """Iterate in a thread with a loop of its own; closing the iterator cancels and waits for the end."""
    out: queue.SimpleQueue[object] = queue.SimpleQueue()
    loop = asyncio.new_event_loop()
    tasks: list[asyncio.Task[None]] = []
    started = threading.Event()

    async def pump() -> None:
        async with contextlib.aclosing(events):
            async for event in events:
                out.put(event)

    def work() -> None:
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:

                async def main() -> None:
                    tasks.append(asyncio.ensure_future(pump()))
                    started.set()
                    await tasks[0]

                runner.run(main())
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            out.put(_Failed(error))
        finally:
            out.put(_END)

    thread = threading.Thread(target=work, name="hi-moe")
    thread.start()
    started.wait()
    try:
        while (item := out.get()) is not _END:
            if isinstance(item, _Failed):
                raise item.error
            yield item  # type: ignore[misc]
    finally:
        if thread.is_alive():
            with contextlib.suppress(RuntimeError):  # the loop has ended in between
                loop.call_soon_threadsafe(tasks[0].cancel)
        thread.join()
