"""Each line is a reason why two answers are the same, or are not."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from evals.grading.answers import AnswerChecker

pytestmark = pytest.mark.asyncio(loop_scope="module")

SAME = [
    # numbers
    (r"\frac{1}{2}", "0.5", "number", "a decimal is a fraction"),
    (r"\frac43", r"\dfrac{4}{3}", "number", "TeX adds the braces"),
    (r"\frac{6}{8}", "3/4", "number", "fractions are reduced"),
    (".0000672", r"6.72 \times 10^{-5}", "number", "scientific notation"),
    ("1500", "1.5e3", "number", "as a programming language writes it"),
    ("1000000", "10^6", "number", "a bare power of ten"),
    ("1/3", r"0.\overline{3}", "number", "a repeating decimal is exact"),
    ("-7/6", r"-1.1\overline{6}", "number", "digits before the period"),
    (r"10,\!080", "10080", "number", "thousands with a negative space"),
    ("1,234", "1234", "number", "thousands"),
    ("1234567", "1 234 567", "number", "thousands with spaces"),
    (r"1\frac{4}{5}", "9/5", "number", "a mixed number"),
    (r"137 \frac{1}{2}", "137.5", "number", "a mixed number with a space"),
    ("2 1/2", "2.5", "number", "a mixed number without LaTeX"),
    (r"-\frac{1}{2}", r"\frac{-1}{2}", "number", "the sign may stand in the numerator"),
    ("-5", "\N{MINUS SIGN}5", "number", "a typographic minus"),
    ("7", "7.", "number", "a full stop"),
    ("7", "007.0", "number", "zeros around it"),
    # what surrounds an answer
    ("7", r"\boxed{7}", "number", "the box itself"),
    ("7", "$$7$$", "number", "display mathematics"),
    ("7", r"\(7\)", "number", "inline mathematics"),
    ("7", "**7**", "number", "bold"),
    ("3", "6/2 = 3", "normal form", "a chain whose every part is right"),
    ("42", "= 42", "number", "a sign left over from a chain"),
    ("42", r"x \approx 42", "number", "nearly equal, and exactly so"),
    (r"\frac{10}{3}", r"\frac{10}{3} \approx 3.33", "number", "the exact value before the rounded one"),
    ("42", r"\text{42 km}", "number", "all of it as text"),
    ("42", r"42\,", "number", "a space at the end"),
    ("42", "The answer is 42.", "number", "a sentence"),
    (r"2\sqrt{3}", "2\N{SQUARE ROOT}3", "normal form", "the root sign of a keyboard"),
    (r"\binom{10}{3}", r"{10 \choose 3}", "normal form", "the older command for a binomial coefficient"),
    (r"\frac{5}{6}", r"\mathbf{\frac56}", "number", "a bold fraction"),
    ("(1,2)", r"\boldsymbol{(1, 2)}", "number", "a bold tuple"),
    (r"90^\circ", r"\mathbf{90}^\circ", "number", "bold degrees"),
    ("e^2", r"\mathrm{e}^2", "normal form", "the upright constant"),
    (r"\text{(B)}", "Option B", "text", "a choice, called so"),
    # units
    ("5 cm", "5", "number", "a unit left off by the answer"),
    ("5", r"5\text{ cm}", "number", "a unit left off by the set"),
    (r"5\text{ cm}", "5 centimetres", "number", "two spellings of a unit"),
    (r"5\text{ cm}^2", "5 square centimeters", "number", "two spellings of an area"),
    ("12", "12 red marbles", "number", "words after a number"),
    ("5", "5 m", "number", "a lone letter, where no variable is expected"),
    (r"\$36", "36 dollars", "number", "money"),
    (r"\$32,\!348", "$32348", "number", "money with thousands"),
    (r"90^\circ", "90", "number", "degrees left off"),
    (r"\frac{270}7\text{ degrees}", r"\frac{270}{7}^\circ", "number", "degrees in words and as a sign"),
    (r"2\sqrt{3}\text{ cm}", r"\sqrt{12}", "math-verify", "a unit after a root"),
    ("52_8", "52_{8}", "number", "an index with braces"),
    ("52_8", "52 base 8", "number", "the base in words"),
    ("52_8", "52", "number", "the base left off"),
    (r"\$5", r"US\$5", "number", "the country of a currency"),
    (r"\$5", "USD 5", "number", "the code of a currency"),
    ("18", "18\N{EURO SIGN}", "number", "a currency behind the number"),
    ("5000000", r"\$5 million", "number", "millions of dollars"),
    (r"5\text{ million}", "5,000,000", "number", "millions in the set"),
    ("60", "5 dozen eggs", "number", "dozens"),
    ("500000", "5 hundred thousand", "number", "two scale words"),
    ("5", "5 sec", "number", "a unit that is a function too"),
    ("5", "5 more of the apples", "number", "a phrase after a number"),
    ("2516_8", "2516_{(8)}", "number", "the base in parentheses"),
    ("2516_8", r"2516 \text{ (base 8)}", "number", "the base as text"),
    # ratios and times
    ("3:4", "6:8", "number", "a ratio is reduced"),
    (r"1:\sqrt{3}", r"\frac22 : \sqrt3", "normal form", "a ratio of formulas"),
    ("2:15", "2:15 pm", "number", "half a day left off"),
    # percent
    (r"50\%", "50", "number", "the sign left off by the answer"),
    ("50", r"50\%", "number", "the sign left off by the set"),
    (r"50\%", "0.5", "number", "its value"),
    ("0.5", "50 percent", "number", "its value, in words"),
    # sets, tuples, intervals
    (r"\{1,2\}", r"\{2, 1\}", "number", "a set has no order"),
    ("3, 5, 7", "7, 5 and 3", "number", "a list of solutions has no order"),
    ("1,2", r"\{1,2\}", "number", "a list is a set"),
    (r"\{5\}", "5", "number", "a set of one"),
    ("1,2", r"x=1 \text{ or } x=2", "number", "solutions with their name"),
    ("(3, 2)", "x = 3, y = 2", "number", "a point by its coordinates"),
    (r"\left( 3, \frac{\pi}{2} \right)", r"(3, \pi/2)", "math-verify", "coordinates are formulas"),
    ("(1,2]", r"\left(1, 2\right]", "number", "a half-open interval"),
    (r"(0,9) \cup (9,36)", r"(9,36)\cup(0,9)", "number", "a union has no order"),
    (r"(0,9) \cup (9,36)", r"(0,36) \setminus \{9\}", "math-verify", "the same set as a difference"),
    (r"(2,\infty)", "x > 2", "math-verify", "an interval as an inequality"),
    (r"x \in [1,2]", "[1,2]", "number", "what the variable lies in"),
    (r"(-\infty,\infty)", r"\mathbb{R}", "math-verify", "all real numbers"),
    (r"\emptyset", r"\{\}", "normal form", "nothing"),
    (r"1 \pm \sqrt{19}", r"1-\sqrt{19}, 1+\sqrt{19}", "normal form", "plus-minus is two values"),
    (r"\{1\pm\sqrt{5},-2\}", r"-2, 1+\sqrt5, 1-\sqrt5", "normal form", "plus-minus within a set"),
    (r"\pm 1 \mp i", r"1-i, -1+i", "normal form", "signs tied together"),
    (r"(\sqrt{12}, \{\sqrt{12}, 1\})", r"(2\sqrt3, \{1, 2\sqrt3\})", "math-verify", "a set in a tuple"),
    (r"\begin{pmatrix} 1/5 \\ -18/5 \end{pmatrix}", r"\begin{bmatrix}0.2\\-3.6\end{bmatrix}", "number", "a vector"),
    (r"\begin{pmatrix} 1 & \sqrt{4} \end{pmatrix}", r"\begin{pmatrix} 1 & 2 \end{pmatrix}", "math-verify", "cells"),
    ("1,2", "1; 2", "number", "semicolons"),
    ("1,2", "x_2 = 2, x_1 = 1", "number", "numbered solutions"),
    ("(1,2)", "(x,y)=(1,2)", "number", "a tuple of names"),
    ("(1,2)", "(y,x)=(2,1)", "number", "a tuple of names in another order"),
    ("(a,b)=(3,4)", "(3,4)", "number", "a tuple of names left off"),
    ("(a,b)=(3,4)", "b=4, a=3", "number", "a tuple of names taken apart"),
    ("(1,2),(3,4)", "(x,y)=(3,4),(1,2)", "number", "points with their names"),
    ("(1,2)", "y=2, x=1", "number", "coordinates in the order of their names"),
    ("(2,3)", "m=2, b=3", "number", "names that are no neighbours in the order written"),
    (r"(3,\frac{\pi}{2})", r"r=3, \theta=\frac{\pi}{2}", "normal form", "greek names in the order written"),
    ("x=1,y=2", r"\{x=1,y=2\}", "number", "assignments in braces"),
    ("y=2x, z=1", "z=1, x=y/2", "math-verify", "assignments solved for another variable"),
    (r"(-\infty,-2)\cup(2,\infty)", "x<-2 or x>2", "math-verify", "either inequality"),
    (
        r"(-\infty,-2)\cup(2,\infty)",
        r"x \in (2,\infty) or x \in (-\infty,-2)",
        "normal form",
        "either interval",
    ),
    ("(2,5)", "x>2 and x<5", "math-verify", "both inequalities"),
    ("(2,5)", r"\{x \mid 2<x<5\}", "math-verify", "a set by its condition"),
    (r"\mathbb{R}\setminus\{1,2\}", r"\{x \mid x\ne 1, x\ne 2\}", "math-verify", "a set by two conditions"),
    ("(2,5)", "]2,5[", "number", "an open interval as in Europe"),
    (r"\mathbb{R}\setminus\{0\}", r"\mathbb{R} \backslash \{0\}", "normal form", "the other backslash"),
    (
        r"\begin{pmatrix}1\\2\end{pmatrix}",
        r"\left[\begin{array}{c}1\\[4pt]2\end{array}\right]",
        "number",
        "an array in brackets",
    ),
    (
        r"\begin{pmatrix}1\\2\end{pmatrix}",
        r"\left(\begin{smallmatrix}1\\2\end{smallmatrix}\right)",
        "number",
        "a small matrix",
    ),
    # formulas
    ("x=5", "5", "number", "a name left off by the answer"),
    ("5", "x = 10/2 = 5", "number", "the last of a chain"),
    (r"2\sqrt{3}", r"\sqrt{12}", "math-verify", "roots"),
    (r"2\sqrt{3}", "2*sqrt(3)", "math-verify", "roots without LaTeX"),
    (r"\frac{\sqrt{3}}{3}", r"\frac{1}{\sqrt3}", "math-verify", "a rational denominator"),
    ("(x+1)^2", "x^2+2x+1", "math-verify", "polynomials"),
    ("x^{10}", "x**10", "normal form", "an exponent of two digits without braces"),
    ("6+9i", "9i + 6", "math-verify", "complex numbers"),
    ("-1", "i^2", "math-verify", "the imaginary unit"),
    (r"\cot x", r"\frac{\cos x}{\sin x}", "math-verify", "trigonometry"),
    ("y = 2x + 3", "2x+3", "normal form", "the name of the function left off"),
    ("y = 2x + 3", "2x - y + 3 = 0", "math-verify", "an equation turned round"),
    ("y = 2x", r"x = \frac{y}{2}", "math-verify", "an equation solved for the other variable"),
    ("1024", "2^{10}", "math-verify", "a power"),
    ("8", r"\log_2 256", "math-verify", "a logarithm"),
    (r"\frac{\sqrt6-\sqrt2}{4}", r"\sin 15^\circ", "math-verify", "degrees within a function"),
    ("y<2x+1", "4x+2>2y", "math-verify", "an inequality of two variables turned round"),
    ("-2", r"\begin{vmatrix}1&2\\3&4\end{vmatrix}", "math-verify", "a determinant"),
    (r"9\pi", r"A = \pi r^2 = 9\pi", "normal form", "a chain that begins with the formula"),
    (r"50\%", r"p = \frac12 = 50\%", "number", "a chain that ends in percent"),
    ("1-2^{-100}", r"\frac{2^{100}-1}{2^{100}}", "math-verify", "fractions of many digits"),
    # words
    (r"\text{Monday}", "monday.", "text", "case and a full stop"),
    ("east", r"\textbf{East}", "text", "bold words"),
    (r"\text{ellipse}", "an ellipse", "text", "an article"),
    (r"\text{(B)}", "B", "text", "a choice"),
    ("C", "(c)", "text", "a choice in small letters"),
    (r"\cot x", "cot x", "text", "a command without its backslash"),
    ("A, C", r"\text{C and A}", "text", "several choices as text"),
    (r"\text{June 20}", "june 20th", "text", "a date"),
]
DIFFERENT = [
    (r"\frac13", "0.333", "number", "rounded"),
    (r"\frac13", "0.33333333333333333333", "number", "rounded far out"),
    (r"\sqrt{2}", "1.414213562373095", "math-verify", "a rounded root"),
    (r"\pi", "3.14159265358979", "math-verify", "rounded pi"),
    ("12", "1 2", "math-verify", "digits apart are no number"),
    ("10^{-20}", "10^{-30}", "number", "both nearly nothing"),
    (r"\frac{x}{10^{20}}", r"\frac{x}{10^{30}}", "math-verify", "both nearly nothing, with a variable"),
    ("5 cm", "5 m", "normal form", "two units"),
    ("3 am", "3 pm", "normal form", "half a day"),
    (r"\$5", "5 cents", "normal form", "two currencies"),
    ("52_8", "52_9", "normal form", "two bases"),
    (r"5\text{ cm}", r"5\text{ cm}^2", "normal form", "a length and an area"),
    ("5m", "5", "math-verify", "a factor is no unit"),
    (r"90^\circ", r"\frac{\pi}{2}", "math-verify", "radians where degrees are asked for"),
    ("50", "0.5", "number", "nobody wrote a percent sign"),
    ("0.5", "5%", "number", "another percentage"),
    ("(1,2]", "(1,2)", "normal form", "a half-open interval"),
    ("(1,2)", "(2,1)", "number", "a tuple has an order"),
    ("(1,2)", r"\{1,2\}", "normal form", "a tuple is no set"),
    ("1,2", "(1,2)", "normal form", "a list of solutions is no point"),
    ("1,2", "1", "normal form", "one solution is missing"),
    ("1", "1, 2", "normal form", "one solution too many"),
    ("1,2", "x=1, y=2", "normal form", "coordinates are no solutions"),
    ("1,1,2", "1,2,2", "normal form", "each value counts once"),
    ("[1,2]", "x=1, y=2", "normal form", "an interval is no point"),
    (r"[2,\infty)", "x > 2", "math-verify", "the end belongs to it"),
    (r"(0,9) \cup (9,36)", "(0,36)", "math-verify", "a point is missing"),
    (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", r"\begin{pmatrix} 1 & 2 \end{pmatrix}", "normal form", "transposed"),
    ("(1,2,3)", "(1,2)", "normal form", "a coordinate is missing"),
    ("x=5", "y=5", "normal form", "another variable"),
    ("5", "3x+2=5", "math-verify", "the right side of an equation is not its solution"),
    ("5", "x+y<5", "normal form", "an inequality is no value"),
    ("x^2=1", "1", "normal form", "an equation is no value"),
    ("x^2+y^2=1", "x^2+y^2=4", "math-verify", "another circle"),
    ("x^2+1=0", "x^2+4=0", "math-verify", "neither has a real solution"),
    ("x > 2", "y > 2", "math-verify", "an inequality of another variable"),
    ("(x+1)^2", "x^2+1", "math-verify", "a common mistake"),
    (r"\sqrt{x^2}", "x", "math-verify", "only for positive ones"),
    ("X+x", "2x", "math-verify", "capitals are other variables"),
    (r"\text{even}", "odd", "text", "another word"),
    ("east", "seat", "text", "the same letters"),
    (r"\text{Monday}", "1", "text", "a number for a word"),
    ("3:4", "3/5", "normal form", "a ratio is no fraction"),
    ("5", "5 million", "number", "a scale word is no unit"),
    ("5", r"5\text{ dozen}", "number", "nor as text"),
    ("5", "5 squared", "math-verify", "a power in words"),
    ("5", "5 factorial", "math-verify", "a factorial in words"),
    ("5", r"5 \text{ or more}", "math-verify", "a range"),
    ("5", r"5\text{ (or 6)}", "math-verify", "a second value"),
    ("5", r"5\text{i}", "math-verify", "an upright imaginary unit"),
    ("5", "5 i", "math-verify", "the imaginary unit"),
    ("5", "5 k", "math-verify", "a letter that is no unit"),
    ("5", "5 degrees below zero", "math-verify", "words that turn the sign"),
    ("5", "5 tenths", "math-verify", "a fraction in words"),
    ("6", "6xy", "math-verify", "variables"),
    ("6", "6 abc", "math-verify", "variables apart"),
    ("2", "2 pi", "math-verify", "a constant"),
    (r"\frac12 \text{ million}", "1/2", "number", "a scale word is not left off"),
    ("5", r"5x \text{ million}", "math-verify", "millions of a variable"),
    ("2:15", "4:30", "number", "a time is no ratio"),
    ("2:15", "2/15", "normal form", "a time is no fraction"),
    ("10:30", "1/3", "normal form", "nor its inverse"),
    ("2:15 am", "2:15 pm", "normal form", "two halves of a day"),
    ("3:4", "4:3", "number", "a ratio has an order"),
    ("3:4", "3:4:5", "normal form", "a ratio of three"),
    ("1:0", "2:3", "number", "a ratio with nothing"),
    ("(1,2)", "y=1, x=2", "number", "coordinates of other names"),
    ("(1,2)", "(y,x)=(1,2)", "number", "a tuple of names turned round"),
    ("(1,2)", "(x,y)=[1,2]", "math-verify", "an interval is no tuple of values"),
    ("1,2", "x_1=1, y_2=2", "normal form", "not one unknown"),
    ("1,2", "x=1, x=3=2", "normal form", "a chain within a list"),
    ("(a,b)=(3,4)", "(x,y)=(4,3)", "normal form", "other names"),
    ("(2,5)", "x>2 or x<5", "math-verify", "or is not and"),
    ("(2,5)", r"\{x \in \mathbb{Z} \mid 2<x<5\}", "normal form", "a set of integers"),
    ("x<1 or x>3", "y<1 or y>3", "math-verify", "another variable"),
    ("y<2x+1", r"y \le 2x+1", "math-verify", "the border belongs to it"),
    ("y<2x+1", "-y<-2x-1", "math-verify", "multiplied by a negative number"),
    ("y<2x+1", "y=2x+1", "math-verify", "the border alone"),
    (
        r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
        r"\begin{vmatrix}1&2\\3&4\end{vmatrix}",
        "normal form",
        "a determinant is no matrix",
    ),
    ("1-2^{-100}", "1-2^{-99}", "math-verify", "fractions of many digits"),
    (r"\sqrt{2}", r"\sqrt{2}+10^{-30}", "math-verify", "a root and hardly more"),
    ("5", "x=6=5", "number", "a chain that contradicts itself"),
    ("3.33", r"\frac{10}{3} \approx 3.33", "number", "a rounded value behind the exact one"),
    (r"\text{June 20}", "June 21", "text", "another day"),
    ("5", r"\foo{5", "math-verify", "no mathematics"),
]
HOSTILE = [
    ("5", "9^{9^{9^{9^{9}}}}", "a tower of powers"),
    ("5", "10**10**10", "a tower without LaTeX"),
    ("x", "(x+1)^{99999999}", "a giant polynomial"),
    (r"(x+y)^{2}", r"(x+y+z+w+a+b+c)^{9999}-1", "a giant polynomial of many variables"),
    ("5", r"99999999999!", "a giant factorial"),
    ("5", "1e999999999", "a giant exponent"),
    ("5", "9" * 990, "as many digits as fit"),
    ("5", "7" * 1_000_000, "a megabyte"),
    ("5", "(" * 400 + "5" + ")" * 400, "nested deeply"),
    ("5", r"\frac{" * 300 + "5", "never closed"),
    ("5", "{" * 20 + "}" * 20, "nothing in brackets"),
    ("5", r"\text{__import__('os').system('id')}", "a call in words"),
    ("5", "__import__('os').system('id')", "a call"),
    ("5", r"\pm" * 300, "very many values"),
    ("5", "=" * 900, "only signs"),
    ("5", "1/0", "nothing divided by"),
    ("5", "," * 900, "only commas"),
    ("5", "\\" * 900, "only backslashes"),
    ("5", r"\mathbf{" * 120, "fonts never closed"),
    ("5", r"\{x=1," * 20 + r"\}" * 20, "lists in lists"),
    ("5", "x>2 or " * 100, "very many alternatives"),
    ("5", "a:" * 400, "a ratio of very many"),
    ("5", "1=" * 400 + "5", "a chain of very many"),
    ("5", "9^{9^9}-9^{9^9}+5", "nothing but giants"),
    ("5", "\x00\ud800\u202e", "no text at all"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def checker() -> AsyncIterator[AnswerChecker]:
    async with AnswerChecker(seconds=0.5) as checker:
        yield checker


@pytest.mark.parametrize(("expected", "given", "how", "reason"), SAME, ids=[line[3] for line in SAME])
async def test_is_the_same(checker: AnswerChecker, expected: str, given: str, how: str, reason: str) -> None:
    verdict = await checker.equivalent(expected, given)
    assert verdict.right, verdict.detail
    assert (verdict.status, verdict.how) == ("accepted", how)


@pytest.mark.parametrize(("expected", "given", "how", "reason"), DIFFERENT, ids=[line[3] for line in DIFFERENT])
async def test_differs(checker: AnswerChecker, expected: str, given: str, how: str, reason: str) -> None:
    verdict = await checker.equivalent(expected, given)
    assert not verdict.right
    assert (verdict.status, verdict.how) == ("wrong_answer", how)
    assert verdict.detail


@pytest.mark.parametrize(("expected", "given", "reason"), HOSTILE, ids=[line[2] for line in HOSTILE])
async def test_a_hostile_answer_is_only_wrong(checker: AnswerChecker, expected: str, given: str, reason: str) -> None:
    verdict = await checker.equivalent(expected, given)
    assert not verdict.right
    assert verdict.status in ("wrong_answer", "time_limit")


@pytest.mark.parametrize("given", [None, "", " \n"])
async def test_without_an_answer_nothing_is_compared(checker: AnswerChecker, given: str | None) -> None:
    verdict = await checker.equivalent("5", given)
    assert (verdict.right, verdict.how, verdict.status) == (False, "none", "wrong_answer")


async def test_the_text_of_the_set_itself_is_right_whatever_it_is(checker: AnswerChecker) -> None:
    verdict = await checker.equivalent(r"\weird{" * 500, r"\weird{" * 500)
    assert verdict.right


async def test_the_time_that_a_verdict_took_is_told(checker: AnswerChecker) -> None:
    assert (await checker.equivalent("x+1", "1+x")).seconds > 0
