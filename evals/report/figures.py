"""The data of the figures: drawn as SVG into the page (`charts`), as PNG and CSV into files (`plots`)."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

Key = Literal["scores", "discordant", "cost_quality", "calibration"]
"""What the files of a figure are called: all that a report can have."""


class Score(NamedTuple):
    """A share with its interval."""

    name: str
    value: float
    low: float
    high: float
    series: int = 0
    """The run it belongs to, which gives it its colour."""


@dataclass(frozen=True)
class Scores:
    """Shares side by side, e.g. pass@1 of several runs."""

    key: Key
    title: str
    axis: str
    scores: tuple[Score, ...]
    note: str = ""

    def rows(self) -> list[dict[str, object]]:
        """As a table: one row a share."""
        return [{"name": each.name, "value": each.value, "low": each.low, "high": each.high} for each in self.scores]


class Point(NamedTuple):
    """A share at a place, with its interval where it has one."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    label: str = ""


class Line(NamedTuple):
    """The points of one run, by `x`."""

    name: str
    points: tuple[Point, ...]
    series: int = 0


@dataclass(frozen=True)
class Curve:
    """Shares (upwards, 0 to 1) over something that is not negative."""

    key: Key
    title: str
    x_axis: str
    y_axis: str
    lines: tuple[Line, ...]
    shares: bool = False
    """Whether `x` is a share too: the diagonal is then drawn, on which both are equal, and every point with its
    interval. Otherwise the points are many: a line in a band of intervals, which ends at the last one."""
    note: str = ""

    def rows(self) -> list[dict[str, object]]:
        """As a table: one row a point."""
        return [
            {"name": line.name, "label": point.label, "x": point.x, "y": point.y, "low": point.low, "high": point.high}
            for line in self.lines
            for point in line.points
        ]


class Pair(NamedTuple):
    """Items by who got them right."""

    name_a: str
    name_b: str
    both: float
    only_a: float
    only_b: float
    neither: float


@dataclass(frozen=True)
class Pairs:
    """Comparisons of two runs each; what decides them are the items that only one got right."""

    key: Key
    title: str
    pairs: tuple[Pair, ...]
    note: str = ""

    def rows(self) -> list[dict[str, object]]:
        """As a table: one row a comparison."""
        return [pair._asdict() for pair in self.pairs]


Figure = Scores | Curve | Pairs
