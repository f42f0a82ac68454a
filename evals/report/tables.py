"""Tables of a report: one form for the terminal, the page and JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rich.cells import cell_len

from evals.report.figures import Figure
from evals.report.text import one_line, percent
from evals.stats.intervals import Interval

_WIDEST, _LONGEST_NOTE = 200, 2_000
"""Characters, in text, of a cell or a title, and of a note."""


class Cell(NamedTuple):
    """What stands in one place: a text, or an interval that the page draws (the terminal leaves it out)."""

    text: str
    range: tuple[float, float, float] | None = None
    """Low, value, high, in percent."""
    series: int | None = None
    """The run whose colour it has."""


class Column(NamedTuple):
    """A column's title; numbers stand on the right."""

    title: str
    numeric: bool = True


@dataclass(frozen=True)
class Table:
    """Rows under titles. The first column names the row."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def wide(self) -> bool:
        """Whether it needs the whole width of the page."""
        widths = (max((len(row[place].text) for row in self.rows), default=0) for place in range(len(self.columns)))
        return sum(max(width, len(column.title)) + 4 for width, column in zip(widths, self.columns, strict=True)) > 76


@dataclass(frozen=True)
class Section:
    """A part of the report."""

    key: str
    """Its anchor in the page."""
    title: str
    intro: str = ""
    notes: tuple[str, ...] = ()
    """What a reader must know before believing the numbers."""
    tables: tuple[Table, ...] = ()
    figures: tuple[Figure, ...] = field(default=())


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    """A row of a table."""
    return tuple(text if isinstance(text, Cell) else Cell(text) for text in texts)


def columns(*titles: str, names: int = 1) -> tuple[Column, ...]:
    """Columns, of which the first `names` hold words and the others numbers."""
    return tuple(Column(title, place >= names) for place, title in enumerate(titles))


def interval(bounds: Interval) -> str:
    """`59.0 to 73.2`."""
    return f"{100 * bounds.low:.1f} to {100 * bounds.high:.1f}"


def share(value: float, bounds: Interval) -> str:
    """`66.5 % (59 to 73)`."""
    return f"{percent(value)} ({100 * bounds.low:.0f} to {100 * bounds.high:.0f})"


def drawn(value: float, bounds: Interval, series: int | None = None) -> Cell:
    """An interval for the page to draw."""
    low, middle, high = (round(100 * each, 2) for each in (bounds.low, value, bounds.high))
    return Cell("", (low, middle, high), series)


def plain(table: Table) -> str:
    """The table as text: its title, then columns two spaces apart, numbers on the right. Every cell and title is on one
    line, and nothing in them acts."""
    kept = [
        place for place, _ in enumerate(table.columns) if not table.rows or any(row[place].text for row in table.rows)
    ]
    heads = [one_line(table.columns[place].title, _WIDEST) for place in kept]
    lines = [heads, *([one_line(row[place].text, _WIDEST) for place in kept] for row in table.rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    numeric = [table.columns[place].numeric for place in kept]
    body = "".join(f"  {_line(line, widths, numeric)}\n" for line in lines)
    notes = "".join(f"  {one_line(note, _LONGEST_NOTE)}\n" for note in table.notes)
    return f"{one_line(table.title, _WIDEST)}\n{body}{notes}"


def _line(line: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    padded = (
        " " * (width - cell_len(text)) + text if right else text + " " * (width - cell_len(text))
        for text, width, right in zip(line, widths, numeric, strict=True)
    )
    return "  ".join(padded).rstrip()
