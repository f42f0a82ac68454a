import platform
from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio

from hierarchy.assertions import to_test
from hierarchy.attempt import Failure, Verdict
from hierarchy.errors import MissingComponent
from hierarchy.judge import Judge
from hierarchy.problem import AssertionTest, FunctionTest, Problem, StdioTest, Task, TestCase
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Limits, Stdin

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox(Limits(cpu_seconds=0.5, wall_seconds=10.0, memory_mib=128, output_bytes=65_536)) as sandbox:
        yield Judge(sandbox)


def problem(*tests: TestCase | str, task: Task = "function", entry_point: str | None = "f") -> Problem:
    cases = tuple(to_test(test, entry_point) if isinstance(test, str) else test for test in tests)
    return Problem(id="p", statement="Write f.", task=task, entry_point=entry_point, public_tests=cases)


def program(*tests: TestCase) -> Problem:
    return problem(*tests, task="program", entry_point=None)


async def test_a_program_that_passes_every_kind_of_test(judge: Judge) -> None:
    code = """
class Solution:
    def double(self, x):
        return 2 * x
def f(x, y=1):
    return [x + y, (x, y)]
if __name__ == "__main__":
    print(f(int(input())))
"""
    every = problem(
        "assert f(1) == [2, (1, 1)]",
        "assert f(1, y=2) == [3, (1, 2)]",
        "assert Solution().double(2) == 4",
        "assert len(f(1)) == 2 and sorted(f(1)[1]) == [1, 1]",
        "assert all(f(x)[0] == y for x, y in [(1, 2), (3, 4)])",
        StdioTest(stdin="1\n", stdout="[2, (1, 1)]"),
    )
    verdict = await judge.judge(every, code)
    assert verdict.status == "accepted"
    assert verdict.solved
    assert (verdict.tests_passed, verdict.tests_total, verdict.failure, verdict.detail) == (6, 6, None, "")
    assert verdict.isolation != "none"
    assert verdict.sandbox_seconds > 0


@pytest.mark.parametrize(
    ("code", "status", "passed", "actual"),
    [
        ("def f(x): return x", "wrong_answer", 1, "2"),
        ("def f(x): return float(x + (x > 1))", "accepted", 2, None),
        ("def f(x): return {1: 1}[x] if x == 1 else str(x)", "wrong_answer", 1, "'2'"),
        ("def f(x): return 1 // (2 - x)", "runtime_error", 1, "ZeroDivisionError: integer division or modulo by zero"),
        ("def f(x):\n    while x == 2: pass\n    return 1", "time_limit", 1, "more than 0.5 CPU seconds"),
        ("def f(x): return 1 if x == 1 else 'a' * 10**10", "memory_limit", 1, "the memory limit was exceeded"),
        ("def f(x): return 1 if x == 1 else 'a' * 10**6", "output_limit", 1, "the output limit was exceeded"),
        ("def f(x):\n    import os\n    return 1 if x == 1 else os._exit(0)", "runtime_error", 1, "Exit: the process"),
        ("def f(x) return 1", "compile_error", 0, None),
        ("def f(x):\n    return '\ud800'\0", "compile_error", 0, None),
        ("raise ValueError('no')", "runtime_error", 0, "ValueError: no"),
        ("def g(x): return 1", "runtime_error", 0, "the program does not define 'f'"),
        ("f = 3", "runtime_error", 0, "the program does not define 'f'"),
        ("while True: pass", "time_limit", 0, "time_limit while loading"),
        ("x = 'a' * 10**10", "memory_limit", 0, "MemoryError"),
    ],
)
async def test_how_a_program_can_fail(judge: Judge, code: str, status: str, passed: int, actual: str | None) -> None:
    verdict = await judge.judge(problem("assert f(1) == 1", "assert f(2) == 3"), code)
    assert (verdict.status, verdict.tests_passed, verdict.tests_total) == (status, passed, 2)
    assert (verdict.failure is None) == (actual is None)
    if verdict.failure and actual:
        assert verdict.failure.actual.startswith(actual)
    assert bool(verdict.detail) == (status != "accepted")
    assert "\n" not in verdict.detail


async def test_the_smallest_failing_input_is_shown_and_the_first_names_the_status(judge: Judge) -> None:
    long = list(range(300))
    tests = (
        FunctionTest(entry_point="f", args=(long,), expected=0),
        FunctionTest(entry_point="f", args=([1, 2],), kwargs={"y": 1}, expected={2, 1}),
        FunctionTest(entry_point="f", args=([],), expected=7),
    )
    code = "def f(x, y=0):\n    if len(x) > 2: raise KeyError(x)\n    return {3, 1} if x else 7"
    verdict = await judge.judge(problem(*tests), code)
    assert verdict.status == "runtime_error"
    assert verdict.tests_passed == 1
    assert verdict.failure == Failure(test_index=1, input="f([1, 2], y=1)", expected="{1, 2}", actual="{1, 3}")
    only_long = await judge.judge(problem(tests[0]), code)
    assert only_long.failure is not None
    assert max(map(len, (only_long.failure.input, only_long.failure.actual))) == 400


