"""Sections about how often the answers are right: in all, and by what the items are."""

from collections.abc import Sequence

from evals.analysis.scores import Score, Scores, scores
from evals.report.figures import Score as Bar
from evals.report.figures import Scores as Bars
from evals.report.runs import Run
from evals.report.tables import Cell, Section, Table, cells, columns, drawn, interval, share
from evals.report.text import count, one_line, percent
from evals.results import Results
from hierarchy.wording import plural

MOST_GROUPS = 40
"""Rows of one breakdown; the largest groups stay."""


def least_samples(results: Results) -> int:
    """Samples that every item with any has: the largest k of pass@k."""
    numbers = [sum(row.scored for row in rows) for rows in results.by_item.values()]
    return min((number for number in numbers if number), default=0)


def scores_of(results: Results, ks: Sequence[int] = (), most: int = 0) -> Scores:
    """The scores of a run with pass@k for `ks`, by default for powers of two and for all samples.

    `most`: the largest k that another run of the report has; up to it a k beyond this one's samples is left out.
    Raises `UsageError` without grades, and for a k beyond the samples of an item and `most`.
    """
    least = least_samples(results)
    if ks:
        return scores(results, [k for k in ks if not least < k <= most])
    return scores(results, sorted({k for k in (2, 4, 8, 16, 32, 64, least) if 1 < k <= least}))


def scoring(runs: Sequence[Run], found: Sequence[Scores]) -> Section:
    """pass@1 with its interval, of every run."""
    ks = sorted({k for each in found for k in each.pass_at_k})
    base = any(each.base for each in found)
    titles = ["Run", "Solver", "Set", "Items", "Samples", "Right", "pass@1", "95 % interval", ""]
    titles += [*(["Base inputs"] if base else []), *(f"pass@{k}" for k in ks)]
    rows = []
    for run, each in zip(runs, found, strict=True):
        manifest, overall = run.results.manifest, each.overall
        extra = [percent(each.base.pass_at_1) if each.base else "-"] if base else []
        extra += [percent(each.pass_at_k.get(k)) for k in ks]
        row: list[str | Cell] = [run.name, manifest.solver, manifest.set.name]
        row += [count(overall.items), count(overall.samples), count(overall.passed)]
        row += [percent(overall.pass_at_1), interval(overall.interval)]
        rows.append(cells(*row, drawn(overall.pass_at_1, overall.interval, run.series), *extra))
    notes = ["pass@1 is on base and further inputs; the base inputs alone are easier to pass."] if base else []
    if any(k not in each.pass_at_k for each in found for k in ks):
        notes.append("A dash: the run has items with fewer samples than pass@k takes.")
    if any(run.results.manifest.n > 1 for run in runs):
        notes.append(
            "Intervals are over items: with several samples of an item they are wider than they need be, those of one "
            "item being taken as no more than one."
        )
    table = Table("Scores", columns(*titles, names=3), tuple(rows), tuple(notes))
    bars = [
        Bar(run.name, each.overall.pass_at_1, each.overall.interval.low, each.overall.interval.high, run.series)
        for run, each in zip(runs, found, strict=True)
    ]
    return Section(
        "scores",
        "Scores",
        "How many items are answered right, as the hidden tests judge it, with Wilson's 95 % interval.",
        notes=tuple(note for run in runs for note in _incomplete(run)),
        tables=(table, *_groups(runs, found)),
        figures=(Bars("scores", "pass@1 with 95 % intervals", "items answered right", tuple(bars)),),
    )


def _incomplete(run: Run) -> list[str]:
    results = run.results
    total = len(results.items) * results.manifest.n
    parts = []
    if results.missing:
        parts.append(f"{plural(len(results.missing), 'sample')} of {count(total)} not there yet")
    failed = {(error.task_id, error.sample) for error in results.errors}
    spoilt = sum(row.cell in failed for row in results.ungraded)
    if waiting := len(results.ungraded) - spoilt:
        parts.append(f"{plural(waiting, 'sample')} not graded yet")
    if spoilt:
        parts.append(f"{plural(spoilt, 'sample')} whose grading failed on our side")
    return [f"{run.name}: {', '.join(parts)}; the score is over the rest."] if parts else []


def _groups(runs: Sequence[Run], found: Sequence[Scores]) -> list[Table]:
    """One table a dimension in which the items differ."""
    tables = []
    for dimension in dict.fromkeys(name for each in found for name in each.groups):
        by_run = [{group.group: group for group in each.groups.get(dimension, ())} for each in found]
        sizes: dict[str, int] = {}
        for groups in by_run:
            for name, group in groups.items():
                sizes[name] = max(sizes.get(name, 0), group.items)
        if len(sizes) < 2:
            continue
        largest = set(sorted(sizes, key=lambda name: -sizes[name])[:MOST_GROUPS])
        kept = [name for name in sizes if name in largest]
        notes = [f"{plural(len(sizes) - len(kept), 'smaller group')} not shown"] if len(kept) < len(sizes) else []
        if dimension == "specialist":
            notes.append("By who wrote the answer that was chosen: a specialist that gets the hard items looks worse.")
        title = f"pass@1 by {one_line(dimension, 40)}"
        rows = tuple(_group_row(name, sizes[name], [groups.get(name) for groups in by_run]) for name in kept)
        head = [one_line(dimension.capitalize(), 40), "Items"]
        head += ["pass@1 (95 %)", ""] if len(runs) == 1 else [run.name for run in runs]
        tables.append(Table(title, columns(*head), rows, tuple(notes)))
    return tables


def _group_row(name: str, items: int, groups: Sequence[Score | None]) -> tuple[Cell, ...]:
    told: list[str | Cell] = [share(group.pass_at_1, group.interval) if group else "-" for group in groups]
    only = groups[0]
    if len(groups) == 1:
        told.append(drawn(only.pass_at_1, only.interval, 0) if only else "")
    return cells(one_line(name, 60), count(items), *told)
