"""P(correct) is a probability, and more evidence never lowers it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hierarchy.attempt import Verdict
from hierarchy.confidence import SURPRISE_BITS, Evidence, evidence_of, p_correct, surprise_bits

SHARE = st.floats(0, 1)


@given(
    tests=st.tuples(st.integers(0, 1000), st.integers(0, 1000)),
    first_try=st.booleans(),
    agreement=st.none() | SHARE,
    voters=st.integers(0, 64),
    critique=st.none() | SHARE,
)
def test_it_is_a_probability(
    tests: tuple[int, int], first_try: bool, agreement: float | None, voters: int, critique: float | None
) -> None:
    evidence = Evidence(
        tests_passed=min(tests),
        tests_total=max(tests),
        first_try=first_try,
        agreement=agreement,
        voters=voters,
        critique=critique,
    )
    assert 0 < p_correct(evidence) < 1


@given(st.integers(0, 1000), SHARE, SHARE, st.integers(2, 64), st.booleans())
def test_it_rises_with_agreement(tests: int, one: float, other: float, voters: int, first_try: bool) -> None:
    low, high = sorted((one, other))
    some = Evidence(tests_passed=tests, tests_total=tests, first_try=first_try, agreement=low, voters=voters)
    assert p_correct(some) <= p_correct(some.model_copy(update={"agreement": high}))


@given(st.integers(0, 1000), st.integers(0, 1000), st.booleans())
def test_it_rises_with_tests_passed(one: int, other: int, first_try: bool) -> None:
    low, high = sorted((one, other))
    few = Evidence(tests_passed=low, tests_total=low, first_try=first_try)
    many = Evidence(tests_passed=high, tests_total=high, first_try=first_try)
    assert p_correct(few) <= p_correct(many)
    assert p_correct(many.model_copy(update={"tests_passed": low})) <= p_correct(many)


def test_a_failed_test_outweighs_everything() -> None:
    failed = Evidence(tests_passed=9, tests_total=10, first_try=True, agreement=1.0, voters=16, critique=1.0)
    assert p_correct(failed) == 0.02


def test_a_first_try_is_worth_more_than_one_of_many() -> None:
    first = Evidence(tests_passed=3, tests_total=3, first_try=True)
    assert p_correct(first) > p_correct(first.model_copy(update={"first_try": False}))


def test_one_voter_is_no_agreement_and_many_count_more() -> None:
    nobody = Evidence(agreement=None)
    assert p_correct(Evidence(agreement=1.0, voters=1)) == p_correct(nobody)
    assert p_correct(Evidence(agreement=1.0, voters=8)) > p_correct(Evidence(agreement=1.0, voters=2))
    assert p_correct(Evidence(agreement=1.0, voters=64)) == p_correct(Evidence(agreement=1.0, voters=8))


def test_a_models_word_about_itself_is_bounded() -> None:
    assert p_correct(Evidence(critique=1.0)) == 0.7
    assert p_correct(Evidence(critique=0.0)) == 0.05
    assert p_correct(Evidence(critique=0.4)) == 0.4


def test_the_evidence_of_a_verdict() -> None:
    verdict = Verdict(status="accepted", tests_passed=2, tests_total=2)
    assert evidence_of(verdict, first_try=True) == Evidence(tests_passed=2, tests_total=2, first_try=True)


def test_surprise_is_measured_in_bits() -> None:
    assert surprise_bits(0.5, True) == surprise_bits(0.5, False) == 1.0
    assert surprise_bits(0.9, False) > SURPRISE_BITS > surprise_bits(0.9, True)
    assert surprise_bits(1.0, False) == pytest.approx(-math.log2(1e-6))
