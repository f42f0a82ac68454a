"""Is A better than B: two runs on the same items of the same set, paired item by item.

The verdict follows the two-sided exact McNemar test on sample 0 of each item. Where both have more samples, it follows
that test's generalisation to item means, the sign-flip test (`evals.stats.signflip`), on as many samples of both. The
difference is that of the samples tested, and the interval beside it the paired bootstrap's. The sides of an A/B that
stopped early keep the verdict of its own rule (`evals.stats.sequential`).
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from evals.analysis.costs import pass_at_1_per_1000_tokens, time_per_problem, tokens_per_problem
from evals.analysis.early import p_at_any_time
from evals.analysis.groups import dimensions, grouped
from evals.analysis.paired import Difference, Rows, difference, spread
from evals.analysis.scores import Score, has_base, passed_base, right, score, specialist_of
from evals.analysis.verdict import Better, p_value, sentence
from evals.results import Results, Row
from evals.stats.power import items_needed, items_needed_for_means
from hierarchy.errors import UsageError
from hierarchy.wording import plural

_NOTHING = 1e-12
"""Differences below it are none: means are written in floats."""
_NAMED = 5
"""Groups that one note names."""


@dataclass(frozen=True)
class Side:
    """One of the two runs, on the items that are compared."""

    name: str
    """Its folder, as it was given."""
    solver: str
    n: int
    """Samples per item."""
    score: Score
    tokens_per_problem: float
    seconds_per_problem: float
    """Wall seconds of the run over its samples where it is known, else from question to answer."""
    pass_at_1_per_1000_tokens: float | None
    """None where no tokens are known."""


@dataclass(frozen=True)
class LeftOut:
    """Items that are not compared."""

    not_in_a: int
    """Items that only B's run has."""
    not_in_b: int
    ungraded: int
    """Items of both whose sample 0 has no verdict in one of them: not run yet, not graded, or failed on our side."""


@dataclass(frozen=True)
class Comparison:
    """A against B."""

    set: str
    a: Side
    b: Side
    overall: Difference
    base: Difference | None
    """On the base inputs alone, where the set tells base and plus apart; `overall` is then on both."""
    groups: dict[str, tuple[Difference, ...]]
    """Dimension → its groups: `difficulty`, `family`, `tag`, each fact, and `specialist`: who wrote the answer that was
    chosen, in B's run, or in A's where B knows only one. Their p are not corrected for being many: of twenty groups of
    equal solvers one has p <= .05."""
    only_a: tuple[str, ...]
    """Ids of the items that only A solves, by sample 0, in the order of the set."""
    only_b: tuple[str, ...]
    tokens_ratio: float | None
    """B's tokens per problem over A's; None where A's are not known."""
    left_out: LeftOut
    differing: tuple[str, ...]
    """In what the two runs differ beside their items: dotted keys of `run.json` with both values."""
    alpha: float
    better: Better | None
    """The side that is better at error rate `alpha`; None where it cannot be told, or where the difference over all
    samples is the other way round than that over the samples tested."""
    items_needed: int | None
    """Items that it takes to tell a difference of the size seen with 80 % power, looking once; None where it was told,
    is 0, or was withheld."""
    verdict: str
    """All of it in one sentence."""
    notes: tuple[str, ...]
    """What a reader should know, one line each."""


