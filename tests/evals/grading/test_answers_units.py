import pytest

from evals.grading.answers_latex import tidy
from evals.grading.answers_units import Measured, canonical, in_radians, measured


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
        pytest.param("5 million", Measured("5000000"), id="a scale word"),
        pytest.param(r"\$2.5\text{ million}", Measured("2500000", "dollar"), id="a scale word of money"),
        pytest.param("5 hundred thousand dollars", Measured("500000", "dollar"), id="two scale words and a unit"),
        pytest.param("1/3 dozen", Measured("4"), id="a part of a dozen"),
        pytest.param(r"2\sqrt{3} million", Measured(r"2\sqrt{3} million"), id="a scale word behind no number"),
        pytest.param("5 dollars million", Measured("5 dollars million"), id="a scale word behind the unit"),
        pytest.param(r"5\text{ squared}", Measured(r"5\text{ squared}"), id="a power in words"),
        pytest.param(r"5\text{ or more}", Measured(r"5\text{ or more}"), id="a range"),
        pytest.param(r"5\text{, so 6}", Measured(r"5\text{, so 6}"), id="a text that is no unit"),
        pytest.param(r"5\text{x}", Measured(r"5\text{x}"), id="an upright variable"),
        pytest.param(r"5\text{ N}", Measured("5", "n"), id="an upright unit"),
        pytest.param(r"5\text{ cm^2}", Measured("5", "cm^2"), id="a power within the text"),
        pytest.param(r"5\text{ }", Measured("5"), id="an empty text"),
        pytest.param(r"12\%\text{ increase}", Measured("12", "increase", percent=True), id="what a percentage is of"),
        pytest.param(r"20\text{ °C}", Measured("20", "degree c"), id="a temperature as text"),
        pytest.param(r"5\text{ años}", Measured("5", "año"), id="a unit of another language"),
        pytest.param(r"5\text{M}", Measured(r"5\text{M}"), id="a letter for millions"),
        pytest.param(r"\$5\text{ K}", Measured(r"5\text{ K}", "dollar"), id="a letter for thousands of money"),
        pytest.param("0.3 repeating", Measured("0.3 repeating"), id="a period in words"),
        pytest.param("US$5", Measured("5", "dollar"), id="the country of a currency"),
        pytest.param("EUR 5", Measured("5", "euro"), id="the code of a currency"),
        pytest.param("5\N{EURO SIGN}", Measured("5", "euro"), id="a currency behind"),
        pytest.param(r"52_{(8)}", Measured("52", "base 8"), id="a base in parentheses"),
        pytest.param(r"52 \text{ (base 8)}", Measured("52", "base 8"), id="a base as text"),
    ],
)
def test_a_quantity_and_what_stands_beside_it(text: str, split: Measured) -> None:
    assert measured(tidy(text)) == split


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("5 m", Measured("5", "m")),
        ("5 zorks", Measured("5", "zork")),
        ("5 pieces of the cake", Measured("5", "piece the cake")),
        ("18 dollars at the farmers' market", Measured("18", "dollar at the farmer market")),
        ("5x", Measured("5x")),
        ("5xy", Measured("5xy")),
        ("5 x", Measured("5 x")),
        ("5 xyz", Measured("5 xyz")),
        ("5 abc", Measured("5 abc")),
        ("5 M", Measured("5 M")),
        ("5 of", Measured("5 of")),
        ("5 squared", Measured("5 squared")),
        ("5 below zero", Measured("5 below zero")),
        (r"\$5 m", Measured("5 m", "dollar")),
        (r"\$5 mil", Measured("5 mil", "dollar")),
    ],
)
def test_where_no_variable_is_expected_any_word_is_a_unit_and_no_variable_is(text: str, split: Measured) -> None:
    assert measured(text, loose=True) == split


@pytest.mark.parametrize("unit", ["square centimeters", "sq cm", "cm squared", "Square Centimetres"])
def test_spellings_of_a_unit_are_one(unit: str) -> None:
    assert canonical(unit) == canonical("cm", "2") == "cm^2"


@pytest.mark.parametrize(
    ("text", "converted"),
    [
        (r"\sin 30^\circ", r"\sin (\frac{30 \pi}{180})"),
        (r"2\cos(22.5^\circ)", r"2\cos((\frac{22.5 \pi}{180}))"),
        (r"30^\circ", r"30^\circ"),
    ],
)
def test_degrees_are_radians_within_a_function(text: str, converted: str) -> None:
    assert in_radians(text) == converted
