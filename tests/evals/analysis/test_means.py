"""Every item weighs the same."""

from collections.abc import Callable

from evals.analysis.means import item_means, mean, mean_over_items
from evals.results import Row


def test_an_item_with_more_samples_weighs_no_more(row: Callable[..., Row]) -> None:
    rows = [row("a", True), row("a", True, 1), row("a", False, 2), row("a", True, 3), row("b", False)]
    assert item_means(rows, lambda each: bool(each.passed)) == {"a": 0.75, "b": 0.0}
    assert mean_over_items(rows, lambda each: bool(each.passed)) == 0.375


def test_the_mean_of_nothing_is_zero() -> None:
    assert mean([]) == 0.0
    assert mean_over_items([], lambda each: 1.0) == 0.0
