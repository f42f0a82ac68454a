from evals.report.tables import Table, cells, columns, drawn, interval, plain, share
from evals.stats.intervals import Interval


def test_numbers_stand_on_the_right_and_names_on_the_left() -> None:
    table = Table("Scores", columns("Run", "Items"), (cells("a", "7"), cells("longer", "1,204")), ("a note",))
    assert plain(table) == "Scores\n  Run     Items\n  a           7\n  longer  1,204\n  a note\n"


def test_a_column_that_only_the_page_draws_is_left_out_of_text() -> None:
    table = Table("T", columns("Run", ""), (cells("a", drawn(0.5, Interval(0.25, 0.75))),))
    assert plain(table) == "T\n  Run\n  a\n"


def test_foreign_names_cannot_act_on_a_terminal() -> None:
    assert "\x1b" not in plain(Table("T", columns("Run"), (cells("a\x1b[2J"),)))


def test_wide_characters_take_two_places() -> None:
    table = Table("T", columns("Run", "N"), (cells("日本", "1"), cells("ab", "2")))
    assert plain(table).splitlines()[2:] == ["  日本  1", "  ab    2"]


def test_shares_are_told_with_their_intervals() -> None:
    assert share(0.6646, Interval(0.589, 0.732)) == "66.5 % (59 to 73)"
    assert interval(Interval(0.589, 0.732)) == "58.9 to 73.2"
    assert drawn(0.5, Interval(0.25, 0.75), 2).range == (25.0, 50.0, 75.0)


def test_a_table_with_long_rows_takes_the_whole_width() -> None:
    assert not Table("T", columns("Run", "N"), (cells("a", "1"),)).wide
    assert Table("T", columns("Run", "N"), (cells("a" * 60, "1" * 20),)).wide


def test_titles_cannot_act_either_and_nothing_breaks_a_line() -> None:
    table = Table("T\x1b[1m\nx", columns("sub\x1b[31mject", "a\nb"), (cells("q\nr", "1\n2"),), ("n\x1b[2J\n",))
    assert plain(table).splitlines() == [
        r"T\x1b[1m x",
        r"  sub\x1b[31mject  a b",
        "  q r              1 2",
        r"  n\x1b[2J",
    ]
