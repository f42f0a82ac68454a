"""The kind of answer that is asked for."""

import pytest

from hierarchy.intake import read_statement


@pytest.mark.parametrize(
    ("statement", "task"),
    [
        ("Write a function add(a, b).", "function"),
        ("Write a function that reverses a string.", "function"),
        ("Create a class Stack with push and pop.", "function"),
        ("Fix this:\n```python\ndef f(a):\n    return b\n```", "function"),
        (">>> mystery([1])\n2", "function"),
        ("assert mystery(1) == 2", "function"),
        ("Read two integers from standard input and print their sum.", "program"),
        ("Write a program that prints the first ten primes.", "program"),
        ("The first line contains n. Print the answer modulo $10^9+7$.", "program"),
        ("Input\n1\nOutput\n2\n", "program"),
        ("def solve():\n    n = int(input())\nreads from standard input\nInput\n1\nOutput\n2\n", "program"),
        ("How many positive integers less than 100 are divisible by 7?", "math"),
        ("Compute $\\frac{1}{2} + \\sqrt{3}$.", "math"),
        ("If f(3) = 5 and f(4) = 7, what is f(5)?", "math"),
        ("Define a function f(x) = x^2 + 3. What is f(3)?", "math"),
        ("Tom has three apples and eats one. How many are left?", "math"),
        ("Explain the difference between TCP and UDP.", "text"),
        ("Write a poem about autumn.", "text"),
        ("What does this Python code snippet with 3 lines do?", "text"),
        ("Who wrote Faust?", "text"),
    ],
)
def test_the_task_follows_from_the_statement(statement: str, task: str) -> None:
    assert read_statement(statement).task == task
