"""Programs and final answers are found in what models really write."""

import time

import pytest

from hierarchy.extract import extract_answer, extract_code, with_statement_context

ADD = "def add(a, b):\n    return a + b\n"


def fenced(code: str, language: str = "python") -> str:
    return f"```{language}\n{code}```\n"


@pytest.mark.parametrize("language", ["python", "py", "Python3", ""])
def test_a_fenced_block(language: str) -> None:
    assert extract_code(f"Here it is:\n{fenced(ADD, language)}It adds.", "add") == ADD


def test_an_indented_fence_and_one_never_closed() -> None:
    assert extract_code("Text\n  ```python\n" + ADD, "add") == ADD


def test_the_last_block_that_defines_the_entry_point_wins() -> None:
    better = "def add(a, b):\n    return b + a\n"
    usage = "print(add(1, 2))\nprint(add(3, 4))\nprint(add(5, 6))\n"
    assert extract_code(fenced(ADD) + fenced(better) + fenced(usage), "add") == better


def test_without_an_entry_point_the_longest_block_that_parses_wins() -> None:
    assert (
        extract_code(fenced("x = 1\n") + fenced(ADD) + fenced("this is no Python at all, however long it is\n")) == ADD
    )
    assert extract_code(fenced("x = 1\n") + fenced(ADD), "other") == ADD


def test_a_method_is_found_by_its_class() -> None:
    code = "class Solution:\n    def two_sum(self):\n        return 0\n"
    assert extract_code(fenced(code) + fenced(ADD), "Solution.two_sum") == code


@pytest.mark.parametrize("code", ["add = lambda a, b: a + b\n", "from operator import add\n", "import x.add as add\n"])
def test_an_entry_point_need_not_be_a_def(code: str) -> None:
    assert extract_code(fenced(code) + fenced("def much_longer_name():\n    return 'nothing'\n"), "add") == code


def test_a_block_cut_off_by_the_token_limit_is_shortened_until_it_parses() -> None:
    assert extract_code(f"```python\n{ADD}\ndef half(a):\n    return (a", "add") == ADD + "\n"


def test_a_block_of_which_nothing_parses_is_kept_for_its_error() -> None:
    assert extract_code(fenced("def add(a, b:\n    return\n"), "add") == "def add(a, b:\n    return\n"


def test_text_without_a_fence_counts_only_as_a_program() -> None:
    assert extract_code(ADD, "add") == ADD
    assert extract_code(ADD) == ADD
    assert extract_code("I cannot do that, sorry.", "add") is None
    assert extract_code('"only a string"') is None
    assert extract_code("") is None


def test_other_languages_are_no_python() -> None:
    assert extract_code(fenced("int add(int a, int b);\n", "c"), "add") is None
    assert extract_code(fenced("add 1 2\n", "sh") + fenced(ADD), "add") == ADD


def test_empty_blocks() -> None:
    assert (extract_code("```python\n```") or "").strip() == ""
    assert extract_code(fenced("") + fenced(ADD), "add") == ADD


def test_code_that_python_warns_about_is_valid() -> None:
    code = "import re\n\ndef digits(s):\n    return re.findall('\\d', s)\n"
    assert extract_code(fenced(code), "digits") == code


@pytest.mark.parametrize("hostile", ["(" * 5000, "-" * 20_000 + "1", "x = '\x00'\n", "`" * 10_000])
def test_hostile_code_is_an_answer_like_any_other(hostile: str) -> None:
    assert extract_code(fenced(hostile + "\n")) is not None or "`" in hostile
    assert with_statement_context(hostile, f"```\n{hostile}\n```") == hostile


STATEMENT = '''\
from typing import List, Optional
import math, os

def helper(x):
    return math.floor(x)

def solve(xs: List[int]) -> int:
    """Sum the helpers."""
'''


def test_imports_and_helpers_that_a_program_lacks_come_from_the_statement() -> None:
    code = "def solve(xs: List[int]) -> int:\n    return sum(helper(x) for x in xs)\n"
    whole = with_statement_context(code, STATEMENT)
    assert whole.endswith(code)
    assert "from typing import List, Optional" in whole
    assert whole.index("import math, os") < whole.index("def helper(x):")
    namespace: dict[str, object] = {}
    exec(whole, namespace)
    assert namespace["solve"]([1.5, 2.5]) == 3  # type: ignore[operator]


def test_they_are_found_in_a_fenced_block_too() -> None:
    code = "def solve(x):\n    return helper(x)\n"
    assert "import math" in with_statement_context(code, f"Given:\n```python\n{STATEMENT}```\nwrite solve.")


def test_nothing_is_added_to_a_program_that_lacks_nothing() -> None:
    assert with_statement_context(ADD, STATEMENT) == ADD
    own = "def helper(x):\n    return x\n\ndef solve(xs):\n    return helper(xs)\n"
    assert with_statement_context(own, STATEMENT) == own


def test_a_header_without_a_body_is_no_helper() -> None:
    code = "def other():\n    return solve([])\n"
    assert with_statement_context(code, STATEMENT) == code
    assert with_statement_context(code, "def solve(xs):\n    pass\n") == code


def test_statements_without_code_and_broken_programs_are_left_alone() -> None:
    assert with_statement_context(ADD, "Add two numbers, please.") == ADD
    assert with_statement_context(ADD, "x") == ADD
    assert with_statement_context("def (", STATEMENT) == "def ("


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (r"so \boxed{42}", "42"),
        (r"first \boxed{1}, then \boxed {2}.", "2"),
        (r"\boxed{\frac{1}{2}}", r"\frac{1}{2}"),
        (r"\boxed{7} and then \boxed{", "7"),
        (r"\boxed{} The answer is 5.", "5"),
        ("We get 3 apples.\n#### 18", "18"),
        ("The answer is: **12**.", "12"),
        ("Final answer: $x = 3$", "x = 3"),
        ("It takes 3 steps of 1,250.5 metres", "1,250.5"),
        ("half of it is -3/4 then", "-3/4"),
        ("no number here", None),
        ("", None),
    ],
)
def test_the_final_answer(text: str, answer: str | None) -> None:
    assert extract_answer(text) == answer


def test_the_answer_is_dots_only_falls_back_to_the_last_number() -> None:
    assert extract_answer("There are 8. The answer is ...") == "8"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param(r"\boxed{1} " + r"\boxed{" * 30_000, "1", id="boxes never closed"),
        pytest.param(r"\boxed{1} " + r"\boxed{}" * 30_000, "1", id="empty boxes"),
        pytest.param("the answer" + "\n" * 200_000, None, id="a mark and nothing but lines"),
    ],
)
def test_the_time_for_an_answer_grows_with_its_length_only(text: str, answer: str | None) -> None:
    """Work that grows with the square of 200,000 characters takes minutes of CPU time."""
    began = time.thread_time()
    assert extract_answer(text) == answer
    assert time.thread_time() - began < 5
