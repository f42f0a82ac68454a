"""Live progress of a run on stderr: a bar with running score, rate and time left; silent when not a terminal."""

import sys
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bars

from evals.run import Progress


class Bar:
    """Draws the progress of one run."""

    def __init__(self) -> None:
        self._bars = Bars(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            console=Console(stderr=True),
        )
        self._task = self._bars.add_task("loading", total=None, note="")

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._bars.stop()

    def __call__(self, progress: Progress) -> None:
        """Show where the run stands."""
        self._bars.update(
            self._task,
            description="samples",
            total=progress.total,
            completed=progress.done,
            note=note(progress),
        )


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        pass

    def __call__(self, progress: Progress) -> None:
        """Nothing."""


View = Bar | Silent
Show = Callable[[Progress], None]


def progress_view(quiet: bool) -> View:
    """The bar on a terminal, else nothing."""
    return Bar() if not quiet and sys.stderr.isatty() else Silent()


def note(progress: Progress) -> str:
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


def duration(seconds: float) -> str:
    """`42 s`, `12 min`, `3 h 05 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60:02} min"
