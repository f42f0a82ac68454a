import pytest

from sandbox.compare.printed import same_lines, same_numbers, same_output, same_tokens
from sandbox.compare.tolerance import Tolerance


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("1 2\n", "1 2"),
        ("1 2\n3\n", "1 2  \n3\n\n\n"),
        ("YES\r\n", "YES\n"),
        ("1 2 3", "1\n2\n3\n"),
        ("0.333333", "0.3333333333333"),
        ("2.50", "2.5"),
        ("3.0", "3"),
        ("1e3", "1000"),
        ("1234567.5", "1234567.9"),
        ("", "\n"),
        ("  *\n ***", "  *  \n ***\n"),
    ],
)
def test_same_output(expected: str, actual: str) -> None:
    assert same_output(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ("1 2", "1 2 3"),
        ("3", "3.0"),
        ("YES", "Yes"),
        ("0.5", "0.50001"),
        ("0.5", "nan"),
        ("0.5", "0_0.5"),
        ("1", ""),
        ("  *\n ***", "*\n***"),
    ],
)
def test_not_the_same_output(expected: str, actual: str) -> None:
    assert not same_output(expected, actual)


@pytest.mark.parametrize(
    ("expected", "actual", "is_same"),
    [
        ("1 2\n3\n", "1 2  \r\n3\n\n\n", True),
        ("  *\n", "  *", True),
        ("", "\n \n", True),
        ("1 2", "1\n2", False),
        ("  *", "*", False),
        ("a  b", "a b", False),
        ("0.5", "0.50", False),
        ("a\fb", "a\nb", False),
        ("\na", "a", False),
    ],
)
def test_same_lines(expected: str, actual: str, is_same: bool) -> None:
    assert same_lines(expected, actual) is is_same


@pytest.mark.parametrize(
    ("expected", "actual", "is_same"),
    [
        ("1 2\n3", " 1\t2 3\n\n", True),
        ("  *\n ***", "* ***", True),
        ("0.5", "0.50", False),
        ("YES", "Yes", False),
        ("1 2", "12", False),
        ("1", "1 1", False),
    ],
)
def test_same_tokens(expected: str, actual: str, is_same: bool) -> None:
    assert same_tokens(expected, actual) is is_same


@pytest.mark.parametrize(
    ("expected", "actual", "is_same"),
    [
        ("0.5 x", "0.55\nx", True),
        ("3", "3.05", True),
        ("3.0", "3", True),
        ("1e2", "100.05", True),
        ("nan", "nan", True),
        ("-.5", "-0.45", True),
        ("3", "4", False),
        ("12345678901234567890", "12345678901234567891", False),
        ("0.5", "0.7", False),
        ("0.5", "nan", False),
        ("0.5", "x", False),
        ("x", "0.5", False),
        ("0.5", "0.5 0.5", False),
    ],
)
def test_same_numbers(expected: str, actual: str, is_same: bool) -> None:
    assert same_numbers(expected, actual, Tolerance(rtol=0.0, atol=0.1)) is is_same


def test_numbers_are_compared_as_by_default_where_no_tolerance_is_given() -> None:
    assert same_numbers("1234567.5", "1234567.9")
    assert not same_numbers("0.5", "0.50001")
