"""Everything a report says, computed once: shown in the terminal, in the page and as JSON."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from evals.analysis.calibration import Calibration, Precision, calibration, precisions
from evals.analysis.costs import Costs, costs
from evals.analysis.curve import CurvePoint, cost_quality
from evals.analysis.routing import Routing, routing
from evals.analysis.scores import Scores
from evals.analysis.selection import Selection, selection
from evals.compare import Side
from evals.report.choosing import choosing, routing_section, trust
from evals.report.comparing import Compared, compared, comparing
from evals.report.origin import origin, provenance, trouble
from evals.report.runs import Run, named
from evals.report.scoring import least_samples, scores_of, scoring
from evals.report.spending import spending
from evals.report.tables import Section, interval, plain
from evals.report.text import LEFT_OUT, one_line, percent, seconds
from evals.results import Results
from hierarchy.wording import plural


@dataclass(frozen=True)
class Measured:
    """All that was computed about one run."""

    run: Run
    scores: Scores
    selection: Selection | None
    routing: Routing | None
    precisions: tuple[Precision, ...]
    calibration: Calibration | None
    costs: Costs
    curve: tuple[CurvePoint, ...]

    @property
    def line(self) -> str:
        """The run in one line."""
        overall, costs = self.scores.overall, self.costs
        words = [
            f"{self.run.name}: pass@1 {percent(overall.pass_at_1)}",
            f"({plural(overall.items, 'item')}, 95 % interval {interval(overall.interval)})",
            f"at {costs.tokens_per_problem:,.0f} tokens and {seconds(costs.time_per_problem)} a problem",
        ]
        return " ".join(words)


@dataclass(frozen=True)
class Summary:
    """What a report is made of."""

    title: str
    measured: tuple[Measured, ...]
    comparisons: tuple[Compared, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    """About the files: a line that was not finished, statements that are missing."""
    statements: bool = True
    """Whether the set's texts, and lines that may quote them, may be shown."""

    @property
    def runs(self) -> tuple[Run, ...]:
        """The runs it is about."""
        return tuple(each.run for each in self.measured)


def summarize(results: Sequence[Results], ks: Sequence[int] = (), *, statements: bool = True) -> Summary:
    """Compute a report about one or more runs, with pass@k for `ks` (by default powers of two).

    Raises `UsageError` for a run without a graded sample, and for a k that no run has the samples for.
    """
    runs = named(results)
    most = max(map(least_samples, results))
    measured = tuple(_measure(run, ks, most) for run in runs)
    comparisons, not_compared = compared(runs)
    sections = (
        scoring(runs, [each.scores for each in measured]),
        comparing(comparisons, not_compared),
        spending(runs, [each.costs for each in measured], [each.curve for each in measured]),
        choosing(runs, [each.selection for each in measured]),
        routing_section(runs, [each.routing for each in measured]),
        trust(runs, [each.calibration for each in measured], [each.precisions for each in measured]),
        trouble(runs, statements=statements),
    )
    sets = dict.fromkeys(run.results.manifest.set.name for run in runs)
    solvers = dict.fromkeys(run.results.manifest.solver for run in runs)
    notes = [f"{run.name}: {note}" for run in runs for note in run.results.notes]
    return Summary(
        title=one_line(f"{', '.join(sets)}: {', '.join(solvers)}", 200),
        measured=measured,
        comparisons=tuple(comparisons),
        sections=tuple(section for section in sections if section is not None),
        notes=tuple(one_line(note, 2_000) for note in (notes if comparisons else [*notes, *not_compared])),
        statements=statements,
    )


def _measure(run: Run, ks: Sequence[int], most: int) -> Measured:
    results = run.results
    return Measured(
        run=run,
        scores=scores_of(results, ks, most),
        selection=selection(results),
        routing=routing(results),
        precisions=precisions(results),
        calibration=calibration(results),
        costs=costs(results),
        curve=cost_quality(results),
    )


def as_text(summary: Summary) -> str:
    """The summary for a terminal: plain tables, no colours, nothing of others that could act on it."""
    parts = [f"{summary.title}\n"]
    lines = [each.line for each in summary.measured] + [each.sentence for each in summary.comparisons]
    lines += dict.fromkeys(f"made with {origin(run.results.manifest)}" for run in summary.runs)
    parts.append("".join(f"{line}\n" for line in lines))
    if summary.notes:
        parts.append("".join(f"note: {note}\n" for note in summary.notes))
    for section in summary.sections:
        parts += [f"note: {note}\n" for note in section.notes]
        parts += map(plain, section.tables)
    return "\n".join(parts)


def as_json(summary: Summary) -> dict[str, Any]:
    """The summary for programs: every number unrounded, with what each run was made with."""
    return {
        "runs": [
            {
                "name": each.run.name,
                "manifest": _plain(each.run.results.manifest),
                "provenance": dict(provenance(each.run.results.manifest)),
                **{
                    field.name: _plain(getattr(each, field.name))
                    for field in dataclasses.fields(each)
                    if field.name != "run"
                },
                "missing": len(each.run.results.missing),
                "ungraded": len(each.run.results.ungraded),
                "errors": [
                    _plain(error) | ({} if summary.statements else {"error": LEFT_OUT})
                    for error in each.run.results.errors
                ],
            }
            for each in summary.measured
        ],
        "comparisons": [
            # The sides by the runs' names: where a run lies is nothing for a file that others see.
            _plain(dataclasses.replace(each.found, a=_renamed(each.found.a, each.a), b=_renamed(each.found.b, each.b)))
            for each in summary.comparisons
        ],
        "notes": list(summary.notes),
    }


def _renamed(side: Side, run: Run) -> Side:
    return dataclasses.replace(side, name=run.name)


def _plain(value: Any) -> Any:
    """Dataclasses, named tuples and models as mappings."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value
