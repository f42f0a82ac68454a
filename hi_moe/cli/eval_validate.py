"""`hi-moe eval validate`: run a set's references and wrong solutions against its checks."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli.options import POSITIVE, json_option, load, settings_options

if TYPE_CHECKING:
    from evals.item import Item
    from evals.sets.base import LoadedSet
    from evals.validate import Totals, Trial
    from sandbox.settings import SandboxSettings

UNSOUND = 30
"""A reference was refused, a wrong solution accepted, or one of them could not be checked."""


@click.command(
    epilog="""\b
Exit codes:
    0  every reference was accepted, every wrong solution refused
   30  unsound: a reference was refused, a wrong solution accepted, or one could not be checked
    2  usage: an argument or a file is wrong
    3  missing component: isolation, a library, a set's file
    4  infrastructure: our own failure
  130  interrupted by Ctrl-C (129 by SIGHUP, 143 by SIGTERM)"""
)
@click.argument("name", metavar="SET")
@click.option(
    "--set-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The set's file, instead of its wheel or the model hub.",
)
@click.option("--limit", type=POSITIVE, metavar="N", help="Only the first N items.")
@click.option("--ids", metavar="A,B", help="Only these items; patterns such as 'contest/math/*' work.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
@json_option
@settings_options
def validate(
    name: str,
    set_file: Path | None,
    limit: int | None,
    ids: str | None,
    quiet: bool,
    as_json: bool,
    profile: str | None,
    config: Path | None,
) -> int:
    """Check SET itself: its hidden tests must accept every reference and refuse every wrong solution.

    References must pass the public tests, too. SET is a name (hi-moe eval sets) or a file of your own problems.

    \b
    hi-moe eval validate contest
    hi-moe eval validate my_problems.jsonl --ids 'queue-*'
    """
    from evals.sets.registry import load_set
    from evals.validate import count, totals
    from hi_moe.cli.signals import Interrupted, finish
    from hi_moe.cli.streams import put, say
    from hi_moe.evaluation.selection import Selection, ids_of
    from hierarchy.errors import UsageError

    settings = load(profile, config).settings.sandbox
    chosen = load_set(name, set_file)
    if chosen.changed:
        say(chosen.changed)
    wanted = Selection(limit=limit, ids=ids_of(ids))
    items = wanted.of(chosen.items, chosen.set.name)
    if not count(items):
        raise UsageError(f"no item of {chosen.set.name!r} has a reference or a wrong solution: there is nothing to run")
    try:
        with _progress(count(items), quiet) as show:
            trials = finish(_work(settings, items, show))
    except Interrupted as signal:
        return signal.code
    summary = totals(items, trials)
    code = UNSOUND if summary.faults else 0
    put(_json(chosen, summary, trials, code) if as_json else _text(chosen, summary, trials), nl=False)
    return code


async def _work(settings: "SandboxSettings", items: "Sequence[Item]", show: "Callable[[Trial], None]") -> "list[Trial]":
    from evals.grading.grader import Grader
    from evals.validate import validate as run
    from hi_moe.isolation import isolated
    from hierarchy.judge import Judge

    async with isolated(settings) as sandbox, Grader(sandbox) as grader:
        # One more than can run: the next is ready when a place is free.
        return await run(items, grader, Judge(sandbox), settings.max_parallel + 1, show)


@contextmanager
def _progress(total: int, quiet: bool) -> "Iterator[Callable[[Trial], None]]":
    """A bar with the faults so far."""
    from hi_moe.cli.eval_progress import drawing
    from hierarchy.wording import plural

    done = faults = 0
    with drawing("solutions", quiet) as draw:

        def show(trial: "Trial") -> None:
            nonlocal done, faults
            done += 1
            faults += trial.fault is not None
            draw(done, total, plural(faults, "fault"))

        yield show


def _text(chosen: "LoadedSet", summary: "Totals", trials: "Sequence[Trial]") -> str:
    from hi_moe.cli.table import table
    from hi_moe.cli.text import shorten
    from hierarchy.wording import plural

    rows = [(trial.id, _what(trial), shorten(trial.fault, 160)) for trial in trials if trial.fault is not None]
    faults = table(rows, ("ITEM", "SOLUTION", "FAULT")) + "\n" if rows else ""
    without = summary.items - summary.references
    lacking = f" ({without} without)" if without else ""
    public = f", {summary.wrong_passing_public} of which pass the public tests" if summary.wrong else ""
    return faults + (
        f"{chosen.set.name}: {plural(summary.items, 'item')}, {plural(summary.references, 'reference')}{lacking}, "
        f"{plural(summary.wrong, 'wrong solution')}{public}; {plural(summary.faults, 'fault')}; "
        f"{summary.seconds:.1f} s in the sandbox\n"
    )


def _json(chosen: "LoadedSet", summary: "Totals", trials: "Sequence[Trial]", code: int) -> str:
    faults = [
        {"item": trial.id, "kind": trial.kind, "number": trial.number, "fault": trial.fault}
        for trial in trials
        if trial.fault is not None
    ]
    return (
        json.dumps(
            {
                "set": chosen.set.name,
                "source": chosen.origin.source,
                "sha256": chosen.sha256,
                **summary.model_dump(exclude={"faults"}),
                "faults": faults,
                "exit_code": code,
            }
        )
        + "\n"
    )


def _what(trial: "Trial") -> str:
    return trial.kind if trial.kind == "reference" else f"wrong {trial.number}"
