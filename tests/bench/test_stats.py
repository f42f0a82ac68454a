import pytest

from bench.sandbox_figures.stats import fit, percentile


def test_line_through_exact_points() -> None:
    line = fit([1, 2, 4], [5, 7, 11])
    assert (line.constant, line.slope, line.r_squared) == pytest.approx((3, 2, 1))


def test_r_squared_falls_with_what_the_line_does_not_explain() -> None:
    assert fit([0, 1, 2, 3], [0, 1, 0, 1]).r_squared == pytest.approx(0.2)


def test_equal_values_are_explained_by_a_level_line() -> None:
    assert fit([1, 2, 3], [4, 4, 4]).r_squared == 1


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (99, 99), (100, 100), (0, 1)])
def test_percentile_is_the_nearest_rank(percent: float, expected: float) -> None:
    assert percentile(range(100, 0, -1), percent) == expected


def test_percentile_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)
