"""Doing a run for the command line: signals, progress, what is said at the end, and the exit code."""

import json

from evals.run import Progress
from evals.sets.registry import names
from hi_moe.cli.eval_progress import drawing, duration, note
from hi_moe.cli.exits import Exit
from hi_moe.cli.signals import STOPPING, Interrupted, finish
from hi_moe.cli.streams import put, say
from hi_moe.evaluation.running import RunOptions, evaluate
from hi_moe.settings import Loaded


def work(options: RunOptions, loaded: Loaded, quiet: bool, as_json: bool) -> Exit:
    """Run to the end or to a signal; the summary goes to stdout. Raises what `evaluate` raises."""
    again = f"nothing is lost; go on with: the same command and --resume (folder {options.out})"

    async def main() -> Progress:
        with drawing("samples", quiet) as draw:
            return await evaluate(
                options,
                loaded,
                lambda progress: draw(progress.done, progress.total, note(progress)),
                lambda line: say(f"warning: {line}"),
            )

    try:
        progress = finish(main(), f"interrupted; {again}", STOPPING)
    except Interrupted as interrupted:
        return interrupted.code
    put(json.dumps(_summary(options, progress)) if as_json else _text(options, progress))
    if progress.done < progress.total:
        say(f"{progress.failed} of {progress.total} samples could not be made; see errors.jsonl, go on with --resume")
    ungraded = progress.done - progress.graded if options.grade else 0
    if ungraded:
        say(f"{ungraded} of {progress.done} samples could not be graded; see errors.jsonl, go on with --resume")
    return Exit.VERIFIED if progress.done == progress.total and not ungraded else Exit.INFRASTRUCTURE


def _summary(options: RunOptions, progress: Progress) -> dict[str, object]:
    return {
        "out": str(options.out),
        "samples": progress.done,
        "total": progress.total,
        "graded": progress.graded,
        "right": progress.right,
        "failed": progress.failed,
        "tokens": progress.tokens,
        "seconds": round(progress.elapsed, 3),
    }


def _text(options: RunOptions, progress: Progress) -> str:
    score = f", {progress.right} of {progress.graded} right" if progress.graded else ""
    here = progress.done - progress.before
    return (
        f"{options.out}: {progress.done} of {progress.total} samples{score}; {here} made now in "
        f"{duration(progress.elapsed)}, {progress.tokens} tokens in all\n"
        f"next: hi-moe eval {'report' if options.grade else 'grade'} {options.out}{_file(options)}"
    )


def _file(options: RunOptions) -> str:
    """How `eval grade` is told the set's file, where the run alone does not say it."""
    if options.grade:
        return ""
    if options.set_file is not None:
        return f" --set-file {options.set_file}"
    return "" if options.set_name in names() else f" --set {options.set_name}"
