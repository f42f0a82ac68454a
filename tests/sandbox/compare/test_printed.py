import pytest

from sandbox.compare.printed import same_output


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