def compare(a: Results, b: Results, *, alpha: float = 0.05, seed: int = 0) -> Comparison:
    """Compare two runs on the items that both have a verdict on; the seed is that of the bootstrap.

    Raises `UsageError` for runs of different sets or of different files of the same set, and when they have no graded
    item in common.
    """
    _same_set(a, b)
    rows_a, rows_b, left_out = _common(a, b)
    confidence = 1 - alpha

    def differ(group: str, ids: Collection[str], passed: Callable[[Row], bool] = right) -> Difference:
        some_a, some_b = ({each: rows[each] for each in ids} for rows in (rows_a, rows_b))
        return difference(group, some_a, some_b, passed, confidence=confidence, seed=seed)

    grouped_by = dimensions(a.items[each] for each in rows_a)
    if written := _specialists(rows_b) or _specialists(rows_a):
        grouped_by["specialist"] = written

    overall = differ("all", rows_a)
    overall = replace(overall, p_at_any_time=p_at_any_time(a.folder, b.folder, overall.only_a, overall.only_b))
    told_apart = all(any(map(has_base, _flat(rows))) for rows in (rows_a, rows_b))
    side_a, side_b = _side(a, rows_a), _side(b, rows_b)
    better = _better(overall, alpha)
    over_all = side_b.score.pass_at_1 - side_a.score.pass_at_1
    contrary = better is not None and overall.difference * over_all < 0
    better = None if contrary else better
    ratio = _ratio(side_b.tokens_per_problem, side_a.tokens_per_problem)
    needed = None if better or contrary else _needed(overall, rows_a, rows_b, alpha)
    base = differ("base", rows_a, passed_base) if told_apart else None
    groups = {name: tuple(differ(group, ids) for group, ids in parts.items()) for name, parts in grouped_by.items()}
    described = [overall, *([base] if base else []), *(group for some in groups.values() for group in some)]
    return Comparison(
        set=a.manifest.set.name,
        a=side_a,
        b=side_b,
        overall=overall,
        base=base,
        groups=groups,
        only_a=tuple(each for each in rows_a if right(rows_a[each][0]) and not right(rows_b[each][0])),
        only_b=tuple(each for each in rows_a if right(rows_b[each][0]) and not right(rows_a[each][0])),
        tokens_ratio=ratio,
        left_out=left_out,
        differing=tuple(line for line in a.manifest.differences(b.manifest) if not line.startswith("set.items:")),
        alpha=alpha,
        better=better,
        items_needed=needed,
        verdict=sentence(
            overall,
            better,
            needed=needed,
            tokens_ratio=ratio,
            contrary=over_all if contrary else None,
            alpha=alpha,
        ),
        notes=(
            *_about_items(left_out),
            *_about_samples(side_a, side_b, rows_a, rows_b),
            *_about_p(overall, described, alpha),
        ),
    )


def _same_set(a: Results, b: Results) -> None:
    one, other = a.manifest.set, b.manifest.set
    if one.name != other.name:
        raise UsageError(
            f"{str(a.folder)!r} is a run over {one.name!r} and {str(b.folder)!r} one over {other.name!r}; "
            "only runs over the same set can be compared"
        )
    if one.sha256 != other.sha256:
        raise UsageError(
            f"the file of {one.name!r} is not the same in both runs: sha256 {one.sha256[:12]}… in {str(a.folder)!r}, "
            f"{other.sha256[:12]}… in {str(b.folder)!r}; run one of them again on the file of the other"
        )


def _common(a: Results, b: Results) -> tuple[Rows, Rows, LeftOut]:
    """The rows of the items whose sample 0 has a verdict in both, in A's order."""
    rows_a, rows_b = _graded(a), _graded(b)
    shared = [item_id for item_id in a.items if item_id in b.items]
    common = [item_id for item_id in shared if item_id in rows_a and item_id in rows_b]
    if not common:
        raise UsageError(
            f"{str(a.folder)!r} and {str(b.folder)!r} have no graded item in common: {len(shared)} items are in both, "
            f"{len(rows_a)} and {len(rows_b)} are graded; run both on the same --ids, or grade what is there with: "
            f"hi-moe eval grade {a.folder if len(rows_a) < len(rows_b) else b.folder}"
        )
    left_out = LeftOut(len(b.items) - len(shared), len(a.items) - len(shared), len(shared) - len(common))
    return {each: rows_a[each] for each in common}, {each: rows_b[each] for each in common}, left_out


def _graded(results: Results) -> Rows:
    counted = {item_id: [row for row in rows if row.scored] for item_id, rows in results.by_item.items()}
    return {item_id: rows for item_id, rows in counted.items() if rows and rows[0].sample.sample == 0}


