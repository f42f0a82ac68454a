import pytest

from evals.grading.answers_latex import tidy
from evals.grading.answers_units import Measured, canonical, measured


@pytest.mark.parametrize(
    ("text", "split"),
    [
        pytest.param("5 cm", Measured("5", "cm"), id="a known unit"),
        pytest.param(r"5\text{ cm}^2", Measured("5", "cm^2"), id="a power behind it"),
        pytest.param(r"\frac{1}{2} inches", Measured(r"\frac{1}{2}", "in"), id="behind a fraction"),
        pytest.param("60 miles per hour", Measured("60", "mph"), id="per"),
        pytest.param("60 mi/h", Measured("60", "mph"), id="a slash"),
        pytest.param(r"\$5", Measured("5", "dollar"), id="money"),
        pytest.param("-$5", Measured("-5", "dollar"), id="a debt"),
        pytest.param(r"\text{\$}5", Measured("5", "dollar"), id="money in a text"),
        pytest.param(r"5\%", Measured("5", percent=True), id="percent"),
        pytest.param(r"90^{\circ}", Measured("90", "degree"), id="degrees"),
        pytest.param(r"20^\circ\text{C}", Measured("20", "degree c"), id="a temperature"),
        pytest.param("20 degrees Celsius", Measured("20", "degree c"), id="a temperature in words"),
        pytest.param(r"\sin 30^\circ", Measured(r"\sin 30^\circ"), id="an angle within a formula"),
        pytest.param(r"1011_{\text{two}}", Measured("1011", "base 2"), id="a base in words"),
        pytest.param("1A base 16", Measured("1A", "base 16"), id="digits beyond nine"),
        pytest.param("5 m", Measured("5 m"), id="a lone letter may be a variable"),
        pytest.param("5 zorks", Measured("5 zorks"), id="an unknown word may be variables"),
        pytest.param("x cm", Measured("x cm"), id="behind a variable"),
        pytest.param("2 sin", Measured("2 sin"), id="a function is no unit"),
    ],
)
def test_a_quantity_and_what_stands_beside_it(text: str, split: Measured) -> None:
    assert measured(tidy(text)) == split


@pytest.mark.parametrize(
    ("text", "split"),
    [("5 m", Measured("5", "m")), ("5 zorks", Measured("5", "zork")), ("5x", Measured("5x"))],
)
def test_where_no_variable_is_expected_any_word_is_a_unit(text: str, split: Measured) -> None:
    assert measured(text, loose=True) == split


@pytest.mark.parametrize("unit", ["square centimeters", "sq cm", "cm squared", "Square Centimetres"])
def test_spellings_of_a_unit_are_one(unit: str) -> None:
    assert canonical(unit) == canonical("cm", "2") == "cm^2"
