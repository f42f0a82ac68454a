"""No expected value, assertion or checker is in a candidate's process: programs that search all of their memory for it.

The search reads every page that holds an object it can reach, its arguments, environment, descriptors and files. What
it looks for is a pattern that does not match itself, so whatever it finds came from outside.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hierarchy.attempt import Verdict
from hierarchy.comparison import AnyOrderMode, CheckerMode, ExactMode, OneOfMode, TokensMode
from hierarchy.judge import Judge
from hierarchy.problem import AssertionTest, FunctionTest, Problem, StdioTest, Task, TestCase
from sandbox.sandbox import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")

CANARY = "canary-918273645546"
SEARCH = r"""
import ctypes, gc, os, re, sys
PATTERN = re.compile(rb"canary-[0-9]{12}")
PAGE = 4096
def pages():
    waiting, seen, numbers = [*gc.get_objects(), sys._getframe()], set(), set()
    while waiting:
        thing = waiting.pop()
        if id(thing) not in seen:
            seen.add(id(thing))
            numbers.update(range(id(thing) // PAGE, (id(thing) + sys.getsizeof(thing, 64)) // PAGE + 1))
            waiting += gc.get_referents(thing)
    return sorted(numbers)
def runs(numbers):
    start = end = numbers[0]
    for number in numbers[1:]:
        if number != end + 1:
            yield start, end
            start = number
        end = number
    yield start, end
def outside():
    yield repr((sys.argv, dict(os.environ))).encode()
    for descriptor in range(64):
        try:
            os.set_blocking(descriptor, False)
            yield os.read(descriptor, 1 << 20)
        except OSError:
            pass
    for top in (os.getcwd(), "/tmp", "/dev/shm"):
        for folder, _, names in os.walk(top):
            for name in names:
                try:
                    with open(os.path.join(folder, name), "rb") as file: yield file.read(1 << 20)
                except OSError:
                    pass
def search():
    found = set()
    for text in outside():
        found.update(PATTERN.findall(text))
    for start, end in runs(pages()):
        found.update(PATTERN.findall(ctypes.string_at(start * PAGE, (end - start + 1) * PAGE)))
    return f"searched: {sorted(found)}"
def f(*args): return search()
if __name__ == "__main__": print(search())
"""
PLANTED = SEARCH.replace("PAGE = 4096", f"PAGE = 4096\nplanted = ['{CANARY}']", 1)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox() as sandbox:
        yield Judge(sandbox)


async def judged(judge: Judge, code: str, *tests: TestCase, task: Task = "function") -> Verdict:
    return await judge.judge(Problem(id="p", statement=CANARY, task=task, entry_point="f", public_tests=tests), code)


def checker(body: str) -> CheckerMode:
    return CheckerMode(source=f"mark = '{CANARY}'\ndef check(input, output, expected):\n    {body}")


def call(expected: object, **more: object) -> FunctionTest:
    return FunctionTest.model_validate({"entry_point": "f", "args": [1], "expected": expected, **more})


FUNCTION_TESTS: dict[str, TestCase] = {
    "default": call([CANARY]),
    "exact": call(CANARY, compare=ExactMode()),
    "any order": call([CANARY, 1], compare=AnyOrderMode()),
    "one of": call([CANARY, 1], compare=OneOfMode()),
    "checker": call(CANARY, compare=checker("return output == expected")),
    "equality": AssertionTest(code=f"assert f(1) == '{CANARY}'"),
    "membership": AssertionTest(code=f"assert f(1) in ('{CANARY}', 1)"),
    "loop": AssertionTest(code=f"assert all(f(x) == y for x, y in [(1, '{CANARY}')])"),
    "length": AssertionTest(code=f"assert len(f(1)) == len('{CANARY}') and f(1).endswith('{CANARY}')"),
    "message": AssertionTest(code=f"assert not f(1), '{CANARY}'"),
}
STDIO_TESTS: dict[str, StdioTest] = {
    "default": StdioTest(stdin="1\n", stdout=CANARY),
    "tokens": StdioTest(stdin="1\n", stdout=CANARY, compare=TokensMode()),
    "checker": StdioTest(stdin="1\n", stdout=CANARY, compare=checker("return output == expected")),
}


@pytest.mark.parametrize("test", FUNCTION_TESTS.values(), ids=FUNCTION_TESTS.keys())
async def test_what_a_call_should_return_is_not_where_it_runs(judge: Judge, test: TestCase) -> None:
    # Twice, and after another test: nothing is left behind by the first judging either.
    verdict = await judged(judge, SEARCH, call(CANARY), test, test)
    assert verdict.status == "wrong_answer"
    assert verdict.tests_passed == 0
    assert verdict.failure is not None
    alone = await judged(judge, SEARCH, test)
    assert alone.failure is not None
    assert "searched: []" in alone.failure.actual


@pytest.mark.parametrize("test", STDIO_TESTS.values(), ids=STDIO_TESTS.keys())
async def test_what_a_program_should_print_is_not_where_it_runs(judge: Judge, test: StdioTest) -> None:
    verdict = await judged(judge, SEARCH, test, test, task="program")
    assert verdict.status == "wrong_answer"
    assert verdict.failure is not None
    assert verdict.failure.actual == "searched: []"


async def test_all_tests_together_leave_no_trace(judge: Judge) -> None:
    every = (*FUNCTION_TESTS.values(), *STDIO_TESTS.values())
    verdict = await judged(judge, SEARCH, *every)
    assert (verdict.status, verdict.tests_passed, verdict.tests_total) == ("wrong_answer", 0, len(every))
    assert verdict.failure is not None
    assert "searched: []" in verdict.failure.actual


async def test_the_search_finds_what_is_there(judge: Judge) -> None:
    found = f"searched: [b'{CANARY}']"
    for test in (FUNCTION_TESTS["default"], FUNCTION_TESTS["checker"], FUNCTION_TESTS["length"]):
        verdict = await judged(judge, PLANTED, test)
        assert verdict.failure is not None
        assert found in verdict.failure.actual
    printed = await judged(judge, PLANTED, STDIO_TESTS["default"], task="program")
    assert printed.failure is not None
    assert printed.failure.actual == found
    given = await judged(judge, SEARCH, call(1, args=[CANARY]))
    assert given.failure is not None
    assert given.failure.actual == f'"{found}"'
    read = await judged(
        judge,
        SEARCH.replace('main__": ', 'main__": text = sys.stdin.read(); '),
        StdioTest(stdin=CANARY, stdout=""),
        task="program",
    )
    assert read.failure is not None
    assert read.failure.actual == found


async def test_the_candidate_is_not_where_its_output_is_checked(judge: Judge) -> None:
    source = f"""{SEARCH}
def check(input, output):
    found = search()
    return not output and "canary" not in found, found
"""
    test = call(None, compare=CheckerMode(source=source))
    candidate = f"SECRET = '{CANARY}'\ndef f(x): return 0"
    # Nor are the other tests of the problem.
    assert (await judged(judge, candidate, test, call(0), call([CANARY, 0], compare=OneOfMode()))).solved
    control = await judged(judge, candidate.replace("return 0", "return [SECRET]"), test)
    assert control.failure is not None
    assert control.failure.actual.startswith(f"searched: [b'{CANARY}']: ")
