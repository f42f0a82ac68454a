"""What the bar of a run says."""

import pytest

from evals.run import Progress
from hi_moe.cli.eval_progress import Silent, ab_view, duration, note, progress_view


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


def test_no_bar_without_a_terminal() -> None:
    for view in (progress_view(False), ab_view(False)):
        assert isinstance(view, Silent)
        with view as shown:
            shown(None)
