"""Figures as files: a PNG to print or to post, and a CSV with exactly what was drawn."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from evals.library import matplotlib
from evals.report.figures import Curve, Figure, Key, Pairs, Scores
from evals.report.text import one_line

COLOURS = ("#1f4fbf", "#b8430a", "#0b7268", "#8a2bd6", "#8a5c00", "#b3175a")
"""Of the runs, in the order of the page's light theme; each has a contrast of at least 4.5 on white."""
_INK, _SOFT, _LINE = "#1b1e23", "#565e69", "#dfe2e6"
DOTS_PER_INCH = 160
_STYLE = {
    "font.family": "sans-serif",
    "font.size": 10.0,
    "axes.edgecolor": _SOFT,
    "axes.labelcolor": _SOFT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlecolor": _INK,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlesize": 11.0,
    "axes.titlepad": 12.0,
    "axes.axisbelow": True,
    "grid.color": _LINE,
    "xtick.color": _SOFT,
    "ytick.color": _SOFT,
    "legend.frameon": False,
    "text.parse_math": False,
}


def write_figures(figures: Sequence[Figure], folder: Path) -> list[Path]:
    """Write `KEY.png` and `KEY.csv` of each figure; the paths. Those of figures that an earlier report had and this one
    has not are removed. Raises `MissingComponent` without matplotlib."""
    for key in set(get_args(Key)) - {figure.key for figure in figures}:
        for ending in ("png", "csv"):
            (folder / f"{key}.{ending}").unlink(missing_ok=True)
    return [path for figure in figures for path in (_png(figure, folder), _csv(figure, folder))]


def _csv(figure: Figure, folder: Path) -> Path:
    path = folder / f"{figure.key}.csv"
    rows = figure.rows()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["name"])
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return path


def _cell(value: object) -> object:
    """Not a formula: a spreadsheet would run a name of another's run that begins like one."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _png(figure: Figure, folder: Path) -> Path:
    agg, canvas = matplotlib("figure"), matplotlib("backends.backend_agg")
    path = folder / f"{figure.key}.png"
    with matplotlib("style").context(_STYLE):
        drawn = agg.Figure(layout="constrained")
        canvas.FigureCanvasAgg(drawn)
        axes = drawn.subplots()
        axes.set_title(figure.title)
        match figure:
            case Scores():
                height = 1.3 + 0.36 * len(figure.scores)
                _scores(axes, figure)
            case Curve():
                height = 4.4
                _curve(axes, figure)
            case Pairs():
                height = 1.6 + 0.6 * len(figure.pairs)
                _pairs(axes, figure)
        drawn.set_size_inches(6.8, height)
        # Without its own note of the software the same data gives the same bytes.
        drawn.savefig(path, dpi=DOTS_PER_INCH, facecolor="white", metadata={"Software": None})
    return path


def _scores(axes: Any, figure: Scores) -> None:
    for place, each in enumerate(figure.scores):
        colour = COLOURS[each.series % len(COLOURS)]
        axes.errorbar(
            [each.value], [place], xerr=[[max(0.0, each.value - each.low)], [max(0.0, each.high - each.value)]],
            fmt="o", color=colour, ecolor=colour, elinewidth=1.6, capsize=4, markersize=7,
        )  # fmt: skip
        axes.annotate(f"{100 * each.value:.1f}", (each.value, place), (0, 8), textcoords="offset points", ha="center",
                      fontsize=8.5, color=_INK)  # fmt: skip
    axes.set_yticks(range(len(figure.scores)), [one_line(each.name, 40) for each in figure.scores], color=_INK)
    axes.set_ylim(len(figure.scores) - 0.4, -0.7)
    axes.set_xlabel(figure.axis)
    _percent(axes.xaxis)
    axes.set_xlim(0, 1)
    axes.grid(axis="x")
    axes.tick_params(axis="y", length=0)


def _curve(axes: Any, figure: Curve) -> None:
    for line in figure.lines:
        colour = COLOURS[line.series % len(COLOURS)]
        xs, ys = [point.x for point in line.points], [point.y for point in line.points]
        low = [point.y if point.low is None else point.low for point in line.points]
        high = [point.y if point.high is None else point.high for point in line.points]
        axes.plot(xs, ys, color=colour, linewidth=1.8, marker="o", markersize=6, label=one_line(line.name, 40),
                  markevery=None if figure.shares else [len(xs) - 1])  # fmt: skip
        if figure.shares or len(xs) == 1:
            axes.vlines(xs, low, high, color=colour, alpha=0.5, linewidth=1.4)
        else:
            axes.fill_between(xs, low, high, color=colour, alpha=0.13, linewidth=0)
    if figure.shares:
        axes.plot([0, 1], [0, 1], "--", color=_SOFT, linewidth=1)
        axes.set_xlim(0, 1)
        _percent(axes.xaxis)
    else:
        axes.set_xlim(left=0)
        axes.xaxis.set_major_formatter(matplotlib("ticker").StrMethodFormatter("{x:,.10g}"))
    axes.set_ylim(-0.01, 1.03)
    _percent(axes.yaxis)
    axes.set_xlabel(figure.x_axis)
    axes.set_ylabel(figure.y_axis)
    axes.grid(axis="y")
    if len(figure.lines) > 1:
        axes.legend(loc="best", labelcolor=_INK)


def _pairs(axes: Any, figure: Pairs) -> None:
    parts = (
        ("both right", "both", "#b9bec5", _INK),
        ("only A right", "only_a", COLOURS[0], "white"),
        ("only B right", "only_b", COLOURS[1], "white"),
        ("both wrong", "neither", "#e9ebee", _INK),
    )
    left = [0.0] * len(figure.pairs)
    for name, key, colour, ink in parts:
        widths = [float(getattr(pair, key)) for pair in figure.pairs]
        bars = axes.barh(range(len(widths)), widths, left=left, color=colour, label=name, height=0.55)
        axes.bar_label(bars, [f"{width:g}" if width else "" for width in widths], label_type="center", color=ink)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    names = [f"A {one_line(pair.name_a, 24)}\nB {one_line(pair.name_b, 24)}" for pair in figure.pairs]
    axes.set_yticks(range(len(names)), names, color=_INK)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel("items")
    axes.tick_params(axis="y", length=0)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.32), ncols=4, labelcolor=_INK, columnspacing=1.2)


def _percent(axis: Any) -> None:
    axis.set_major_formatter(matplotlib("ticker").PercentFormatter(1.0, decimals=0, symbol=" %"))