async def test_tests_that_were_not_reached_are_failed_but_not_shown() -> None:
    async with Sandbox(Limits(wall_seconds=0.7)) as box:
        verdict = await Judge(box).judge(
            problem("assert f([1, 2, 3]) == 1", "assert f(2) == 2"), "import time\ndef f(x): time.sleep(30)"
        )
    assert verdict.status == "time_limit"
    assert verdict.tests_passed == 0
    assert verdict.failure is not None
    assert verdict.failure.test_index == 0


async def test_other_tests_than_the_public_ones(judge: Judge) -> None:
    hidden = [FunctionTest(entry_point="f", args=(3,), expected=4)]
    verdict = await judge.judge(problem("assert f(1) == 1"), "def f(x): return x + 1", hidden)
    assert verdict.solved


async def test_what_assertions_show_when_they_fail(judge: Judge) -> None:
    tests = problem("assert sorted(f(2)) == [1]", "assert f(1) < f(3) < 2", "assert not f(4)")
    verdict = await judge.judge(tests, "def f(x): return [x] if x == 2 else x")
    assert verdict.status == "wrong_answer"
    assert verdict.failure is not None
    assert verdict.failure.input == "assert not f(4)"
    assert verdict.failure.expected == "the assertion to hold"
    assert verdict.failure.actual == "f(4) is 4"
    wrong_type = await judge.judge(problem("assert len(f(1)) == 1"), "def f(x): return x")
    assert wrong_type.status == "wrong_answer"
    assert wrong_type.failure is not None
    assert wrong_type.failure.actual == "f(1) is 1 (TypeError: object of type 'int' has no len() (line 3))"
    raised = await judge.judge(problem("assert not f(1)"), "def f(x): raise KeyError(x)")
    assert raised.status == "runtime_error"


async def test_a_value_too_deep_to_check_is_a_wrong_answer(judge: Judge) -> None:
    code = "def f(n):\n    x = []\n    for _ in range(n): x = [x]\n    return x"
    verdict = await judge.judge(problem("assert len(f(200)) == 1"), code)
    assert verdict.status == "wrong_answer"
    assert verdict.detail == "0 of 1 tests passed"


async def test_an_assertion_that_cannot_be_judged_is_nobodys_fault(judge: Judge) -> None:
    refused = AssertionTest(code="assert all(f(i) for i in xs)")
    verdict = await judge.judge(problem(refused), "def f(x): return x")
    assert verdict.status == "infrastructure"
    assert verdict.failure is None
    assert (
        verdict.detail == "the assertion cannot be judged: it calls the program in a loop over xs, which is no literal"
    )
    both = await judge.judge(problem(refused, "assert f(1) == 2"), "def f(x): return x")
    assert both.status == "wrong_answer"


async def test_an_input_that_cannot_be_sent_is_nobodys_fault(judge: Judge) -> None:
    deep: object = ()
    for _ in range(300):
        deep = (deep,)
    verdict = await judge.judge(problem(FunctionTest(entry_point="f", args=(deep,), expected=1)), "def f(x): return 1")
    assert verdict.status == "infrastructure"
    assert "nested deeper" in verdict.detail


async def test_where_nothing_can_be_isolated_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "pdp11")
    with pytest.raises(MissingComponent, match="filter exists for Linux on x86_64, this is linux on pdp11"):
        await Judge(Sandbox()).judge(problem("assert f(1) == 1"), "def f(x): return x")


@pytest.mark.parametrize(
    ("code", "entry_point", "status", "detail"),
    [
        ("def f(x): return 1", "f", "accepted", ""),
        ("class Solution:\n    def f(self): return 1", "Solution.f", "accepted", ""),
        ("def g(x): return 1", None, "accepted", ""),
        ("def g(x): return 1", "f", "runtime_error", "the program does not define 'f'"),
        ("f = 1", "f", "runtime_error", "the program does not define 'f'"),
        ("class Solution: pass", "Solution.f", "runtime_error", "the program does not define 'Solution.f'"),
        ("1 / 0", "f", "runtime_error", "ZeroDivisionError: division by zero (line 1)"),
        ("def f(", "f", "compile_error", "line 1: '(' was never closed"),
        ("while True: pass", "f", "time_limit", "time_limit while loading: more than 0.5 CPU seconds"),
    ],
)
async def test_without_tests_the_function_must_be_there(
    judge: Judge, code: str, entry_point: str | None, status: str, detail: str
) -> None:
    verdict = await judge.judge(problem(entry_point=entry_point), code)
    assert (verdict.status, verdict.detail, verdict.tests_total) == (status, detail, 0)
    assert not verdict.solved


