import math

import pytest

from bench.sandbox_figures.plus import close, is_zero, size


def test_a_root_is_a_zero() -> None:
    assert is_zero([-2, 0, 1], math.sqrt(2), 1e-4)


def test_another_number_is_no_zero() -> None:
    assert not is_zero([-2, 0, 1], 1.5, 1e-4)


@pytest.mark.parametrize("answer", [None, "0", True, [0.0]])
def test_what_is_no_number_is_no_zero(answer: object) -> None:
    assert not is_zero([0, 1], answer, 1e-4)


def test_an_answer_beyond_the_range_of_floats_is_no_zero() -> None:
    assert not is_zero([1, 1, 1], 1e200, 1e-4)


def test_an_integer_beyond_the_range_of_floats_is_no_zero() -> None:
    assert not is_zero([0, 1], 10**400, 1e-4)


def test_floats_may_be_off_by_what_evalplus_allows() -> None:
    assert close([1.0], [1.0 + 9e-7], 0)
    assert not close([1.0], [1.0 + 2e-6], 0)


def test_the_tolerance_of_a_row_counts_instead() -> None:
    assert close(1.0, 1.00005, 1e-4)


def test_types_count() -> None:
    assert not close((1, 2), [1, 2], 0)


def test_size_is_that_of_typed_json() -> None:
    assert size((1, "é")) == len('{"$tuple":[1,"\\u00e9"]}')
