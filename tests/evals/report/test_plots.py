import csv
import struct
import sys
from pathlib import Path

import pytest

from evals.report.figures import Curve, Figure, Line, Pair, Pairs, Point, Score, Scores
from evals.report.plots import write_figures
from hierarchy.errors import MissingComponent

LINE = Line("a $x_1$ \x07", (Point(100, 0.2, 0.1, 0.3, "budget 100"), Point(900, 0.6, 0.5, 0.7, "budget 900")))
FIGURES: list[Figure] = [
    Scores("scores", "pass@1", "right", (Score("a", 0.5, 0.4, 0.6), Score("=cmd()", 1.0, 0.7, 1.0, 1))),
    Curve("cost_quality", "Quality over cost", "tokens", "pass@1", (LINE, Line("b", (Point(5, 0.1),), 1))),
    Curve(
        "calibration", "Calibration", "stated", "seen", (LINE._replace(points=(Point(0.3, 0.2, 0, 1),)),), shares=True
    ),
    Pairs("discordant", "Pairs", (Pair("a", "b", 28, 0, 3, 9),)),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plots")
    write_figures(FIGURES, folder)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_each_figure_is_a_picture_of_a_readable_size(folder: Path, figure: Figure) -> None:
    data = (folder / f"{figure.key}.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert width == 1088
    assert 200 < height < 1000


def test_the_table_beside_it_has_what_was_drawn(folder: Path) -> None:
    assert rows(folder / "cost_quality.csv")[1] == {
        "name": "a $x_1$ \x07",
        "label": "budget 900",
        "x": "900",
        "y": "0.6",
        "low": "0.5",
        "high": "0.7",
    }
    assert rows(folder / "discordant.csv") == [
        {"name_a": "a", "name_b": "b", "both": "28", "only_a": "0", "only_b": "3", "neither": "9"}
    ]


def test_a_spreadsheet_finds_no_formula_in_it(folder: Path) -> None:
    assert [row["name"] for row in rows(folder / "scores.csv")] == ["a", "'=cmd()"]


def test_the_same_figures_give_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for path in write_figures(FIGURES[:2], tmp_path):
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_a_figure_without_points_is_an_empty_one(tmp_path: Path) -> None:
    write_figures([Curve("calibration", "Nothing", "x", "y", ())], tmp_path)
    assert rows(tmp_path / "calibration.csv") == []


def test_figures_of_an_earlier_report_go_and_nothing_else_does(tmp_path: Path) -> None:
    write_figures(FIGURES, tmp_path)
    (tmp_path / "mine.png").write_bytes(b"")
    write_figures(FIGURES[:1], tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.png", "scores.csv", "scores.png"]


def test_without_the_library_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingComponent, match=r"pip install 'hi-moe\[evals\]'"):
        write_figures(FIGURES[:1], tmp_path)
