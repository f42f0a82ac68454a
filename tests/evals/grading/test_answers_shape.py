from fractions import Fraction

import pytest

from evals.grading.answers_shape import Group, Leaf, folded, has_variables, read


@pytest.mark.parametrize(
    ("text", "kind", "members"),
    [
        ("1,2", "set", 2),
        (r"\{1,2,3\}", "set", 3),
        (r"\{1\pm\sqrt{5},-2\}", "set", 3),
        (r"\pm 1 \pm i", "set", 4),
        ("(1,2)", "brackets", 2),
        ("[1,2)", "brackets", 2),
        (r"\langle 1,2,3 \rangle", "brackets", 3),
        ("x=1, y=2", "named", 2),
        ("x=1, x=2", "set", 2),
        (r"(0,1)\cup(2,3)\cup\{4\}", "union", 3),
        (r"\begin{bmatrix}1&2\\3&4\end{bmatrix}", "matrix", 2),
        (r"\begin{array}{cc}1&2\end{array}", "matrix", 1),
        (r"[\begin{array}{c}1\\2\end{array}]", "matrix", 2),
        (r"\begin{smallmatrix}1&2\end{smallmatrix}", "matrix", 1),
        ("3:4", "ratio", 2),
        ("1 : 2 : 3", "ratio", 3),
        ("2:15 pm", "ratio", 2),
        ("(x,y)=(1,2)", "named", 2),
        ("(x,y)=(1,2),(3,4)", "set", 2),
        (r"(x,y) \in \{(1,2),(3,4)\}", "set", 2),
        (r"\{x=1,y=2\}", "named", 2),
        (r"\{x=1,x=2\}", "set", 2),
        (r"\text{A, B and C}", "set", 3),
    ],
)
def test_the_kind_of_several_values(text: str, kind: str, members: int) -> None:
    shape = read(text)
    assert isinstance(shape, Group)
    assert (shape.kind, len(shape.members)) == (kind, members)


@pytest.mark.parametrize(
    ("text", "leaf"),
    [
        ("1,234", Leaf("1234", number=Fraction(1234))),
        ("(5)", Leaf("5", number=Fraction(5))),
        ("{5}", Leaf("5", number=Fraction(5))),
        ("x = 10/2 = 5", Leaf("5", "x", number=Fraction(5), chain=(Leaf("10/2", number=Fraction(5)),))),
        ("f(x) = 2x", Leaf("2x", "f(x)")),
        (r"m\angle ABC = 30^\circ", Leaf("30", r"m\angleABC", "degree", number=Fraction(30))),
        ("(5) cm", Leaf("5", unit="cm", number=Fraction(5))),
        (r"\text{The Sun}", Leaf(r"\text{The Sun}", words="sun")),
        ("ab", Leaf("ab")),
        ("x = 10/3 \\approx 3.3", Leaf("10/3", "x", number=Fraction(10, 3))),
        ("x \\approx 3", Leaf("3", "x", number=Fraction(3))),
        ("(x,y)=[1,2]", Leaf("(x,y)=[1,2]")),
        (r"\{x \mid x>2\}", Leaf("x>2")),
        ("x<1 or x>2", Leaf(r"x<1 \lor x>2")),
        ("June 20th", Leaf("June 20th", words="june 20")),
        (r"\text{Note: none}", Leaf(r"\text{Note: none}", words="note none")),
        ("x = " + "1=" * 8 + "1", Leaf("1=" * 8 + "1", "x")),
    ],
)
def test_a_single_value(text: str, leaf: Leaf) -> None:
    assert read(text) == leaf


@pytest.mark.parametrize(
    ("text", "has"), [("x+1", True), ("(1, a)", True), (r"\sqrt{2}", False), ("5 cm", False), ("odd", False)]
)
def test_variables_are_letters_that_are_no_words_and_no_units(text: str, has: bool) -> None:
    assert has_variables(read(text)) is has


def test_words_are_folded() -> None:
    assert folded(r"\text{The  Red-Fox!}") == "red fox"
    assert folded("A") == "a"
