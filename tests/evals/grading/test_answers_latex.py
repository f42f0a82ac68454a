import pytest

from evals.grading.answers_latex import DEEPEST, LONGEST, closing_bracket, split, tidy, too_much, unwrapped


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        pytest.param(r"\dfrac12", r"\frac{1}{2}", id="braces of a fraction"),
        pytest.param(r"\frac {a} b", r"\frac{a}{b}", id="spaces in a fraction"),
        pytest.param(r"\frac\pi2", r"\frac{\pi}{2}", id="a command in a fraction"),
        pytest.param(r"\sqrt3", r"\sqrt{3}", id="braces of a root"),
        pytest.param(r"\sqrt[3]2", r"\sqrt[3]{2}", id="the degree of a root"),
        pytest.param(r"\sqrt[3", r"\sqrt[{3}", id="a degree that is never closed"),
        pytest.param(r"\frac1", r"\frac{1}", id="a fraction without a denominator"),
        pytest.param(r"\frac{1", r"\frac{1", id="a fraction never closed"),
        pytest.param("sqrt(x+1)", r"\sqrt{x+1}", id="a root with parentheses"),
        pytest.param("x^(n+1)", "x^{n+1}", id="an exponent with parentheses"),
        pytest.param("x^(n", "x^(n", id="parentheses never closed"),
        pytest.param("x**12", "x^{12}", id="a power as in a program"),
        pytest.param(r"\left(1,\,2\right]", "(1, 2]", id="sizes and spaces"),
        pytest.param(r"\bigl\{1\bigr\}", r"\{1\}", id="big braces"),
        pytest.param(r"\mathrm{cm}", r"\text{cm}", id="fonts"),
        pytest.param(r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", id="rows stay"),
        pytest.param(r"1\text{ or }2", "1, 2", id="or is a comma"),
        pytest.param("x \N{LESS-THAN OR EQUAL TO} 2", r"x \le 2", id="unicode"),
        pytest.param("x<=2", r"x\le 2", id="as in a program"),
        pytest.param("5 percent", "5%", id="percent in words"),
        pytest.param("$5", r"\$5", id="a single dollar sign is money"),
        pytest.param("$x$ and $y$", "x, y", id="two are mathematics"),
        pytest.param(".5", "0.5", id="a digit before the point"),
        pytest.param(r"(-\infty,+\infty)", r"(-\infty,\infty )", id="infinity has no plus"),
        pytest.param(r"\mathbf{\frac12}", r"\frac{1}{2}", id="a bold fraction"),
        pytest.param(r"2^\mathbf{10}", "2^{10}", id="a bold exponent"),
        pytest.param(r"\mathbf{10}^2", "{10}^2", id="a bold base"),
        pytest.param(r"\sin\mathbf{x}", r"\sin x", id="a bold argument"),
        pytest.param(r"2\mathbf{\pi}r", r"2\pi r", id="a bold command"),
        pytest.param(r"\mathrm{e}^x", "e^x", id="an upright constant"),
        pytest.param(r"5\,\mathrm{m}", r"5 \text{m}", id="an upright unit"),
        pytest.param(r"\mathrm{cm^{2}}", r"\text{cm^2}", id="an upright unit with its power"),
        pytest.param(r"\mathbf{1", r"\mathbf{1", id="a font never closed"),
        pytest.param(r"\text{A and C}", r"\text{A and C}", id="and within a text stays"),
        pytest.param(r"x<1 \text{ or } x>2", r"x<1 \lor x>2", id="or between inequalities"),
        pytest.param(r"x>1 \land x<2", r"x>1 \land x<2", id="and between inequalities"),
        pytest.param("x=1 or x=2", "x=1, x=2", id="or between values"),
        pytest.param(r"x\in(1,2) or x\in(3,4)", r"x\in(1,2) \cup (3,4)", id="or between elements"),
        pytest.param(r"x\in(1,3) and x\in(2,4)", r"x\in(1,3) \cap (2,4)", id="and between elements"),
        pytest.param("1, 2, and 3", "1, 2, 3", id="a comma before and"),
        pytest.param(r"1 \\[4pt] 2", r"1 \\ 2", id="the space after a row"),
        pytest.param("\N{SQUARE ROOT}12", r"\sqrt{12}", id="the root sign of a keyboard"),
        pytest.param("\N{SQUARE ROOT}(x+1)", r"\sqrt{x+1}", id="and of parentheses"),
        pytest.param(r"{10 \choose 3}", r"\binom{10 }{ 3}", id="an older command"),
        pytest.param("_{10}C_3", r"\binom{10}{3}", id="combinations"),
        pytest.param(r"\text{ \$18 }", r"\$18", id="a number as text"),
        pytest.param(r"\mathdollar 5", r"\$5", id="a dollar by its name"),
        pytest.param("final answer: 5", "5", id="a label"),
        pytest.param("]1,2[", "(1,2)", id="brackets that look outward"),
    ],
)
def test_one_spelling_of_what_looks_the_same(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        (r"$\boxed{5}$.", "5"),
        (r"\boxed{1}, \boxed{2}", r"\boxed{1}, \boxed{2}"),
        ("$1$ and $2$", "$1$ and $2$"),
        ("**5**", "5"),
        ("$", "$"),
        (r"5\,", r"5\,"),
        ("5\\ ", "5"),
        (r"5 \\", "5"),
    ],
)
def test_what_only_surrounds_an_answer_is_taken_off(text: str, inner: str) -> None:
    assert unwrapped(text) == inner


def test_what_is_too_long_or_too_deep_is_not_looked_at() -> None:
    assert too_much("5" * LONGEST) is None
    assert too_much("(" * DEEPEST + ")" * DEEPEST) is None
    assert "no final answer" in str(too_much("5" * (LONGEST + 1)))
    assert "nested 25 deep" in str(too_much("(" * (DEEPEST + 1)))


def test_brackets_of_two_kinds_close_each_other() -> None:
    assert closing_bracket("(1,2]", 0) == 4
    assert closing_bracket("(1", 0) is None


def test_only_commas_outside_of_brackets_separate() -> None:
    assert split("a, (b,c), {d,e}") == ["a", "(b,c)", "{d,e}"]
