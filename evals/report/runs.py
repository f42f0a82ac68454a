"""The runs that a report is about, each with a name of its own."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from evals.report.text import one_line
from evals.results import Results
from hierarchy.errors import UsageError


class Run(NamedTuple):
    """One of the runs."""

    name: str
    """Of its folder; with as many folders above it as it takes to tell it from the others."""
    series: int
    """Its place, which gives it its colour."""
    results: Results


def named(results: Sequence[Results]) -> tuple[Run, ...]:
    """Name the runs. Raises `UsageError` for none, and for a folder that is given twice."""
    if not results:
        raise UsageError("a report needs a run; name its folder: hi-moe eval report DIR")
    paths = [each.folder.resolve() for each in results]
    for path, times in Counter(paths).items():
        if times > 1:
            raise UsageError(f"{str(path)!r} is given {times} times; name each run once")
    names = [path.name for path in paths]
    depth = 1
    while len(set(names)) < len(names):
        depth += 1
        names = ["/".join(path.parts[-depth:]) for path in paths]
    return tuple(
        Run(one_line(name, 200), place, each) for place, (name, each) in enumerate(zip(names, results, strict=True))
    )
