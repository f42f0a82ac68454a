"""What a run cost, and who spent it: tokens, seconds and calls per tier and specialist."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from evals.analysis.means import mean_over_items
from evals.results import Results, Row
from evals.sample import Sample
from hierarchy.attempt import Attempt
from hierarchy.ledger.records import ModelCall
from hierarchy.usage import Usage

OTHER = "other"
"""What was spent beside the recorded calls: programs that ran for selection, calls of a process that was killed."""


@dataclass(frozen=True)
class Cost:
    """What was spent on one thing, summed over samples. Seconds are summed too: work done side by side counts twice."""

    tier: str
    """`monitor`, `architect`, `dispatcher`, `fleet`, `selector`, `other`, or `all`."""
    specialist: str | None = None
    samples: int = 0
    """Completions that were asked for."""
    cancelled: int = 0
    """Of those, cut off before they were complete."""
    rounds: int = 0
    """Rounds of the ring in which it worked, summed over samples; those of all parts are more than those of the run,
    since several work in one round."""
    usage: Usage = field(default_factory=Usage)

    def __add__(self, other: "Cost") -> "Cost":
        """Both, under the name of the first."""
        return replace(
            self,
            samples=self.samples + other.samples,
            cancelled=self.cancelled + other.cancelled,
            rounds=self.rounds + other.rounds,
            usage=self.usage + other.usage,
        )


@dataclass(frozen=True)
class Costs:
    """The accounting of a run. "Per problem": mean over items of what one sample of it took."""

    samples: int
    """Every finished sample, also those that are not graded."""
    total: Cost
    """As the samples state it themselves."""
    parts: tuple[Cost, ...]
    """By tier and specialist, in the order in which they first work; they add up to `total`."""
    tokens_per_problem: float
    seconds_per_problem: float
    """Wall seconds from question to answer, in which others may have been worked on, too."""
    wall_seconds_per_problem: float | None
    """Wall seconds of the run over its samples: time in which several were worked on counts once."""
    model_seconds_per_problem: float
    queue_seconds_per_problem: float
    sandbox_seconds_per_problem: float
    calls_per_problem: float
    rounds_per_problem: float
    pass_at_1_per_1000_tokens: float | None
    """pass@1, in 0..1, divided by thousands of tokens per problem, both over the samples that count; None without."""

    @property
    def time_per_problem(self) -> float:
        """Seconds: the run's wall time where it is known, else from question to answer."""
        return _known(self.wall_seconds_per_problem, self.seconds_per_problem)


def costs(results: Results) -> Costs:
    """What a run cost; zeros when nothing is finished."""
    rows = results.rows
    total = Cost(
        "all",
        usage=sum((row.sample.usage for row in rows), Usage()),
        samples=sum(call.samples for row in rows for call in row.sample.calls),
        cancelled=sum(call.cancelled for row in rows for call in row.sample.calls),
        rounds=sum(row.sample.rounds for row in rows),
    )
    return Costs(
        samples=len(rows),
        total=total,
        parts=_parts(rows, total),
        tokens_per_problem=tokens_per_problem(rows),
        seconds_per_problem=mean_over_items(rows, lambda row: row.sample.seconds),
        wall_seconds_per_problem=wall_seconds_per_problem(rows),
        model_seconds_per_problem=mean_over_items(rows, lambda row: row.sample.usage.model_seconds),
        queue_seconds_per_problem=mean_over_items(rows, lambda row: row.sample.usage.queue_seconds),
        sandbox_seconds_per_problem=mean_over_items(rows, lambda row: row.sample.usage.sandbox_seconds),
        calls_per_problem=mean_over_items(rows, lambda row: row.sample.usage.calls),
        rounds_per_problem=mean_over_items(rows, lambda row: row.sample.rounds),
        pass_at_1_per_1000_tokens=pass_at_1_per_1000_tokens(results.scored),
    )


def tokens_per_problem(rows: Iterable[Row]) -> float:
    """Mean over items of the tokens of one sample; 0 of none."""
    return mean_over_items(rows, lambda row: row.sample.usage.tokens)


def time_per_problem(rows: Iterable[Row]) -> float:
    """Seconds: the run's wall time over its samples where it is known, else from question to answer."""
    known = tuple(rows)
    return _known(wall_seconds_per_problem(known), mean_over_items(known, lambda row: row.sample.seconds))


def _known(wall: float | None, answering: float) -> float:
    return answering if wall is None else wall


def wall_seconds_per_problem(rows: Iterable[Row]) -> float | None:
    """Wall seconds in which anything was worked on, over the number of samples: what a run takes, whatever its
    concurrency. Counts the samples whose time is known; None when that is none."""
    known = (row.sample for row in rows if row.sample.finished)
    spans = sorted((sample.finished - sample.seconds, sample.finished) for sample in known)
    busy, until = 0.0, float("-inf")
    for start, end in spans:
        busy += max(0.0, end - max(start, until))
        until = max(until, end)
    return busy / len(spans) if spans else None


def pass_at_1_per_1000_tokens(rows: Iterable[Row]) -> float | None:
    """pass@1 divided by thousands of tokens per problem; None where no tokens are known."""
    known = tuple(rows)
    tokens = tokens_per_problem(known)
    return 1000 * mean_over_items(known, lambda row: bool(row.passed)) / tokens if tokens else None


def _parts(rows: Iterable[Row], total: Cost) -> tuple[Cost, ...]:
    found: dict[tuple[str, str | None], Cost] = {}

    def add(cost: Cost) -> None:
        key = (cost.tier, cost.specialist)
        found[key] = found[key] + cost if key in found else cost

    for row in rows:
        for call in row.sample.calls:
            add(_of_call(call))
        for attempt in row.sample.attempts:
            add(_of_attempt(attempt))
        for (tier, specialist), rounds in _rounds(row.sample).items():
            add(Cost(tier, specialist, rounds=rounds))
    rest = Cost(OTHER, usage=_rest(total.usage, found.values()))
    return (*found.values(), *([rest] if rest != Cost(OTHER) else []))


def _rounds(sample: Sample) -> Counter[tuple[str, str | None]]:
    """In how many rounds of a sample each tier and specialist worked, as far as its calls were recorded."""
    return Counter(
        (tier, specialist) for tier, specialist, _ in {(c.tier, c.specialist, c.round) for c in sample.calls}
    )


def _of_call(call: ModelCall) -> Cost:
    usage = call.usage.model_copy(update={"calls": 1})
    return Cost(call.tier, call.specialist, call.samples, call.cancelled, usage=usage)


def _of_attempt(attempt: Attempt) -> Cost:
    """What judging it on the public tests took; its tokens are in its call."""
    return Cost("fleet", attempt.candidate.specialist, usage=Usage(sandbox_seconds=attempt.verdict.sandbox_seconds))


def _rest(total: Usage, parts: Iterable[Cost]) -> Usage:
    """What the total has beyond the parts; a part that knows more than the total leaves nothing."""
    spent = sum((part.usage for part in parts), Usage())
    return Usage(**{name: _more(getattr(total, name), getattr(spent, name)) for name in Usage.model_fields})


def _more(total: float, spent: float) -> float:
    """The difference, unless rounding made it."""
    return total - spent if total - spent > 1e-6 * max(1.0, total) else 0
