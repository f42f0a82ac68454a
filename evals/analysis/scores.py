"""pass@1 and pass@k of a run, as a whole and by what its items are."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from evals.analysis.groups import dimensions, grouped
from evals.analysis.means import item_means, mean
from evals.results import Results, Row
from evals.stats.intervals import Interval, wilson
from evals.stats.passk import mean_pass_at_k
from hierarchy.errors import UsageError


@dataclass(frozen=True)
class Score:
    """How well a group of items was answered."""

    group: str
    """`all`, or the group's name."""
    items: int
    """Those with at least one sample that counts."""
    samples: int
    passed: int
    """Samples that are right."""
    pass_at_1: float
    """Mean over items of the share of right samples, in 0..1."""
    interval: Interval
    """Wilson's, 95 %; with several samples an item it is on the wide side (`evals.stats.intervals`)."""


@dataclass(frozen=True)
class Scores:
    """The scores of one run. Only graded samples count, and none that our own machinery spoilt."""

    overall: Score
    """On everything: base and plus inputs."""
    base: Score | None
    """On the base inputs alone; None where the set does not tell base and plus apart."""
    pass_at_k: dict[int, float]
    """For each k that was asked for."""
    groups: dict[str, tuple[Score, ...]]
    """Dimension → its groups: `difficulty`, `family`, `tag`, `specialist` (of the chosen answer), and each fact."""


def scores(results: Results, ks: Sequence[int] = ()) -> Scores:
    """The scores of a run. Raises `UsageError` when nothing is graded, or an item has fewer than k samples."""
    rows = counted(results)
    return Scores(
        overall=score("all", rows),
        base=score("base", rows, passed_base) if any(map(has_base, rows)) else None,
        pass_at_k={k: mean_pass_at_k(counts(rows), k) for k in dict.fromkeys(ks)},
        groups=_groups(results, rows),
    )


def counted(results: Results) -> tuple[Row, ...]:
    """The rows that count. Raises `UsageError` when there are none."""
    if not results.rows:
        raise UsageError(
            f"{str(results.folder)!r} has no sample yet; go on with: hi-moe eval run … --out {results.folder} --resume"
        )
    if not results.scored:
        raise UsageError(
            f"{str(results.folder)!r} has no graded sample ({len(results.rows)} of "
            f"{len(results.rows) + len(results.missing)} are there); grade them with: "
            f"hi-moe eval grade {results.folder}"
        )
    return results.scored


def score(group: str, rows: Sequence[Row], passed: Callable[[Row], bool] | None = None) -> Score:
    """The score of at least one row that counts, by what `passed` says of it instead of the whole check's verdict."""
    check = passed or right
    means = item_means(rows, check)
    return Score(
        group=group,
        items=len(means),
        samples=len(rows),
        passed=sum(map(check, rows)),
        pass_at_1=mean(means.values()),
        interval=wilson(min(sum(means.values()), len(means)), len(means)),
    )


def counts(rows: Iterable[Row]) -> list[tuple[int, int]]:
    """Of each item the number of samples and of right ones, for pass@k."""
    known = tuple(rows)
    samples = Counter(row.item.id for row in known)
    passed = Counter(row.item.id for row in known if row.passed)
    return [(n, passed[item_id]) for item_id, n in samples.items()]


def right(row: Row) -> bool:
    """Whether the sample passed everything."""
    return bool(row.passed)


def has_base(row: Row) -> bool:
    """Whether there is a verdict on the base inputs alone."""
    return row.grade is not None and row.grade.base is not None


def passed_base(row: Row) -> bool:
    """Whether the sample passed the base inputs. Where there is no verdict on them alone, that on all."""
    assert row.grade is not None
    return row.grade.passed if row.grade.base is None else row.grade.base


def specialist_of(row: Row) -> str | None:
    """Who wrote the answer that was chosen; None where that is not known."""
    chosen = row.sample.selected_id
    return next((each.candidate.specialist for each in row.sample.attempts if each.id == chosen), None)


def _groups(results: Results, rows: Sequence[Row]) -> dict[str, tuple[Score, ...]]:
    of_item: dict[str, list[Row]] = {}
    for row in rows:
        of_item.setdefault(row.item.id, []).append(row)
    found: dict[str, tuple[Score, ...]] = {}
    for name, groups in dimensions(results.items.values()).items():
        parts = {group: [row for item_id in ids for row in of_item.get(item_id, ())] for group, ids in groups.items()}
        found[name] = tuple(score(group, part) for group, part in parts.items() if part)
    if written := grouped({row.cell: _one(specialist_of(row)) for row in rows}):
        at = {row.cell: row for row in rows}
        found["specialist"] = tuple(score(name, [at[cell] for cell in cells]) for name, cells in written.items())
    return found


def _one(name: str | None) -> tuple[str, ...]:
    return () if name is None else (name,)