async def test_without_tests_a_whole_program_is_compiled_and_not_run(judge: Judge) -> None:
    assert (await judge.judge(program(), "print(input())\n1 / 0")).status == "accepted"
    broken = await judge.judge(program(), "a = 1\nprint(")
    assert (broken.status, broken.detail) == ("compile_error", "'(' was never closed (<candidate>, line 2)")


async def test_no_code_is_a_compile_error(judge: Judge) -> None:
    verdict = await judge.judge(problem("assert f(1) == 1"), None)
    assert verdict == Verdict(status="compile_error", tests_total=1, detail="no program found in the answer")


@pytest.mark.parametrize(
    ("code", "status", "passed", "actual"),
    [
        ("print(sum(map(int, input().split())))", "accepted", 2, None),
        ("import sys\nprint(eval(input().replace(' ', '+')))\nsys.exit(0)", "accepted", 2, None),
        ("print(3)", "wrong_answer", 1, "3"),
        ("pass", "wrong_answer", 0, "nothing was printed"),
        ("print(int(input()))", "runtime_error", 0, "ValueError: invalid literal"),
        ("print(3)\nraise SystemExit(1)", "runtime_error", 0, "SystemExit: 1"),
        ("while True: pass", "time_limit", 0, "more than 0.5 CPU seconds"),
        ("while True: print('a' * 1000)", "output_limit", 0, "more than 65536 bytes of output"),
        ("print(", "compile_error", 0, None),
    ],
)
async def test_programs_on_stdin(judge: Judge, code: str, status: str, passed: int, actual: str | None) -> None:
    tests = (StdioTest(stdin="1 2\n", stdout="3\n"), StdioTest(stdin="2 2\n", stdout="4"))
    verdict = await judge.judge(program(*tests), code)
    assert (verdict.status, verdict.tests_passed, verdict.tests_total) == (status, passed, 2)
    assert (verdict.failure is None) == (actual is None)
    if verdict.failure and actual:
        assert verdict.failure.actual.startswith(actual)


async def test_an_answer_without_tests_only_has_to_be_there(judge: Judge) -> None:
    assert judge.judge_answer("42") == Verdict(status="accepted")
    for missing in (None, "", " \n"):
        assert judge.judge_answer(missing) == Verdict(status="compile_error", detail="no final answer found")


async def observed(judge: Judge, code: str, inputs: Sequence[Call | Stdin]) -> list[str]:
    return [one.key for one in await judge.observe(problem(), code, inputs)]


async def test_programs_that_behave_alike_have_equal_keys(judge: Judge) -> None:
    calls = [Call("f", (n,)) for n in (0, 1, 2, 3)]
    head = "def f(x): return "
    one = head + "[0.1 + 0.2, {2, 1}, 1] if x == 0 else {'a': 1, 'b': 2} if x == 1 else [][x] if x == 2 else None"
    two = head + "[0.3, {1, 2}, 1.0] if x == 0 else {'b': 2, 'a': 1} if x == 1 else ''[x] if x == 2 else None"
    assert await observed(judge, one, calls) == await observed(judge, two, calls)
    other = head + "[0.3, {1, 2}, True] if x == 0 else {'b': 2} if x == 1 else 1 / 0 if x == 2 else False"
    assert not set(await observed(judge, one, calls)) & set(await observed(judge, other, calls))


async def test_observations_hold_what_was_seen(judge: Judge) -> None:
    returned, failed, long = await judge.observe(
        problem(),
        "def f(x): return (x,) if x < 9 else 1 // 0 if x == 9 else 'a' * x",
        [Call("f", (n,)) for n in (1, 9, 999)],
    )
    assert (returned.status, returned.value, returned.ran, returned.stdout) == ("ok", (1,), True, "")
    assert (failed.status, failed.error_type, failed.ran) == ("exception", "ZeroDivisionError", False)
    assert long.value == "a" * 999
    assert len(long.key) < 100
    (printed,) = await judge.observe(program(), "print(0.1 + 0.2, 'a.b', 3)", [Stdin("")])
    assert printed.stdout == "0.30000000000000004 a.b 3\n"
    assert printed.key == "printed:0.3 a.b 3"
    (broken,) = await judge.observe(problem(), "def f(", [Call("f")])
    assert (broken.status, broken.error_type, broken.ran) == ("not_run", "compile_error", False)
    assert await judge.observe(problem(), "def f(", []) == ()
