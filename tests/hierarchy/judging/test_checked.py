"""Custom checkers through the judge and the real sandbox."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hierarchy.attempt import Verdict
from hierarchy.judge import Judge
from hierarchy.problem import FunctionTest, Problem, StdioTest, TestCase
from sandbox.sandbox import Sandbox
from sandbox.types import Limits

pytestmark = pytest.mark.asyncio(loop_scope="module")

DIVISOR = """
def check(input, output):
    (number,) = input
    if type(output) is not int or not 1 < output < number:
        return False, "no int between"
    return number % output == 0
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox(Limits(cpu_seconds=0.5, wall_seconds=10.0)) as sandbox:
        yield Judge(sandbox)


def call(source: str, *args: object, **more: object) -> FunctionTest:
    compare = {"mode": "checker", "source": source}
    return FunctionTest.model_validate({"entry_point": "f", "args": args, "compare": compare, **more})


async def judged(judge: Judge, code: str, *tests: TestCase) -> Verdict:
    problem = Problem(id="p", statement="Write f.", task="function", entry_point="f", public_tests=tests)
    return await judge.judge(problem, code)


async def test_any_output_that_the_checker_takes_is_right(judge: Judge) -> None:
    tests = call(DIVISOR, 15), call(DIVISOR, 8)
    for code in ("def f(x): return 3 if x == 15 else 4", "def f(x): return 5 if x == 15 else 2"):
        assert (await judged(judge, code, *tests)).solved


async def test_a_wrong_output_is_shown_with_what_the_checker_says(judge: Judge) -> None:
    verdict = await judged(judge, "def f(x): return 4 if x == 15 else 8", call(DIVISOR, 8), call(DIVISOR, 15))
    assert (verdict.status, verdict.tests_passed) == ("wrong_answer", 0)
    assert verdict.failure is not None
    assert verdict.failure.input == "f(8)"
    assert verdict.failure.expected == "an output that the problem's checker accepts"
    assert verdict.failure.actual == "no int between: 8"
    silent = await judged(judge, "def f(x): return 4", call(DIVISOR, 15))
    assert silent.failure is not None
    assert silent.failure.actual == "4"


async def test_a_checker_may_take_what_was_expected_and_arguments_by_name(judge: Judge) -> None:
    source = "def check(input, output, expected): return input == (1, 'b') and output >= expected"
    test = call(source, 1, kwargs={"y": "b"}, expected=10)
    assert (await judged(judge, "def f(x, y): return 11", test)).solved
    assert (await judged(judge, "def f(x, y): return 9", test)).status == "wrong_answer"


async def test_a_program_is_checked_by_its_texts(judge: Judge) -> None:
    source = "def check(input, output, expected): return output.split()[::-1] == input.split() and expected == 'x'"
    test = StdioTest.model_validate({"stdin": "1 2\n", "stdout": "x", "compare": {"mode": "checker", "source": source}})
    problem = Problem(id="p", statement="Reverse it.", task="program", public_tests=(test,))
    assert (await judge.judge(problem, "print(*input().split()[::-1])")).solved
    verdict = await judge.judge(problem, "print(input())")
    assert verdict.status == "wrong_answer"
    assert verdict.failure is not None
    assert verdict.failure.actual == "1 2"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise KeyError(output)", "the checker raised KeyError: 1"),
        ("int('garbage')", "the checker raised ValueError: invalid literal for int() with base 10: 'garbage'"),
        ("while True: pass", "the checker was stopped: more than 0.5"),
        ("return 1", "the checker returned 1, which is neither a bool nor a bool and a text"),
        ("return (True, 'a', 'b')", "the checker returned (True, 'a', 'b'), which is neither"),
        ("return None", "the checker returned None, which is neither"),
        ("import os; os._exit(0)", "the checker died: "),
        ("return 'a' * 10**10", "the checker was stopped: memory_limit"),
    ],
)
async def test_an_output_at_which_the_checker_gives_no_opinion_is_wrong_and_says_why(
    judge: Judge, body: str, words: str
) -> None:
    source = f"def check(input, output):\n  if output == 2: return True\n  {body}"
    verdict = await judged(judge, "def f(x): return x", call(source, 2), call(source, 1), call(source, 2))
    assert (verdict.status, verdict.tests_passed) == ("wrong_answer", 2)
    assert verdict.failure is not None
    assert verdict.failure.actual.startswith(words)
    assert verdict.failure.actual.endswith(": 1")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def check(a, b): return True\n1 / 0", "ZeroDivisionError: division by zero"),
        ("def check(a, b): return True\ndel check", "check"),
        ("def check(a, b): return True\nwhile True: pass", "time_limit while loading"),
    ],
)
async def test_a_checker_that_cannot_be_asked_is_nobodys_wrong_answer(judge: Judge, source: str, words: str) -> None:
    verdict = await judged(judge, "def f(x): return x", call(source, 1), call(source, 2))
    assert (verdict.status, verdict.failure) == ("infrastructure", None)
    assert verdict.detail.startswith("the checker cannot judge: ")
    assert words in verdict.detail


