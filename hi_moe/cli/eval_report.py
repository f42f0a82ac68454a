"""`hi-moe eval report`: one page, the plots with their data, and the summary that also goes to stdout."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hi_moe.cli.options import json_option

if TYPE_CHECKING:
    from evals.report.summary import Summary
    from evals.results import Results

_PATH = click.Path(path_type=Path)


@click.command(
    epilog="""\b
hi-moe eval report runs/humaneval+-direct
hi-moe eval report runs/direct runs/best-of-n runs/hierarchy --out reports/humaneval+ --open"""
)
@click.argument("folders", type=_PATH, nargs=-1, required=True, metavar="DIR...")
@click.option(
    "--out", type=_PATH, metavar="FOLDER", help="Where to write it.  [default: DIR/report; of several runs: ./report]"
)
@click.option(
    "--no-statements", is_flag=True, help="Leave statements, programs and test inputs out, to publish it without them."
)
@click.option("--k", "ks", metavar="A,B", help="Which pass@k.  [default: powers of two, up to the samples of an item]")
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
@json_option
def report(
    folders: tuple[Path, ...], out: Path | None, no_statements: bool, ks: str | None, open_page: bool, as_json: bool
) -> None:
    """Report on the runs in DIR...: scores, comparison, costs, and every problem with its attempts.

    Writes report.html (one file, needs no network), a PNG and a CSV of each plot, summary.json and summary.txt into
    FOLDER, and prints the summary. Files of an earlier report there are replaced.
    """
    from evals.report.summary import as_json as numbers
    from evals.report.summary import as_text
    from evals.results import load_results
    from hi_moe.cli.streams import say

    folder = out or (folders[0] / "report" if len(folders) == 1 else Path("report"))
    results = [load_results(each) for each in folders]
    page, summary = write(results, folder, statements=not no_statements, ks=_numbers(ks))
    click.echo(json.dumps(numbers(summary), allow_nan=False) if as_json else as_text(summary), nl=as_json)
    say(f"the report is in {page}")
    if open_page:
        browse(page)


def _numbers(ks: str | None) -> tuple[int, ...]:
    """The numbers of a list with commas. Raises `click.UsageError`."""
    parts = [part.strip() for part in (ks or "").split(",") if part.strip()]
    if ks is not None and not (parts and all(part.isdecimal() and len(part) < 10 for part in parts)):
        raise click.UsageError(f"--k {ks!r} is no list of numbers such as 1,5,10", click.get_current_context())
    return tuple(sorted({int(part) for part in parts}))


def write(
    results: "list[Results]", folder: Path, *, statements: bool = True, ks: tuple[int, ...] = ()
) -> "tuple[Path, Summary]":
    """Write the report of some runs; the page's path and what it says."""
    from evals.report.write import PAGE, write_report
    from hi_moe.provenance import version

    return folder / PAGE, write_report(results, folder, statements=statements, ks=ks, version=version())


def browse(page: Path, fragment: str = "") -> None:
    """Open a page in the default browser; where there is none, say how to look at it."""
    import webbrowser

    from hi_moe.cli.streams import say

    address = page.resolve().as_uri() + (f"#{fragment}" if fragment else "")
    if not webbrowser.open(address):
        say(f"no browser could be opened here; open this file in one: {address}")
