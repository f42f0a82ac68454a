"""A report's folder: the page, the figures with their data, and the summary as text and as JSON."""

import errno
import json
from collections.abc import Sequence
from pathlib import Path

from evals.report.html import render
from evals.report.plots import write_figures
from evals.report.summary import Summary, as_json, as_text, summarize
from evals.results import Results
from hierarchy.errors import UsageError

PAGE = "report.html"


def write_report(
    results: Sequence[Results], folder: Path, *, statements: bool = True, ks: Sequence[int] = (), version: str = ""
) -> Summary:
    """Write the report of some runs into a folder and say what it says.

    Files of an earlier report in it are replaced or removed, and no others. Raises `UsageError` where nothing can be
    written, and what `summarize` raises; `MissingComponent` without matplotlib.
    """
    summary = summarize(results, ks, statements=statements)
    page = render(summary, version=version)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PAGE).write_text(page, encoding="utf-8")
        (folder / "summary.txt").write_text(as_text(summary), encoding="utf-8")
        (folder / "summary.json").write_text(json.dumps(as_json(summary), indent=1) + "\n", encoding="utf-8")
        write_figures([figure for section in summary.sections for figure in section.figures], folder)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise UsageError(
            f"cannot write the report into {str(folder)!r}: {error.strerror}; name another folder: --out DIR"
        ) from error
    return summary
