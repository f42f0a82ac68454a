"""Sample blocks of contest statements, and the format sections that are none."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hierarchy.intake import read_statement
from hierarchy.intake.contest import find_samples
from hierarchy.intake.found import Target
from hierarchy.problem import StdioTest

CODEFORCES = """
Input

The first line contains one integer t (1 ≤ t ≤ 100) — the number of test cases.

Output

For each test case print the sum.

Example
Input
2
1 2
3 4

Output
3
7

Note
In the first test case the sum is 3.
"""

ATCODER = """
Constraints
1 ≤ A ≤ 9
Input
Input is given from Standard Input in the following format:
A B
Output
Print A+B.
Sample Input 1

3 4

Sample Output 1

7

We have 3+4=7, so print that.

Sample Input 2
no yes
Sample Output 2
maybe
"""

APPS = """
-----Input-----
The first line contains an integer N.

-----Output-----
Print N squared.

-----Examples-----
Input
3

Output
9

Input
4

Output
16

-----Note-----
Easy.
"""

MARKDOWN = """
## Sample Input 1
```
1 2

3
```
## Sample Output 1
```text
the answer is the line above
```
"""


def read(statement: str) -> list[tuple[str, str]]:
    tests = [found.test for found in find_samples(statement, Target())]
    return [(test.stdin, test.stdout) for test in tests if isinstance(test, StdioTest)]


@pytest.mark.parametrize(
    ("statement", "samples"),
    [
        (CODEFORCES, [("2\n1 2\n3 4\n", "3\n7\n")]),
        (ATCODER, [("3 4\n", "7\n"), ("no yes\n", "maybe\n")]),
        (APPS, [("3\n", "9\n"), ("4\n", "16\n")]),
        (MARKDOWN, [("1 2\n\n3\n", "the answer is the line above\n")]),
        ("Input:\n5 5\nOutput:\n10\n", [("5 5\n", "10\n")]),
        ("**Input**\n\n1\n\n**Output**\n\n2\n", [("1\n", "2\n")]),
        ("Input: 3\nOutput: 6\n", [("3\n", "6\n")]),
        (
            "Sample Input: 1 2\nSample Output: 3\n\nSample Input: 2 2\nSample Output: 4",
            [("1 2\n", "3\n"), ("2 2\n", "4\n")],
        ),
        ("Sample Input\n2\n\n1 2\n\n3\nSample Output\n6\n", [("2\n\n1 2\n\n3\n", "6\n")]),
        ("Input\n5\nOutput\n6\nSample Input\n1\nSample Output\n2\n", [("1\n", "2\n")]),
        ("Example 1\nInput\nHello big wide world\nOutput\nBye\n", [("Hello big wide world\n", "Bye\n")]),
    ],
)
def test_samples_are_found_and_formats_are_not(statement: str, samples: list[tuple[str, str]]) -> None:
    assert read(statement) == samples


@pytest.mark.parametrize(
    "statement",
    [
        "Input\nThe first line contains n.\nOutput\nPrint the answer.",
        "Input\na b c\nOutput\n",
        "Input\nN\nA1 A2 ... AN\nOutput\nanswer",
        "Input\nN M\nOutput\n5",
        "Input\n3 K\nOutput\n5",
        "Sample Input\n1\n\nSample Output\n2\n\n3\n",
        "Sample Input\n1\nSample Output\n2\nWe have 1 + 1 = 2 here.\n",
        "Sample Input\n```\n1\nSample Output\n2\n",
        "Input\n1\nSome text\n\nNote\nx\nOutput\n2",
        "Sample Input\nThe first line contains n.\nSample Output\n2",
        'Input: "abc"\nOutput: 3\n',
        "Input: one integer that is large\nOutput: 3\n",
        "Input: 3\nOutput: 6\n7\n",
        "Print the length of the line.\nSample Input 1\n\nSample Output 1\n0\n",
        "Sample Input\nSample Output\n0\n",
        "Sample Input\n\n\n\nSample Output\n\n\n",
        "The input\nand the output\nare numbers.",
    ],
)
def test_what_is_no_certain_sample_is_left_out(statement: str) -> None:
    assert read(statement) == []


def test_at_most_fifty_samples_are_read() -> None:
    assert len(read("Sample Input\n1\n\nSample Output\n2\n\n" * 80)) == 50


_LINES = """;Sample Input 1;Sample Output 1;Input;Output;Input:;Output:;-----Input-----;Examples;## Example 2;Note;```
~~~;Input: 3;Output: 6;3;1 2;yes;The first line contains n.;Print the answer.;Sample Input: 1 2; ;\t;N M;[1];'a'"""


@given(st.lists(st.sampled_from(re.split("[;\n]", _LINES)), max_size=14).map("\n".join))
@settings(max_examples=600, deadline=None)
def test_any_contest_like_text_is_read(statement: str) -> None:
    for stdin, stdout in read(statement):
        assert stdout.strip()
        assert stdin.endswith("\n")
    read_statement("Print it.\n" + statement)
