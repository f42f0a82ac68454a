"""The cost-quality curve: which pass@1 a run would have reached had it stopped at a budget of tokens per problem.

It is read off the attempts that were recorded; nothing is run again. Per sample:

- An attempt costs what had been spent when it was complete: all model calls of earlier rounds; of its own round what
  Monitor, Architect and Dispatcher asked, the prompts of the Fleet, and the completions of this attempt and of those
  listed before it. What Selector calls and cancelled samples took in its round counts after it. Where no calls were
  recorded, it costs the tokens of the attempts up to and including it.
- With a budget below what the sample spent in all, the answer is the complete attempt at the whole problem with the
  best verdict on the public tests (all pass; well-formed; most tests pass), the earliest among equals. Before the first
  one there is no answer, which is wrong.
- With a budget that covers everything the sample spent, the answer is the one that was given. That is all there is of
  a sample without candidates, such as one of a problem that the solver could not take.

Assumed: a smaller budget would have led to the same attempts in the same order, which holds for a ladder that stops
when its tokens are used up, not for one that plans ahead by them; samples decoded side by side are taken one after the
other; and what selection would have chosen half-way is replaced by the rule above. So it is an estimate, exact only at
its right end. It need not rise everywhere: a later choice can be worse.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evals.analysis.means import mean_over_items
from evals.analysis.selection import candidates
from evals.results import Cell, Results, Row
from evals.stats.intervals import Interval, wilson
from hierarchy.attempt import Attempt
from hierarchy.errors import UsageError

POINTS = 50
"""Budgets where none are asked for, at most."""


@dataclass(frozen=True)
class CurvePoint:
    """What a budget would have bought."""

    budget: int
    """Tokens per problem, prompt plus completion, at most."""
    tokens: float
    """Tokens per problem that the attempts within the budget took; mean over items."""
    answered: float
    """Share of samples with an answer, in 0..1."""
    pass_at_1: float
    interval: Interval
    """Wilson's for pass@1, 95 %."""


class _Stop(NamedTuple):
    """A moment at which a sample could have been stopped."""

    tokens: int
    passed: bool
    answered: bool = True


def cost_quality(results: Results, budgets: Sequence[int] | None = None) -> tuple[CurvePoint, ...]:
    """The curve at the given budgets (default: up to 50, evenly spread over the stops), sorted and each once.

    Over all samples that count; empty when no candidate of any was graded. Raises `UsageError` for a negative budget.
    """
    rows = results.scored
    if not any(map(candidates, rows)):
        return ()
    stops = {row.cell: _stops(row) for row in rows}
    if budgets is None:
        budgets = _spread(stop.tokens for row_stops in stops.values() for stop in row_stops)
    if min(budgets, default=0) < 0:
        raise UsageError(f"a budget of {min(budgets)} tokens cannot be; give budgets of 0 or more")
    return tuple(_point(budget, rows, stops) for budget in sorted(set(budgets)))


def _point(budget: int, rows: Sequence[Row], stops: dict[Cell, list[_Stop]]) -> CurvePoint:
    reached = {
        row.cell: next((stop for stop in reversed(stops[row.cell]) if stop.tokens <= budget), None) for row in rows
    }

    def passed(row: Row) -> bool:
        stop = reached[row.cell]
        return stop is not None and stop.passed

    def answered(row: Row) -> bool:
        stop = reached[row.cell]
        return stop is not None and stop.answered

    def tokens(row: Row) -> int:
        stop = reached[row.cell]
        return 0 if stop is None else stop.tokens

    share = mean_over_items(rows, passed)
    items = len({row.item.id for row in rows})
    return CurvePoint(
        budget=budget,
        tokens=mean_over_items(rows, tokens),
        answered=mean_over_items(rows, answered),
        pass_at_1=share,
        interval=wilson(min(share * items, items), items),
    )


def _stops(row: Row) -> list[_Stop]:
    """When the sample could have been stopped and whether its answer was right then, cheapest first."""
    total = row.sample.usage.tokens
    is_right = candidates(row)
    found: list[_Stop] = []
    best: Attempt | None = None
    for attempt, tokens in _completions(row):
        if tokens >= total:
            break
        if attempt.id in is_right and (best is None or _rank(attempt) > _rank(best)):
            best = attempt
        if best is not None:
            found.append(_Stop(tokens, is_right[best.id]))
    return [*found, _Stop(total, bool(row.passed), bool(row.sample.solution))]


def _completions(row: Row) -> list[tuple[Attempt, int]]:
    """Each attempt with the tokens that had been spent when it was complete, cheapest first."""
    calls = row.sample.calls
    found: list[tuple[Attempt, int]] = []
    if not calls:
        spent = 0
        for attempt in row.sample.attempts:
            spent += attempt.candidate.usage.tokens
            found.append((attempt, spent))
        return found
    for number in dict.fromkeys(attempt.round for attempt in row.sample.attempts):
        before = sum(call.usage.tokens for call in calls if call.round < number)
        here = [call for call in calls if call.round == number]
        spent = before + sum(call.usage.tokens for call in here if call.tier not in ("fleet", "selector"))
        spent += sum(call.usage.prompt_tokens for call in here if call.tier == "fleet")
        for attempt in (each for each in row.sample.attempts if each.round == number):
            spent += attempt.candidate.usage.completion_tokens
            found.append((attempt, spent))
    return found


def _rank(attempt: Attempt) -> tuple[bool, bool, float]:
    verdict = attempt.verdict
    share = verdict.tests_passed / verdict.tests_total if verdict.tests_total else 0.0
    return verdict.solved, verdict.status == "accepted", share


def _spread(tokens: Iterable[int]) -> list[int]:
    """At most `POINTS` of the values: evenly spread over their ranks, the first and the last among them."""
    known = sorted(set(tokens))
    if len(known) <= POINTS:
        return known
    return [known[math.floor(place * (len(known) - 1) / (POINTS - 1) + 0.5)] for place in range(POINTS)]
