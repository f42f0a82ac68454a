"""Live progress of a run on stderr: a bar with running score, rate and time left; silent when not a terminal."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bars

from evals.ab import Standing
from evals.run import Progress


class _Drawing:
    """A bar on stderr with a note behind it."""

    def __init__(self, name: str) -> None:
        self._name = name
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

    def _draw(self, total: int, done: int, note: str) -> None:
        self._bars.update(self._task, description=self._name, total=total, completed=done, note=note)


class Bar(_Drawing):
    """Draws the progress of one run."""

    def __init__(self) -> None:
        super().__init__("samples")

    def __call__(self, progress: Progress) -> None:
        """Show where the run stands."""
        self._draw(progress.total, progress.done, note(progress))


class AbBar(_Drawing):
    """Draws the progress of an A/B."""

    def __init__(self) -> None:
        super().__init__("items")

    def __call__(self, standing: Standing) -> None:
        """Show where it stands."""
        seen = f"{standing.only_a} only A, {standing.only_b} only B, {standing.both} both, {standing.neither} neither"
        self._draw(standing.items, standing.compared, seen)


class Silent:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        pass

    def __call__(self, progress: object) -> None:
        """Nothing."""


View = Bar | Silent


def progress_view(quiet: bool) -> View:
    """The bar on a terminal, else nothing."""
    return Bar() if not quiet and sys.stderr.isatty() else Silent()


def ab_view(quiet: bool) -> AbBar | Silent:
    """The same for an A/B."""
    return AbBar() if not quiet and sys.stderr.isatty() else Silent()


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
