"""What a user sees on stderr while a run goes on: a live tree, a plain log, or nothing."""

import os
import sys
import time
from typing import Protocol

from hi_moe.cli.streams import say
from hi_moe.cli.text import event_line
from hierarchy.events import Event, TierEntered


class View(Protocol):
    """Shows one run. `begin` and `end` frame it; `end` is called whatever happened."""

    def begin(self, name: str, found: str) -> None:
        """Work on a problem begins; `found` says what was found in its statement."""
        ...

    def show(self, event: Event) -> None:
        """Something happened."""
        ...

    def end(self) -> None:
        """Leave the terminal as it was."""
        ...

    def total(self, text: str) -> None:
        """All problems of the command are done; `text` sums them up in a line."""
        ...


class Silent:
    """Shows nothing (`--quiet`)."""

    def begin(self, name: str, found: str) -> None:
        """Nothing."""

    def show(self, event: Event) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""

    def total(self, text: str) -> None:
        """Nothing."""


class PlainLog:
    """One line per event with the seconds since the start, for logs and pipes."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def begin(self, name: str, found: str) -> None:
        """Start the clock."""
        self._start = time.monotonic()
        say(f"{name}: {found}")

    def show(self, event: Event) -> None:
        """Write the event's line; entering a tier is only worth one in a live view."""
        if not isinstance(event, TierEntered):
            say(f"{time.monotonic() - self._start:7.1f}s  {event_line(event)}")

    def end(self) -> None:
        """Nothing to restore."""

    def total(self, text: str) -> None:
        """Write it."""
        say(text)


def choose_view(quiet: bool) -> View:
    """Pick the view that fits where stderr goes."""
    if quiet:
        return Silent()
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        from hi_moe.cli.live import LiveTree

        return LiveTree()
    return PlainLog()
