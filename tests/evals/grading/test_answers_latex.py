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
