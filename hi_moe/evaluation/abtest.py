"""An A/B put together: two arms, two folders, one grader."""

import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from evals.ab import Side, Standing, compare_live
from evals.analysis.early import RESULT
from evals.grading.grader import Grader
from evals.item import Item
from evals.lines import write_whole
from evals.manifest import Manifest
from evals.run import begin
from evals.sets.base import LoadedSet
from evals.sets.registry import load_set
from evals.solvers.base import Solver
from evals.stats.sequential import fewest
from evals.store import RunFolder, Writer
from hi_moe.evaluation.arms import Arm
from hi_moe.evaluation.running import RunOptions, manifest_of, open_grader
from hi_moe.evaluation.selection import Selection
from hi_moe.evaluation.solvers import open_solver
from hi_moe.settings import Loaded
from hierarchy.base import Frozen
from hierarchy.errors import UsageError
from hierarchy.wording import plural


class AbOptions(Frozen):
    """What `hi-moe eval ab` is asked for."""

    a: Arm
    b: Arm
    set_name: str
    set_file: Path | None = None
    selection: Selection = Selection()
    solver: str = "hierarchy"
    """Of an arm that names none."""
    alpha: float = 0.05
    seed: int | None = None
    concurrency: int = 2
    """Items at a time, each on one side at a time."""
    out: Path
    resume: bool = False
    profile: str | None = None
    """Of an arm that names none."""
    config: Path | None = None


async def ab_test(
    options: AbOptions,
    show: Callable[[Standing], None] = lambda standing: None,
    warn: Callable[[str], None] = lambda line: None,
) -> Standing:
    """Run both sides until the rule stops them; the verdict, or how far it came, is in `ab.json` too.

    `warn`: as in `evaluate`. Raises `UsageError` for arms that are the same, another configuration or alpha than what
    is resumed, and what `hi_moe.evaluation.running.evaluate` raises.
    """
    problems = load_set(options.set_name, options.set_file)
    if problems.changed:
        warn(problems.changed)
    items = options.selection.of(problems.items, problems.set.name)
    needed = fewest(options.alpha)
    if len(items) < needed:
        raise UsageError(
            f"{plural(len(items), 'item')} cannot settle it at alpha {options.alpha:g}, whatever they show: at least "
            f"{needed} are needed; choose a larger set, or a larger --alpha"
        )
    Grader.require(items)
    if options.resume:
        _check_alpha(options)
    ids = [item.id for item in items]
    latest = Standing(items=len(items), alpha=options.alpha)

    def note(standing: Standing) -> None:
        nonlocal latest
        latest = standing
        show(standing)

    async with AsyncExitStack() as stack:
        arms = [
            await stack.enter_async_context(_open(arm, options, problems, ids, options.out / name))
            for name, arm in (("a", options.a), ("b", options.b))
        ]
        if not arms[0].manifest.differences(arms[1].manifest):
            raise UsageError(f"both arms are the same: {options.a.text!r} and {options.b.text!r}; change one")
        if options.resume and not any(arm.folder.exists for arm in arms):
            raise UsageError(f"{str(options.out)!r} holds no A/B to go on with; check --out, or leave --resume out")
        sides = [arm.begin(items, resume=options.resume) for arm in arms]
        grader = await stack.enter_async_context(open_grader(arms[0].loaded))
        _write(options, problems, latest)
        try:
            return await compare_live(
                sides[0],
                sides[1],
                items,
                grader,
                alpha=options.alpha,
                seed=arms[0].manifest.seed,
                concurrency=options.concurrency,
                show=note,
            )
        finally:
            _write(options, problems, latest)


def _check_alpha(options: AbOptions) -> None:
    """Raise `UsageError` for another error rate than the one that the A/B was begun with: choosing it after having
    looked would keep none."""
    path = options.out / RESULT
    try:
        begun = json.loads(path.read_text(encoding="utf-8"))["alpha"]
    except FileNotFoundError:
        return
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{str(path)!r} cannot be read: {error!r}; begin a new A/B: --out DIR") from error
    if begun != options.alpha:
        raise UsageError(
            f"the A/B in {str(options.out)!r} was begun with --alpha {begun}, and an error rate is kept only when it "
            "stays; use the same, or another folder: --out DIR"
        )


def _write(options: AbOptions, problems: LoadedSet, standing: Standing) -> None:
    result = {"a": options.a.text, "b": options.b.text, "set": problems.set.name} | standing.as_json()
    write_whole(options.out / RESULT, json.dumps(result, indent=1) + "\n")


@dataclass(frozen=True)
class _OpenArm:
    """An arm that is ready, in a folder that is held and not begun."""

    folder: RunFolder
    writer: Writer
    manifest: Manifest
    solver: Solver
    loaded: Loaded

    def begin(self, items: Sequence[Item], *, resume: bool) -> Side:
        manifest = begin(self.folder, self.writer, self.manifest, items, resume=resume and self.folder.exists)
        return Side.over(self.folder, self.writer, manifest, items, self.solver)


@asynccontextmanager
async def _open(
    arm: Arm, options: AbOptions, problems: LoadedSet, ids: Sequence[str], path: Path
) -> AsyncIterator[_OpenArm]:
    loaded = arm.load(options.profile, options.config, options.seed)
    spec = arm.spec(options.solver)
    folder = RunFolder(path)
    with folder.writing() as writer:
        async with open_solver(spec, loaded, path) as opened:
            asked = RunOptions(set_name=options.set_name, solver=spec, seed=loaded.settings.seed, out=path)
            manifest = manifest_of(asked, loaded, problems, list(ids), opened)
            yield _OpenArm(folder, writer, manifest, opened.solver, loaded)
