"""Figures as shapes of an SVG, in units that are readable on a phone; the page's style gives them their colours."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from evals.library import matplotlib
from evals.report.figures import Curve, Pairs
from evals.report.text import one_line, percent

WIDTH = 440.0
SERIES = 6
"""Colours there are; a seventh run begins again with the first."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 26.0, 28.0, 42.0


class Stroke(NamedTuple):
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str
    series: int | None = None


class Dot(NamedTuple):
    """A point, and what it says when pointed at."""

    x: float
    y: float
    series: int
    words: str
    radius: float = 4.5


class Bar(NamedTuple):
    """A filled part of a row."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    words: str
    series: int | None = None
    radius: float = 1.5


class Text(NamedTuple):
    """Words in the picture."""

    x: float
    y: float
    text: str
    anchor: str = "middle"
    kind: str = "tick"


class Band(NamedTuple):
    """A filled shape, `x,y` of its corners."""

    points: str
    series: int


@dataclass(frozen=True)
class Chart:
    """Everything that the page draws for one figure."""

    title: str
    words: str
    """For who cannot see it."""
    height: float
    note: str = ""
    width: float = WIDTH
    bands: list[Band] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    legend: list[tuple[str, str]] = field(default_factory=list)
    """Names with the class of their colour."""


def chart(figure: Curve | Pairs) -> Chart:
    """The shapes of a figure."""
    match figure:
        case Curve():
            return _curve(figure)
        case Pairs():
            return _pairs(figure)


def ticks(highest: float, most: int = 5) -> list[float]:
    """Round numbers from 0 up to the first one that is not below `highest`, at least two of them: an axis has a length,
    also where every value is 0. Raises `MissingComponent`."""
    found = matplotlib("ticker").MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(0, highest or 1)
    kept = [float(tick) for tick in found if tick >= 0]
    enough = next((place for place, tick in enumerate(kept) if tick >= highest), len(kept) - 1)
    return kept[: max(enough, 1) + 1]


def short(number: float) -> str:
    """A tick's label: `0`, `0.25`, `1,500`, `20k`."""
    if number >= 10_000:
        return f"{number / 1000:,.10g}k"
    return f"{number:,.10g}"


def _curve(figure: Curve) -> Chart:
    points = [point for line in figure.lines for point in line.points]
    height = 300.0
    xs = [0.0, 0.25, 0.5, 0.75, 1.0] if figure.shares else ticks(max((point.x for point in points), default=1))
    across, up = WIDTH - _LEFT - _RIGHT, height - _TOP - _BOTTOM

    def x(value: float) -> float:
        return round(_LEFT + across * value / xs[-1], 2)

    def y(value: float) -> float:
        return round(_TOP + up * (1 - value), 2)

    drawn = Chart(figure.title, _told(figure), height, figure.note)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        drawn.strokes.append(Stroke(_LEFT, y(share), WIDTH - _RIGHT, y(share), "axis" if share == 0 else "grid"))
        drawn.texts.append(Text(_LEFT - 6, y(share) + 4, percent(share, 0), "end"))
    for tick in xs:
        label = percent(tick, 0) if figure.shares else short(tick)
        drawn.texts.append(Text(x(tick), height - _BOTTOM + 16, label))
    drawn.texts.append(Text(_LEFT + across / 2, height - 6, figure.x_axis, kind="title"))
    if figure.shares:
        drawn.strokes.append(Stroke(x(0), y(0), x(1), y(1), "diagonal"))
    drawn.texts.append(Text(0, 12, figure.y_axis, "start", kind="title"))
    for line in figure.lines:
        series = line.series % SERIES
        for a, b in pairwise(line.points):
            drawn.strokes.append(Stroke(x(a.x), y(a.y), x(b.x), y(b.y), "join", series))
        known = [
            (x(each.x), y(each.low), y(each.high))
            for each in line.points
            if each.low is not None and each.high is not None
        ]
        if figure.shares or len(known) == 1:
            drawn.strokes.extend(Stroke(at, low, at, high, "error", series) for at, low, high in known)
        else:
            corners = [(at, low) for at, low, _ in known] + [(at, high) for at, _, high in reversed(known)]
            drawn.bands.append(Band(" ".join(f"{at},{height}" for at, height in corners), series))
        for point in line.points if figure.shares else line.points[-1:]:
            drawn.dots.append(Dot(x(point.x), y(point.y), series, f"{line.name}, {point.label}: {percent(point.y)}"))
        drawn.legend.append((line.name, f"s{series}"))
    return drawn


def _pairs(figure: Pairs) -> Chart:
    """A bar a comparison: both right, only A, only B, neither, as parts of all."""
    row, high = 62.0, 24.0
    drawn = Chart(figure.title, _told(figure), row * len(figure.pairs), figure.note)
    for place, pair in enumerate(figure.pairs):
        top = row * place
        label = f"{one_line(pair.name_a, 28)} (A) and {one_line(pair.name_b, 28)} (B)"
        drawn.texts.append(Text(0, top + 14, label, "start", "name"))
        total = pair.both + pair.only_a + pair.only_b + pair.neither
        parts: Sequence[tuple[str, float, str, int | None]] = (
            ("both right", pair.both, "both", None),
            ("only A right", pair.only_a, "bar", 0),
            ("only B right", pair.only_b, "bar", 1),
            ("both wrong", pair.neither, "neither", None),
        )
        drawn.legend[:] = [(name, kind if series is None else f"s{series}") for name, _, kind, series in parts]
        x = 0.0
        for name, number, kind, series in parts:
            width = round(WIDTH * number / total, 2) if total else 0.0
            if width > 0:
                drawn.bars.append(Bar(x, top + 22, max(width - 1.5, 0.5), high, kind, f"{name}: {number:g}", series))
            if width > 20:
                inside = "inside" if kind == "bar" else "name"
                drawn.texts.append(Text(round(x + width / 2, 2), top + 38, f"{number:g}", kind=inside))
            x += width
    return drawn


def _told(figure: Curve | Pairs) -> str:
    match figure:
        case Curve():
            said = [
                f"{line.name}, {percent(end.y)} at {short(round(end.x, 2))}"
                for line in figure.lines
                for end in line.points[-1:]
            ]
        case Pairs():
            said = [f"only {p.name_a} {p.only_a:g}, only {p.name_b} {p.only_b:g}" for p in figure.pairs]
    return f"{figure.title}: {'; '.join(said)}"
