"""What the bar of a run says."""

import pytest

from evals.ab import Standing
from evals.run import Progress
from hi_moe.cli.eval_progress import ab_note, drawing, duration, note


def test_score_rate_and_time_left() -> None:
    progress = Progress(total=100, done=40, before=10, graded=38, right=19, failed=2)
    progress.started -= 60
    assert note(progress) == "50.0 % right, 30.0/min, 2 min left, 2 failed"


def test_nothing_is_said_before_there_is_anything() -> None:
    assert note(Progress(total=5)) == ""


def test_no_time_is_left_at_the_end() -> None:
    progress = Progress(total=2, done=2)
    progress.started -= 10
    assert "left" not in note(progress)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (89, "89 s"), (91, "2 min"), (5399, "90 min"), (11100, "3 h 05 min")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) in (text, "1 h 30 min")


def test_who_solved_what() -> None:
    standing = Standing(items=9, alpha=0.05, both=1, only_a=2, only_b=3, neither=0)
    assert ab_note(standing) == "2 only A, 3 only B, 1 both, 0 neither"


def test_nothing_is_drawn_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with drawing("samples", quiet=False) as draw:
        draw(1, 2, "note")
    assert capsys.readouterr().err == ""
