import pytest

from evals.report.charts import WIDTH, chart, short, ticks
from evals.report.figures import Curve, Line, Pair, Pairs, Point

COST = Curve(
    "cost_quality",
    "Quality over cost",
    "tokens",
    "pass@1",
    (
        Line("a", (Point(100, 0.2, 0.1, 0.3, "x"), Point(900, 0.6, 0.5, 0.7, "y")), 0),
        Line("b", (Point(500, 0.5, 0.4, 0.6),), 7),
    ),
)


def test_ticks_are_round_and_reach_the_highest_value() -> None:
    assert ticks(1709) == [0, 500, 1000, 1500, 2000]
    assert ticks(0.3)[-1] >= 0.3
    assert ticks(0)[0] == 0
    assert len(ticks(0)) == 2


def test_a_curve_of_nothing_spent_is_drawn() -> None:
    free = Curve("cost_quality", "Free", "tokens", "pass@1", (Line("a", (Point(0, 0.5, 0.4, 0.6),)),))
    (dot,) = chart(free).dots
    assert 0 < dot.x < WIDTH


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (0.25, "0.25"), (1500, "1,500"), (20_000, "20k")])
def test_tick_labels_are_short(number: float, text: str) -> None:
    assert short(number) == text


def test_a_line_has_a_band_and_ends_in_a_dot() -> None:
    drawn = chart(COST)
    assert len(drawn.bands) == 1
    assert len(drawn.bands[0].points.split()) == 4
    assert [(dot.series, dot.words) for dot in drawn.dots] == [(0, "a, y: 60.0 %"), (1, "b, : 50.0 %")]
    assert sum(line.kind == "join" for line in drawn.strokes) == 1
    assert sum(line.kind == "error" for line in drawn.strokes) == 1, "a single point has its interval as a line"
    assert drawn.legend == [("a", "s0"), ("b", "s1")]


def test_better_is_higher_and_dearer_is_further_right() -> None:
    first, last = chart(COST).dots[1], chart(COST).dots[0]
    assert last.y < first.y
    assert last.x > first.x


def test_everything_stays_in_the_picture() -> None:
    drawn = chart(COST)
    ends = [(line.x1, line.y1) for line in drawn.strokes] + [(line.x2, line.y2) for line in drawn.strokes]
    assert all(0 <= x <= WIDTH and 0 <= y <= drawn.height for x, y in ends)


def test_shares_over_shares_have_a_diagonal_and_all_their_dots() -> None:
    points = (Point(0.3, 0.1, 0.0, 0.4), Point(0.8, 0.9, 0.7, 1.0))
    drawn = chart(Curve("calibration", "Calibration", "stated", "seen", (Line("a", points),), shares=True))
    assert sum(line.kind == "diagonal" for line in drawn.strokes) == 1
    assert len(drawn.dots) == 2
    assert drawn.bands == []


def test_parts_of_a_pair_fill_the_row_in_proportion() -> None:
    drawn = chart(Pairs("discordant", "Pairs", (Pair("a", "b", 50, 30, 20, 0),)))
    assert [bar.words for bar in drawn.bars] == ["both right: 50", "only A right: 30", "only B right: 20"]
    assert [round(bar.width + 1.5) for bar in drawn.bars] == [220, 132, 88]
    assert [name for name, _ in drawn.legend] == ["both right", "only A right", "only B right", "both wrong"]


def test_who_cannot_see_it_is_told() -> None:
    assert chart(COST).words == "Quality over cost: a, 60.0 % at 900; b, 50.0 % at 500"
    assert "only a 3, only b 2" in chart(Pairs("discordant", "P", (Pair("a", "b", 5, 3, 2, 0),))).words
