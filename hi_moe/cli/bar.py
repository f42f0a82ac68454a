"""How far a pull or a check of weights is: a bar on a terminal, one line per change of what is done elsewhere."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TaskID, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as Bars

from hi_moe.cli.streams import say, visible
from serving.models import Progress


class ProgressView:
    """Shows what `ModelStore.pull` and `ModelStore.verify` report; call it with each report."""

    def __init__(self) -> None:
        self._bars: Bars | None = None
        self._task: TaskID | None = None
        self._said = ""

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                DownloadColumn(),
                TransferSpeedColumn(),
            )
            self._bars = Bars(*columns, TimeRemainingColumn(), console=Console(stderr=True))
            self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, progress: Progress) -> None:
        """Show one report."""
        text = visible(f"{progress.name}: {progress.source}: {progress.note}")
        if self._bars is None:
            if text != self._said:
                say(text)
        else:
            self._move(self._bars, text, progress)
        self._said = text

    def _move(self, bars: Bars, text: str, progress: Progress) -> None:
        if self._task is None:
            self._task = bars.add_task(text, total=progress.total_bytes)
        elif text != self._said:
            # A new thing is done: its speed is not that of the last one.
            bars.reset(self._task, total=progress.total_bytes, description=text)
        bars.update(self._task, completed=progress.done_bytes)
