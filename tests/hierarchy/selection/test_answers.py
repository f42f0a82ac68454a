import pytest

from hierarchy.selection.answers import normal_form, vote

SAME = [
    ["1/2", "0.5", ".50", "\\frac{1}{2}", "\\frac12", "\\dfrac{1}{2}", "$\\frac{1}{2}$", "x = 1/2", "\\boxed{0.5}"],
    ["1,234", "1234", "1234.0", "\\$1,234", "1{,}234", "1234."],
    ["50\\%", "50%", "50", "50 degrees", "50^\\circ", "50 cm", "50\\text{ cm}^2", "50 square feet", "50cm"],
    ["3\\sqrt{2}", "3\\sqrt2", "3 \\sqrt {2}"],
    ["(1, 2)", "(1,2)", "\\left(1,2\\right)", "( 1.0 , 2 )"],
    ["1, 2", "2,1", "1 and 2", "\\{2,1\\}", "x=1,2"],
    ["2\\frac{1}{2}", "2.5", "5/2", "2 1/2"],
    ["-2 1/2", "-2.5"],
    ["\\text{Monday}", "Monday", "monday."],
    ["-\\frac{3}{4}", "-0.75", "\\frac{-3}{4}", "\N{MINUS SIGN}3/4"],
    ["\\frac{\\pi}{2}", "\\pi/2"],
    ["(5)", "5"],
    ["\\frac{\\sqrt{3}}{3}", "\\sqrt{3}/3", "\\sqrt3/3"],
    ["\\$32,\\!348", "32348"],
]


@pytest.mark.parametrize("group", SAME, ids=lambda group: group[0])
def test_ways_to_write_one_answer_have_one_normal_form(group: list[str]) -> None:
    assert len({normal_form(answer) for answer in group}) == 1


DIFFERENT = [
    ("(1,2)", "(2,1)"),
    ("[2,5)", "(2,5]"),
    ("1/3", "0.33"),
    ("5x", "5"),
    ("14\\pi", "14"),
    ("2 pi", "2"),
    ("\\sqrt{2}", "2"),
    ("x^2+1", "x^2-1"),
    ("1/0", "0"),
    ("10^{5}", "10"),
    ("(1+2)(3+4)", "1+2"),
    ("\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "\\begin{pmatrix} 12 \\end{pmatrix}"),
    ("32,348", "32,349"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_answers_stay_different(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\\frac{",
        "(((",
        "\\boxed{",
        ",",
        "9" * 5000,
        "1/" * 50,
        "\\frac" * 30,
        "{" * 3000,
        "(1,2",
        "(" * 140 + ")" * 140,
        "(" * 9000 + ")" * 9000,
    ],
)
def test_broken_text_has_a_normal_form_too(text: str) -> None:
    assert isinstance(normal_form(text), str)


def test_the_answer_most_agree_on_wins() -> None:
    result = vote(["3", "0.5", "\\frac{1}{2}", None, ""], [-0.1, -0.9, -0.5, None, None])
    assert result is not None
    assert result.winner == 2
    assert result.agreement == pytest.approx(2 / 3)
    assert (result.voters, result.sizes) == (3, (2, 1))


def test_a_tie_goes_to_the_likelier_answer_then_to_the_first() -> None:
    likelier = vote(["3", "4"], [-0.9, -0.2])
    first = vote(["3", "4"], [None, None])
    assert likelier is not None
    assert first is not None
    assert (likelier.winner, first.winner) == (1, 0)


def test_without_answers_there_is_no_vote() -> None:
    assert vote([None, " "], [None, None]) is None
    assert vote([], []) is None
