import pytest

from evals.report.text import count, one_line, percent, points, seconds, shown


def test_what_acts_is_written_out() -> None:
    assert shown("a\tb\r\nc\x1b[2J\u202e\u2028\ud800\x85") == "a\tb\nc\\x1b[2J\\u202e\\u2028\\ud800\\x85"


def test_other_writing_stays_as_it_is() -> None:
    assert shown("größer, 日本, 🙂, שלום") == "größer, 日本, 🙂, שלום"


def test_long_texts_are_cut_with_a_note() -> None:
    assert shown("x" * 1500, 100) == "x" * 100 + "\n… 1,400 more characters are not shown"


def test_one_line_folds_white_space_and_is_bounded() -> None:
    assert one_line("a\n  b\x07") == "a b\\x07"
    assert one_line("word " * 50, 12) == "word word w…"


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (percent(0.6646), "66.5 %"),
        (percent(1, 0), "100 %"),
        (percent(None), "-"),
        (points(0.0312), "+3.1"),
        (points(-0.004), "-0.4"),
        (count(1204.4), "1,204"),
        (count(None), "-"),
        (seconds(0.346), "0.35 s"),
        (seconds(12.84), "12.8 s"),
        (seconds(2460), "41 min"),
        (seconds(11520), "3.2 h"),
        (seconds(None), "-"),
    ],
)
def test_numbers_as_people_write_them(told: str, text: str) -> None:
    assert told == text
