"""Sections about what the hierarchy itself decides: which answer to give, whom to ask, and how sure it is."""

from collections.abc import Sequence

from evals.analysis.calibration import Calibration, Precision
from evals.analysis.routing import Routing
from evals.analysis.selection import Selection
from evals.report.figures import Curve, Line, Point
from evals.report.runs import Run
from evals.report.tables import Section, Table, cells, columns, share
from evals.report.text import count, one_line, percent


def choosing(runs: Sequence[Run], found: Sequence[Selection | None]) -> Section | None:
    """Oracle@n beside what was picked; None when no run had graded candidates to choose from."""
    if not any(each is not None and each.most > 1 for each in found):
        return None
    rows = tuple(
        cells(
            run.name,
            count(each.samples),
            f"{each.candidates:.1f}",
            percent(each.first),
            percent(each.picked),
            percent(each.oracle),
            "-" if each.efficiency is None else f"{each.efficiency:.2f}",
        )
        for run, each in zip(runs, found, strict=True)
        if each is not None
    )
    head = ("Run", "Samples", "Candidates", "First", "Picked", "Oracle", "Efficiency")
    note = (
        "Oracle: a right candidate was there. A sample without a candidate counts, as one without a right one. "
        "Efficiency is (picked - first) / (oracle - first): 1 is perfect choosing, 0 is none, below 0 is harmful."
    )
    return Section(
        "selection",
        "Selection",
        "Was a right candidate there, and was it the one that was given?",
        tables=(Table("Selection among candidates", columns(*head), rows, (note,)),),
    )


def routing_section(runs: Sequence[Run], found: Sequence[Routing | None]) -> Section | None:
    """Whether the right specialist was asked first; None where nothing was routed or no family is known."""
    tables = []
    for run, each in zip(runs, found, strict=True):
        if each is None:
            continue
        rows = tuple(
            cells(one_line(family, 60), *(count(number) if number else "·" for number in numbers))
            for family, numbers in zip(each.families, each.confusion, strict=True)
        )
        head = ("Family", *(one_line(name, 60) for name in each.specialists))
        note = f"Right first: {share(each.accuracy, each.interval)} of {count(each.items)} items with a known family."
        tables.append(Table(f"Samples by family and first specialist: {run.name}", columns(*head), rows, (note,)))
    if not tables:
        return None
    return Section("routing", "Routing", "Was the specialist of the item's family asked first?", tables=tuple(tables))


def trust(
    runs: Sequence[Run], found: Sequence[Calibration | None], statuses: Sequence[Sequence[Precision]]
) -> Section | None:
    """What the stated status and probability are worth; None where no run states any."""
    rows = tuple(
        cells(run.name, each.status, count(each.samples), count(each.passed), share(each.precision, each.interval))
        for run, precisions in zip(runs, statuses, strict=True)
        for each in precisions
    )
    tables = [
        Table(
            "How often answers of each status are right",
            columns("Run", "Status", "Samples", "Right", "Share right (95 %)", names=2),
            rows,
        )
    ]
    known = [(run, each) for run, each in zip(runs, found, strict=True) if each is not None]
    if not known:
        return None
    tables.append(
        Table(
            "Calibration",
            columns("Run", "Samples", "Brier", "Base rate's", "ECE"),
            tuple(
                cells(
                    run.name,
                    count(each.samples),
                    f"{each.brier:.3f}",
                    f"{each.brier_of_base_rate:.3f}",
                    f"{each.error:.3f}",
                )
                for run, each in known
            ),
            (
                "Brier score; that of always stating the share that is right, below which a probability says more; "
                "ECE, the expected calibration error. Lower is better.",
            ),
        )
    )
    lines = tuple(
        Line(
            run.name,
            tuple(
                Point(part.stated, part.observed, *part.interval, label=f"{part.samples} samples") for part in each.bins
            ),
            run.series,
        )
        for run, each in known
    )
    figure = Curve(
        "calibration",
        "Stated probability and share right",
        "stated probability",
        "share right",
        lines,
        shares=True,
        note="On the dashed line, what is stated is what is seen. Bars are 95 % intervals.",
    )
    return Section(
        "trust",
        "Calibration",
        "Is an answer right as often as the solver says?",
        tables=tuple(tables),
        figures=(figure,),
    )
