from fractions import Fraction

import pytest

from evals.grading.answers_numbers import number, plain_letters


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-1.5", Fraction(-3, 2)),
        ("1 234 567", Fraction(1234567)),
        ("1 2", None),
        ("2 1/2", Fraction(5, 2)),
        ("1/0", None),
        ("1e400", Fraction(10**400)),
        ("1e4000", None),
        (r"-3 \cdot 10^{-2}", Fraction(-3, 100)),
        (r"0.\overline{142857}", Fraction(1, 7)),
        (r"-.1\overline{6}", Fraction(-1, 6)),
        ("2x", None),
        ("9" * 1000, Fraction(10**1000 - 1)),
    ],
)
def test_exact_numbers(text: str, value: Fraction | None) -> None:
    assert number(text) == value


def test_the_letters_of_commands_are_none_of_a_text() -> None:
    assert plain_letters(r"\frac{a}{2} \pi b") == "ab"
