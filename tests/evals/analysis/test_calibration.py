"""What statuses and stated probabilities are worth."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evals.analysis.calibration import calibration, precisions
from evals.results import Results, Row
from evals.stats.intervals import wilson

MakeRow = Callable[..., Row]
MakeResults = Callable[..., Results]


def test_precision_of_each_status_surest_first(row: MakeRow, results: MakeResults) -> None:
    run = results(
        row("a", False, status="unverified"),
        row("b", True, status="verified"),
        row("c", False, status="verified"),
        row("d", True, status="verified"),
        row("e", None, status="verified"),
    )
    verified, unverified = precisions(run)
    assert (verified.status, verified.samples, verified.passed) == ("verified", 3, 2)
    assert verified.precision == pytest.approx(2 / 3)
    assert verified.interval == wilson(2, 3)
    assert (unverified.status, unverified.precision) == ("unverified", 0.0)


def test_brier_score_and_bins(row: MakeRow, results: MakeResults) -> None:
    run = results(
        row("a", True, p_correct=0.9),
        row("b", False, p_correct=0.95),
        row("c", True, p_correct=1.0),
        row("d", False, p_correct=0.25),
    )
    found = calibration(run)
    assert found is not None
    assert found.samples == 4
    assert found.brier == pytest.approx((0.1**2 + 0.95**2 + 0.0 + 0.25**2) / 4)
    assert found.brier_of_base_rate == pytest.approx(0.25)
    low, high = found.bins
    assert (low.low, low.high, low.samples, low.stated, low.observed) == pytest.approx((0.2, 0.3, 1, 0.25, 0.0))
    assert (high.low, high.high, high.samples, high.stated, high.observed) == pytest.approx((0.9, 1.0, 3, 0.95, 2 / 3))
    assert high.interval == wilson(2, 3)
    assert found.error == pytest.approx((0.25 * 1 + (0.95 - 2 / 3) * 3) / 4)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_every_sample_is_in_one_bin(row: MakeRow, results: MakeResults, said: list[tuple[float, bool]]) -> None:
    found = calibration(results(*(row(f"{place}", passed, p_correct=p) for place, (p, passed) in enumerate(said))))
    if found is None:
        assert not any(p for p, _ in said)
        return
    assert sum(each.samples for each in found.bins) == len(said)
    assert all(each.low - 1e-9 <= each.stated <= each.high + 1e-9 for each in found.bins)
    assert 0 <= found.error <= 1


def test_a_file_of_others_states_no_probabilities(row: MakeRow, results: MakeResults) -> None:
    assert calibration(results(row("a", True))) is None


def test_samples_of_one_item_are_no_more_than_one(row: MakeRow, results: MakeResults) -> None:
    run = results(
        *(row(name, right, sample, status="verified", p_correct=0.9)
          for name, marks in (("a", (True, True)), ("b", (True, False))) for sample, right in enumerate(marks))
    )  # fmt: skip
    (verified,) = precisions(run)
    assert (verified.samples, verified.precision, verified.interval) == (4, 0.75, wilson(1.5, 2))
    found = calibration(run)
    assert found is not None
    assert found.bins[0].interval == wilson(1.5, 2)
