"""One evaluation run, from what was asked to a folder with samples and grades."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field

from evals.executors.base import Executor
from evals.executors.local import Local
from evals.grading.grader import Grader
from evals.manifest import Manifest, Session, SetInfo
from evals.run import Progress, Run, begin, check_folder
from evals.sets.base import LoadedSet
from evals.sets.registry import load_set
from evals.store import RunFolder
from hi_moe.evaluation.machine import machine
from hi_moe.evaluation.selection import Selection
from hi_moe.evaluation.solvers import SolverSpec, for_evaluation, open_solver, settings_of
from hi_moe.isolation import isolated
from hi_moe.provenance import git_revision, version
from hi_moe.settings import Loaded
from hierarchy.base import Frozen


class MadeWith(Protocol):
    """What a manifest says of a solver."""

    @property
    def models(self) -> Mapping[str, str]:
        """Name → sha256 of the weights."""
        ...

    @property
    def prompts(self) -> Mapping[str, str]:
        """`NAME@VERSION` → sha256."""
        ...

    @property
    def isolation(self) -> str:
        """The sandbox tier."""
        ...


class RunOptions(Frozen):
    """What `hi-moe eval run` is asked for."""

    set_name: str
    set_file: Path | None = None
    selection: Selection = Selection()
    solver: SolverSpec
    n: int = Field(default=1, ge=1)
    """Samples per item."""
    seed: int = 0
    concurrency: int = Field(default=4, ge=1)
    """Cells at a time."""
    out: Path
    resume: bool = False
    executor: Literal["local", "ray"] = "local"
    ray_address: str | None = None
    """Of a running cluster; None starts one on this machine."""
    workers: int | None = Field(default=None, ge=1)
    """Of Ray; by default one on each node."""
    reuse: tuple[Path, ...] = ()
    """Folders of other runs, whose finished cells are taken where their keys are the same."""
    grade: bool = True
    """Grade samples as they come."""


Show = Callable[[Progress], None]
Warn = Callable[[str], None]


async def evaluate(
    options: RunOptions, loaded: Loaded, show: Show = lambda progress: None, warn: Warn = lambda line: None
) -> Progress:
    """Do the run, or go on with it; what is in the folder then is whole, whatever stops it.

    `show` gets the progress whenever it changes, `warn` a line for what is odd but no error.

    Raises `UsageError` for input that is wrong (nothing is begun then), `MissingComponent`, and `InfrastructureError`
    when the solver is down.
    """
    options.solver.check(options.n)
    for other in options.reuse:
        RunFolder(other).manifest()  # its error says that there is no run
    loaded = for_evaluation(loaded)
    problems = load_set(options.set_name, options.set_file)
    if problems.changed:
        warn(problems.changed)
    items = options.selection.of(problems.items, problems.set.name)
    options.solver.check_items(item.id for item in items)
    folder = RunFolder(options.out)
    check_folder(folder, resume=options.resume)
    async with AsyncExitStack() as stack:
        writer = stack.enter_context(folder.writing())
        executor, made_with = await stack.enter_async_context(_executor(options, loaded))
        manifest = manifest_of(options, loaded, problems, [item.id for item in items], made_with, executor.name)
        if options.grade:
            Grader.require(items)
        manifest = begin(folder, writer, manifest, items, resume=options.resume)
        grader = await stack.enter_async_context(open_grader(loaded)) if options.grade else None
        run = Run(folder, writer, manifest, items, grader, show)
        run.reuse(options.reuse)
        await run.work(executor)
        return run.progress


def manifest_of(
    options: RunOptions,
    loaded: Loaded,
    problems: LoadedSet,
    ids: list[str],
    made_with: MadeWith,
    executor: str = "local",
) -> Manifest:
    """What the run is made with."""
    revision = git_revision()
    session = Session(
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine(),
        hi_moe=f"{version()} {revision}" if revision else version(),
        isolation=made_with.isolation,
        executor=executor,
    )
    return Manifest(
        set=SetInfo(name=problems.set.name, sha256=problems.sha256, source=problems.origin.source, items=tuple(ids)),
        solver=options.solver.name,
        parameters=options.solver.parameters,
        n=options.n,
        seed=options.seed,
        settings=settings_of(loaded),
        models=dict(made_with.models),
        prompts=dict(made_with.prompts),
        sessions=(session,),
    )


@contextlib.asynccontextmanager
async def _executor(options: RunOptions, loaded: Loaded) -> AsyncIterator[tuple[Executor, MadeWith]]:
    """Whoever is to work on the cells, ready, and what it works with."""
    if options.executor == "local":
        async with open_solver(options.solver, loaded, options.out) as opened:
            yield Local(opened.solver, options.concurrency), opened
        return
    from evals.executors.ray import connect
    from hi_moe.evaluation.remote import FACTORY, config_of

    config = config_of(options.solver, loaded)
    async with connect(
        FACTORY, config, concurrency=options.concurrency, address=options.ray_address, workers=options.workers
    ) as cluster:
        yield cluster, cluster.description


@contextlib.asynccontextmanager
async def open_grader(loaded: Loaded) -> AsyncIterator[Grader]:
    """A grader with a sandbox of its own: limits follow the references, and it shares no worker with the solver."""
    async with isolated(loaded.settings.sandbox) as sandbox, Grader(sandbox) as grader:
        yield grader
