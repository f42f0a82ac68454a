"""Where a run's numbers come from: what is needed to repeat it, and what went wrong on our side."""

import json
import re
from collections.abc import Sequence

from evals.manifest import Manifest
from evals.report.runs import Run
from evals.report.tables import Section, Table, cells, columns
from evals.report.text import LEFT_OUT, one_line, shown
from hierarchy.wording import plural

MOST_ERRORS = 100
"""Rows of the table of errors."""
_REVISION = re.compile(r"\b[0-9a-f]{40}\b")


def provenance(manifest: Manifest) -> list[tuple[str, str]]:
    """Names and values: set, solver, weights, prompts, settings, and each process that worked on the run."""
    found = [
        ("set", f"{manifest.set.name}, {plural(len(manifest.set.items), 'item')}"),
        ("set sha256", manifest.set.sha256),
        ("set from", manifest.set.source),
        ("solver", manifest.solver),
        ("parameters", _json(manifest.parameters)),
        ("samples an item", str(manifest.n)),
        ("seed", str(manifest.seed)),
        *((f"weights {name}", sha256 or "no weights to hash") for name, sha256 in manifest.models.items()),
        *((f"prompt {name}", sha256) for name, sha256 in manifest.prompts.items()),
    ]
    for number, session in enumerate(manifest.sessions, 1):
        place = "" if len(manifest.sessions) == 1 else f" {number}"
        found += [
            (f"session{place}", f"begun {session.started}, executor {session.executor}"),
            (f"hi-moe{place}", session.hi_moe),
            (f"isolation{place}", session.isolation),
            (f"machine{place}", ", ".join(f"{name} {value}" for name, value in session.machine.items())),
        ]
    found.append(("settings", _json(manifest.settings)))
    return [(shown(name, 120), shown(value)) for name, value in found if value]


def origin(manifest: Manifest) -> str:
    """In one line what a number is worth nothing without: code, sandbox, data, weights."""
    last = manifest.sessions[-1] if manifest.sessions else None
    parts = [f"hi-moe {_REVISION.sub(_short, last.hi_moe)}", f"sandbox {last.isolation}"] if last is not None else []
    parts.append(f"{manifest.set.name} {manifest.set.sha256[:12]}")
    parts += [f"{name} {sha256[:12]}".rstrip() for name, sha256 in manifest.models.items()]
    return shown(f"{', '.join(parts)}, seed {manifest.seed}", 500)


def trouble(runs: Sequence[Run], *, statements: bool = True) -> Section | None:
    """Cells that our own machinery failed: they count for nobody. None when there are none.

    Without `statements` it does not say how: an error may quote a problem.
    """
    lost = [(run.name, error) for run in runs for error in run.results.errors]
    if not lost:
        return None
    rows = tuple(
        cells(
            run,
            one_line(error.task_id, 120),
            str(error.sample),
            str(error.attempt),
            one_line(error.error, 160) if statements else LEFT_OUT,
        )
        for run, error in lost[:MOST_ERRORS]
    )
    notes = [f"{plural(len(lost) - MOST_ERRORS, 'more')} not shown"] if len(lost) > MOST_ERRORS else []
    head = columns("Run", "Item", "Sample", "Tries", "Error", names=2)
    head = (*head[:-1], head[-1]._replace(numeric=False))
    return Section(
        "errors",
        "Errors",
        "Samples that failed on our side, not the solver's. They are never scored; the run tries them again with "
        "--resume, and grading does with hi-moe eval grade.",
        tables=(Table("Failed on our side", head, rows, tuple(notes)),),
    )


def _short(revision: re.Match[str]) -> str:
    return revision[0][:12]


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) if data else ""