async def test_a_checker_that_hangs_on_one_output_still_judges_the_others(judge: Judge) -> None:
    source = "def check(input, output):\n    while output == 1: pass\n    return output == 2"
    verdict = await judged(judge, "def f(x): return x", call(source, 1), call(source, 2), call(source, 3))
    assert (verdict.status, verdict.tests_passed) == ("wrong_answer", 1)


async def test_an_output_that_is_no_data_is_wrong_without_asking(judge: Judge) -> None:
    yes = call("def check(input, output): return True", 1)
    verdict = await judged(judge, "class T: pass\ndef f(x): return [{(1, 2): T()}]", yes)
    assert verdict.status == "wrong_answer"
    assert verdict.failure is not None
    assert verdict.failure.actual.startswith("the value is no plain data: it holds an object of type candidate.T: ")
    deep = await judged(judge, "def f(x):\n    x = []\n    for _ in range(200): x = [x]\n    return x", yes)
    assert deep.status == "wrong_answer"
    assert deep.failure is not None
    assert deep.failure.actual.startswith("the value is nested deeper than 200 levels: ")


async def test_a_test_that_cannot_be_handed_to_its_checker_is_nobodys_wrong_answer(judge: Judge) -> None:
    deep: object = 1
    for _ in range(200):
        deep = [deep]
    verdict = await judged(
        judge, "def f(): return 1", call("def check(input, output, expected): return True", expected=deep)
    )
    assert verdict.status == "infrastructure"
    assert "the test cannot be handed over: nested deeper than 200 levels" in verdict.detail


async def test_a_program_that_failed_is_not_shown_to_the_checker(judge: Judge) -> None:
    verdict = await judged(judge, "def f(x): return 1 // 0", call("def check(input, output): return True", 1))
    assert verdict.status == "runtime_error"


async def test_each_checker_has_a_process_of_its_own(judge: Judge) -> None:
    plants = "import builtins\nbuiltins.seen = 1\ndef check(input, output): return True"
    looks = "import builtins\ndef check(input, output): return not hasattr(builtins, 'seen')"
    candidate = "import builtins\nbuiltins.seen = 1\ndef f(x): return x"
    assert (await judged(judge, candidate, call(plants, 1), call(looks, 1))).solved


async def test_the_checkers_process_knows_nothing_of_the_candidate(judge: Judge) -> None:
    source = """
import gc, sys
def check(input, output):
    mark = "".join(output)
    frame, seen = sys._getframe(1), []
    while frame:
        seen += [repr(value) for value in frame.f_locals.values()]
        frame = frame.f_back
    seen += [repr(thing) for thing in gc.get_objects() if type(thing) in (list, tuple, dict)]
    return not any(mark in text for text in seen), mark
"""
    candidate = "SECRET = 'of-the-candidate'\ndef f(x): return list(SECRET)"
    assert (await judged(judge, candidate, call(source, 1))).solved
    planted = call(source.replace("import gc", "planted = ['of-the-candidate']\nimport gc"), 1)
    assert (await judged(judge, candidate, planted)).status == "wrong_answer"
