"""What intake says it found."""

import pytest

from hierarchy.intake import describe, read_statement


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "Write a function pick(nums, k).\npick([1], 2) -> 3\npick([2], 2) -> 4\npick([], 0) -> None",
            "3 public tests, entry point pick",
        ),
        ("def f(a):\n>>> f(1)\n2", "1 public test, entry point f"),
        ("def f(a):\n    '''Doc.'''", "no public tests; entry point f"),
        ("Write a function to add.", "no public tests; a function to write"),
        ("How many primes are below 100?", "no public tests; a math question"),
        ("Explain TCP.", "no public tests; an open question"),
        ("Write a program that prints 1.", "no public tests; a program"),
        (
            "Sample Input\n1\n\nSample Output\n2\n\nSample Input\n2\n\nSample Output\n3",
            "2 sample inputs, a program on standard input",
        ),
        ("Sample Input\n1\n\nSample Output\n2", "1 sample input, a program on standard input"),
    ],
)
def test_it_is_said_in_a_line(statement: str, words: str) -> None:
    assert describe(read_statement(statement)) == words
