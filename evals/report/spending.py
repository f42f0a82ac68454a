"""The section about what the answers cost: per problem, per tier and specialist, and what less would have bought."""

from collections.abc import Callable, Sequence

from evals.analysis.costs import Cost, Costs
from evals.analysis.curve import CurvePoint
from evals.report.figures import Curve, Line, Point
from evals.report.runs import Run
from evals.report.tables import Cell, Section, Table, cells, columns
from evals.report.text import count, one_line, seconds


def spending(runs: Sequence[Run], found: Sequence[Costs], curves: Sequence[Sequence[CurvePoint]]) -> Section:
    """Costs of every run, and their cost-quality curves."""
    lines = tuple(
        Line(
            run.name,
            tuple(
                Point(each.tokens, each.pass_at_1, each.interval.low, each.interval.high, f"budget {each.budget:,}")
                for each in curve
            ),
            run.series,
        )
        for run, curve in zip(runs, curves, strict=True)
        if curve
    )
    curve = Curve(
        "cost_quality",
        "Quality over cost",
        "tokens per problem",
        "pass@1",
        lines,
        note="What each run would have scored with a smaller budget, read off its recorded attempts: an estimate, "
        "exact at its right end.",
    )
    return Section(
        "cost",
        "Cost",
        "Tokens are prompt plus completion, over all tiers. Per problem: mean over items of what one sample took. Time "
        "of the run: its wall time over its samples; the other times overlap where several are worked on at once.",
        tables=(_per_problem(runs, found), *(_accounting(run, each) for run, each in zip(runs, found, strict=True))),
        figures=(curve,) if lines else (),
    )


def _per_problem(runs: Sequence[Run], found: Sequence[Costs]) -> Table:
    """A row a kind of cost, a column a run."""
    kinds: tuple[tuple[str, Callable[[Costs], str]], ...] = (
        ("Tokens", lambda each: count(each.tokens_per_problem)),
        ("Time of the run", lambda each: seconds(each.wall_seconds_per_problem)),
        ("From question to answer", lambda each: seconds(each.seconds_per_problem)),
        ("Model", lambda each: seconds(each.model_seconds_per_problem)),
        ("Queue", lambda each: seconds(each.queue_seconds_per_problem)),
        ("Sandbox", lambda each: seconds(each.sandbox_seconds_per_problem)),
        ("Model calls", lambda each: f"{each.calls_per_problem:.1f}"),
        ("Rounds", lambda each: f"{each.rounds_per_problem:.1f}"),
        ("Points of pass@1 per 1,000 tokens", lambda each: _points(each.pass_at_1_per_1000_tokens)),
    )
    rows = tuple(cells(name, *(told(each) for each in found)) for name, told in kinds)
    return Table("Cost per problem", columns("", *(run.name for run in runs)), rows)


def _points(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


def _accounting(run: Run, found: Costs) -> Table:
    head = ("Tier", "Specialist", "Rounds", "Calls", "Samples", "Tokens in", "Tokens out", "Model", "Queue", "Sandbox")
    parts = [*found.parts, *([found.total] if len(found.parts) > 1 else [])]
    note = "Seconds of calls that overlap count for each of them, and a round for each who works in it."
    return Table(f"Who spent what: {run.name}", columns(*head, names=2), tuple(map(_part, parts)), (note,))


def _part(cost: Cost) -> tuple[Cell, ...]:
    cancelled = f" ({count(cost.cancelled)} cut off)" if cost.cancelled else ""
    return cells(
        cost.tier,
        one_line(cost.specialist or "", 60),
        count(cost.rounds or None),
        count(cost.usage.calls),
        f"{count(cost.samples)}{cancelled}",
        count(cost.usage.prompt_tokens),
        count(cost.usage.completion_tokens),
        seconds(cost.usage.model_seconds),
        seconds(cost.usage.queue_seconds),
        seconds(cost.usage.sandbox_seconds),
    )
