"""Live progress of an evaluation on stderr: one bar with a note behind it; silent when that is no terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evals.ab import Standing
    from evals.run import Progress

Draw = Callable[[int, int, str], None]
"""Told what is done, how much there is, and a note."""


@contextmanager
def drawing(name: str, quiet: bool) -> Iterator[Draw]:
    """A bar of `name`, such as "samples", until the block ends."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total, note: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
    )
    task = bars.add_task("loading", total=None, note="")
    with bars:
        yield lambda done, total, note: bars.update(task, description=name, total=total, completed=done, note=note)


def note(progress: "Progress") -> str:
    """Running score, rate and time left: `61.2 % right, 4.1/min, 12 min left, 1 failed`."""
    parts: list[str] = []
    if progress.score is not None:
        parts.append(f"{100 * progress.score:.1f} % right")
    here = progress.done - progress.before
    seconds = progress.elapsed
    if here and seconds:
        parts.append(f"{60 * here / seconds:.1f}/min")
    left = progress.seconds_left
    if left is not None and progress.done < progress.total:
        parts.append(f"{duration(left)} left")
    if progress.failed:
        parts.append(f"{progress.failed} failed")
    return ", ".join(parts)


def ab_note(standing: "Standing") -> str:
    """Who solved what so far."""
    return f"{standing.only_a} only A, {standing.only_b} only B, {standing.both} both, {standing.neither} neither"


def duration(seconds: float) -> str:
    """`42 s`, `12 min`, `3 h 05 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"
