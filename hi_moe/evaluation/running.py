"""One evaluation run, from what was asked to a folder with samples and grades."""

import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

from evals.executors.base import Executor
from evals.executors.local import Local
from evals.grading.grader import Grader
from evals.manifest import Manifest, Session, SetInfo
from evals.run import Progress, Run, begin
from evals.sets.base import LoadedSet
from evals.sets.registry import load_set
from evals.store import RunFolder
from hi_moe.evaluation.machine import machine
from hi_moe.evaluation.selection import Selection
from hi_moe.evaluation.solvers import OpenSolver, SolverSpec, for_evaluation, open_solver, settings_of
from hi_moe.isolation import isolated
from hi_moe.provenance import git_revision, version
from hi_moe.settings import Loaded
from hierarchy.base import Frozen


class RunOptions(Frozen):
    """What `hi-moe eval run` is asked for."""

    set_name: str
    set_file: Path | None = None
    selection: Selection = Selection()
    solver: SolverSpec
    n: int = 1
    """Samples per item."""
    seed: int = 0
    concurrency: int = 4
    """Cells at a time."""
    out: Path
    resume: bool = False
    reuse: tuple[Path, ...] = ()
    """Folders of other runs, whose finished cells are taken where their keys are the same."""
    grade: bool = True
    """Grade samples as they come."""


Show = Callable[[Progress], None]


async def evaluate(options: RunOptions, loaded: Loaded, show: Show = lambda progress: None) -> Progress:
    """Do the run, or go on with it; what is in the folder then is whole, whatever stops it.

    Raises `UsageError` for input that is wrong (nothing is begun then), `MissingComponent`, and `InfrastructureError`
    when the solver is down.
    """
    options.solver.check(options.n)
    loaded = for_evaluation(loaded)
    problems = load_set(options.set_name, options.set_file)
    items = options.selection.of(problems.items, problems.set.name)
    folder = RunFolder(options.out)
    async with AsyncExitStack() as stack:
        writer = stack.enter_context(folder.writing())
        opened = await stack.enter_async_context(open_solver(options.solver, loaded, options.out))
        manifest = manifest_of(options, loaded, problems, [item.id for item in items], opened)
        manifest = begin(folder, writer, manifest, items, resume=options.resume)
        grader = await stack.enter_async_context(open_grader(loaded)) if options.grade else None
        run = Run(folder, writer, manifest, items, grader, show)
        run.reuse(options.reuse)
        executor: Executor = Local(opened.solver, options.concurrency)
        await run.work(executor)
        return run.progress


def manifest_of(
    options: RunOptions,
    loaded: Loaded,
    problems: LoadedSet,
    ids: list[str],
    opened: OpenSolver,
    executor: str = "local",
) -> Manifest:
    """What the run is made with."""
    revision = git_revision()
    session = Session(
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine(),
        hi_moe=f"{version()} {revision}" if revision else version(),
        isolation=opened.isolation,
        executor=executor,
    )
    return Manifest(
        set=SetInfo(name=problems.set.name, sha256=problems.sha256, source=problems.origin.source, items=tuple(ids)),
        solver=options.solver.name,
        parameters=options.solver.parameters,
        n=options.n,
        seed=options.seed,
        settings=settings_of(loaded),
        models=dict(opened.models),
        prompts=dict(opened.prompts),
        sessions=(session,),
    )


@contextlib.asynccontextmanager
async def open_grader(loaded: Loaded) -> AsyncIterator[Grader]:
    """A grader with a sandbox of its own: limits follow the references, and it shares no worker with the solver."""
    async with isolated(loaded.settings.sandbox) as sandbox, Grader(sandbox) as grader:
        yield grader
