"""The score: unbiased over samples, a mean over items, base apart from everything."""

import pytest

from evals.grading.summary import summarize
from evals.sample import Grade
from hierarchy.errors import UsageError


def grade(name: str, sample: int, passed: bool, base: bool | None = None) -> Grade:
    status = "accepted" if passed else "wrong_answer"
    return Grade(task_id=name, sample=sample, passed=passed, base=base, status=status)


def test_pass_at_1_is_the_mean_over_items() -> None:
    found = summarize([grade("a", 0, True), grade("a", 1, False), grade("b", 0, True)])
    assert (found.items, found.samples, found.everything.right) == (2, 3, 2)
    assert found.everything.pass_at == {1: 0.75}
    assert found.base is None
    assert found.statuses == {"accepted": 2, "wrong_answer": 1}
    assert found.everything.interval.low < 0.75 < found.everything.interval.high


def test_base_is_counted_apart() -> None:
    found = summarize(
        [grade("a", 0, False, base=True), grade("b", 0, True, base=True), grade("c", 0, False, base=False)]
    )
    assert found.base is not None
    assert (found.base.right, found.everything.right) == (2, 1)


def test_pass_at_10_needs_ten_samples_of_every_item() -> None:
    found = summarize([grade("a", number, number < 5) for number in range(10)])
    assert found.everything.pass_at == {1: 0.5, 10: 1.0}


def test_no_grades_have_no_score() -> None:
    with pytest.raises(UsageError):
        summarize([])
