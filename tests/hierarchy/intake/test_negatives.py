"""Examples of what must not be."""

import pytest

from hierarchy.intake import read_statement


@pytest.mark.parametrize(
    "statement",
    [
        "Write is_prime(n). A common mistake: is_prime(1) == True.",
        "Write best(xs). Avoid the trap that best([1,2]) == 1.",
        'Write normalize(path).\nBad:\nnormalize("/a/../b") -> "/a/../b"',
        'Write valid(s).\ninvalid: valid("(") -> True',
        "Write div(a, b). In Python 2, div(3, 2) == 1.",
        "Write even(n).\nassert even(7) == True  # this must fail",
        "Write even(n).\neven(7) == True  # wrong",
        "Write even(n).\n\nWrong:\n\n    >>> even(7)\n    True",
        "Write even(n). It should never be that even(7) == True.",
        "Write even(n). It is not the case that even(7) == True.",
        "Write even(n). You might expect even(7) == True.",
        "Write even(n). Old behaviour: even(7) == True.",
        "Write even(n).\n- wrong answer: `even(7) == True`",
    ],
)
def test_what_must_not_be_is_no_example(statement: str) -> None:
    problem = read_statement(statement)
    assert problem.entry_point
    assert problem.public_tests == ()


@pytest.mark.parametrize(
    "statement",
    [
        "Write even(n). Avoid loops. even(7) == False.",
        "Write even(n).\nWrong:\neven(8) == False\n\nGood:\neven(7) == False",
        "Write even(n).\neven(7) == False  # seven is odd",
        "Write even(n) and never fail.\neven(7) == False",
    ],
)
def test_the_words_of_another_sentence_do_not_matter(statement: str) -> None:
    assert len(read_statement(statement).public_tests) == 1
