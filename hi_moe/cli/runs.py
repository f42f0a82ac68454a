"""`hi-moe runs`: what was recorded."""

import errno
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli.options import POSITIVE, json_option, load, settings_options
from hi_moe.cli.streams import say

if TYPE_CHECKING:
    from hierarchy.ledger.ledger import Ledger


@click.group()
def runs() -> None:
    """List, show and export recorded runs."""


@runs.command("list")
@click.option("--limit", type=POSITIVE, default=20, show_default=True, help="How many, newest first.")
@click.option("--status", metavar="NAME", help="Only verified, agreed, unverified, abstained, running, interrupted …")
@settings_options
@json_option
def list_(limit: int, status: str | None, profile: str | None, config: Path | None, as_json: bool) -> None:
    """List the newest runs."""
    from hi_moe.cli.table import table

    with _ledger(profile, config) as ledger:
        found = ledger.runs(limit, _status(status))
        where = ledger.where
    if as_json:
        click.echo(json.dumps([run.model_dump(mode="json") for run in found]))
        return
    rows = [
        (
            run.run_id,
            f"{run.created_at.astimezone():%Y-%m-%d %H:%M}",
            run.status or run.state,
            "" if run.p_correct is None else f"{run.p_correct:.2f}",
            str(run.attempts),
            f"{run.tokens:,}",
            f"{run.seconds:.1f}",
            run.problem_id,
            run.title,
        )
        for run in found
    ]
    if rows:
        head = ("RUN", "BEGUN", "STATUS", "P", "ATTEMPTS", "TOKENS", "SECONDS", "PROBLEM", "STATEMENT")
        click.echo(table(rows, head), nl=False)
    else:
        say(f"no such run in the ledger {where}")


@runs.command()
@click.argument("run_id", metavar="RUN")
@settings_options
@json_option
def show(run_id: str, profile: str | None, config: Path | None, as_json: bool) -> None:
    """Draw a run: its rounds, the tree of its attempts with their verdicts, its answer.

    RUN is an id of `hi-moe runs list`, or its first four characters or more.
    """
    from hierarchy.ledger.export import export_run

    with _ledger(profile, config) as ledger:
        if as_json:
            click.echo(json.dumps(export_run(ledger, run_id), allow_nan=False))
            return
        from hi_moe.cli.drawing import draw_run

        draw_run(ledger, ledger.resolve(run_id))


@runs.command()
@click.argument("run_id", metavar="[RUN]", required=False)
@click.option("--all", "every", is_flag=True, help="Every run, oldest first, one line of JSON each.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Instead of stdout.")
@settings_options
def export(run_id: str | None, every: bool, out: Path | None, profile: str | None, config: Path | None) -> None:
    """Write a run, or all of them, as lines of JSON."""
    from hierarchy.ledger.export import export_all, export_run

    if every == (run_id is not None):
        raise click.UsageError("give either a RUN or --all", click.get_current_context())
    with _ledger(profile, config) as ledger:
        if every and out is not None:
            say(f"{export_all(ledger, out)} runs written to {out}")
            return
        ids = [run_id] if run_id is not None else [run.run_id for run in reversed(ledger.runs(limit=None))]
        lines = (json.dumps(export_run(ledger, each), allow_nan=False) + "\n" for each in ids)
        if out is None:
            for line in lines:
                click.echo(line, nl=False)
        else:
            _write(out, next(lines))


def _write(path: Path, text: str) -> None:
    """Write a file. Raises `UsageError` where none can be written."""
    from hierarchy.errors import UsageError

    try:
        path.write_text(text, encoding="ascii")
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise UsageError(f"cannot write {str(path)!r}: {error.strerror}; name another file after --out") from error


def _ledger(profile: str | None, config: Path | None) -> "Ledger":
    from hierarchy.ledger.ledger import Ledger

    return Ledger.open(load(profile, config).settings.ledger.url)


def _status(name: str | None) -> str | None:
    """The status or state asked for. Raises `UnknownName` with the nearest one."""
    import typing

    from hi_moe.settings_layers import suggest
    from hierarchy.errors import UnknownName
    from hierarchy.ledger.records import State
    from hierarchy.plan import Status

    known = (*typing.get_args(Status), *typing.get_args(State))
    if name is None or name in known:
        return name
    raise UnknownName(f"no status {name!r}{suggest(name, known) or '; there are: ' + ', '.join(known)}")