def _specialists(rows: Rows) -> dict[str, tuple[str, ...]]:
    """Specialist → ids of the items whose sample 0 is its answer; empty for a run that knows fewer than two."""
    names = {item_id: specialist_of(some[0]) for item_id, some in rows.items()}
    if len({*names.values()} - {None}) < 2:
        return {}
    return grouped({item_id: () if name is None else (name,) for item_id, name in names.items()})


def _side(results: Results, rows: Rows) -> Side:
    known = _flat(rows)
    return Side(
        name=str(results.folder),
        solver=results.manifest.solver,
        n=results.manifest.n,
        score=score("all", known),
        tokens_per_problem=tokens_per_problem(known),
        seconds_per_problem=time_per_problem(known),
        pass_at_1_per_1000_tokens=pass_at_1_per_1000_tokens(known),
    )


def _better(found: Difference, alpha: float) -> Better | None:
    if found.deciding_p > alpha or abs(found.difference) < _NOTHING:
        return None
    return "b" if found.difference > 0 else "a"


def _needed(found: Difference, a: Rows, b: Rows, alpha: float) -> int | None:
    if found.p_of_means is None:
        discordant, more = found.only_a + found.only_b, found.only_b - found.only_a
        return items_needed(discordant / found.items, more / found.items, alpha)
    if abs(found.difference) < _NOTHING:
        return None
    return items_needed_for_means(spread(a, b, right), found.difference, alpha)


def _about_items(left_out: LeftOut) -> list[str]:
    reasons = [
        f"{count} {why}"
        for count, why in (
            (left_out.not_in_a, "not in A"),
            (left_out.not_in_b, "not in B"),
            (left_out.ungraded, "without a verdict in one of them"),
        )
        if count
    ]
    total = left_out.not_in_a + left_out.not_in_b + left_out.ungraded
    return [f"{plural(total, 'item')} left out: {', '.join(reasons)}"] if reasons else []


def _about_samples(a: Side, b: Side, rows_a: Rows, rows_b: Rows) -> list[str]:
    """What is compared where there are several samples of an item."""
    if max(a.n, b.n) == 1:
        return []
    first = min(a.n, b.n)
    test = "exact McNemar on sample 0" if first == 1 else "the sign-flip test over item means"
    notes = [
        f"A has {a.n} and B {b.n} samples an item: difference, interval and p ({test}) are of the first {first} of "
        f"each, the scores of each side of all; who solves what is by sample 0"
    ]
    holes = sum(len(rows_a[each]) < a.n or len(rows_b[each]) < b.n for each in rows_a)
    if holes:
        lost_a, lost_b = (side.n * len(rows) - len(_flat(rows)) for side, rows in ((a, rows_a), (b, rows_b)))
        notes.append(
            f"{holes} of {plural(len(rows_a), 'item')} lack samples with a verdict ({lost_a:,} in A, {lost_b:,} in B): "
            "of each as many are compared as both have"
        )
    return notes


def _about_p(overall: Difference, described: Sequence[Difference], alpha: float) -> list[str]:
    """What p and intervals are not good for."""
    notes = []
    if overall.p_at_any_time is not None:
        notes.append(
            "these are the sides of an A/B, which stops as soon as it can be told: its own "
            f"{p_value(overall.p_at_any_time, alpha)} holds at any time and decides; intervals, and the p of groups, "
            "take the number of items as fixed beforehand and only describe"
        )
    apart = [found.group for found in described if _at_odds(found, alpha)]
    if apart:
        more = f" and {len(apart) - _NAMED} more" if len(apart) > _NAMED else ""
        notes.append(
            f"interval and p do not agree whether there is a difference ({', '.join(apart[:_NAMED])}{more}): where few "
            "items tell the two apart, a bootstrap interval is not exact (mostly too narrow), and p decides"
        )
    return notes


def _at_odds(found: Difference, alpha: float) -> bool:
    """Whether the interval and the test answer differently."""
    outside = found.interval is not None and not found.interval.low <= 0 <= found.interval.high
    return found.interval is not None and outside != (found.deciding_p <= alpha)


def _flat(rows: Rows) -> list[Row]:
    return [row for some in rows.values() for row in some]


def _ratio(b: float, a: float) -> float | None:
    return b / a if a else None
