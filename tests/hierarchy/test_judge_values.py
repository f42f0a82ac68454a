"""Values that are hard to hand over or to compare, from a real program through the sandbox to the verdict."""

import collections
import math
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hierarchy.attempt import Verdict
from hierarchy.comparison import AnyOrderMode, ExactMode, ToleranceMode, ValueComparison
from hierarchy.judge import Judge
from hierarchy.problem import FunctionTest, Problem, StdioTest, Task, TestCase
from sandbox.sandbox import Sandbox
from sandbox.values import encode

pytestmark = pytest.mark.asyncio(loop_scope="module")

HUGE = 10**100_000
"""An int of 100,001 digits."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox() as sandbox:
        yield Judge(sandbox)


async def judged(judge: Judge, code: str, *tests: TestCase) -> Verdict:
    task: Task = "program" if isinstance(tests[0], StdioTest) else "function"
    return await judge.judge(Problem(id="p", statement="Write f.", task=task, public_tests=tests), code)


async def returned(judge: Judge, expression: str, expected: object, compare: ValueComparison | None = None) -> Verdict:
    """The verdict of a program whose function gives that expression, written after a few imports."""
    fields = {"entry_point": "f", "expected": encode(expected)} | ({"compare": compare.model_dump()} if compare else {})
    code = f"import array, collections, decimal, enum, fractions, math\ndef f(): return {expression}"
    return await judged(judge, code, FunctionTest.model_validate(fields))


ACCEPTED: list[tuple[str, object]] = [
    ("True", True),
    ("1.0", 1),
    ("0.1 + 0.2", 0.3),
    ("2 ** 64 + 1", 2**64 + 1),
    ("-(2 ** 100)", -(2**100)),
    ("10 ** 100_000", HUGE),
    ("[-(10 ** 100_000)]", [-HUGE]),
    ("float('nan')", math.nan),
    ("[math.inf, -math.inf, {math.nan}]", [math.inf, -math.inf, {math.nan}]),
    ("{3, 1, 2}", {1, 2, 3}),
    ("frozenset({1, (2, frozenset({3}))})", {1, (2, frozenset({3}))}),
    ("[(1, [2, (3,)]), {'a': {'b': [{}]}}]", [(1, [2, (3,)]), {"a": {"b": [{}]}}]),
    ("{(1, 2): 'a', 3: 'b', None: 'c', True: 'd', 2.5: 'e'}", {(1, 2): "a", 3: "b", None: "c", True: "d", 2.5: "e"}),
    ("{frozenset({1}): {b'k': 1}}", {frozenset({1}): {b"k": 1}}),
    ("collections.Counter('aab')", {"a": 2, "b": 1}),
    ("collections.defaultdict(list, {1: [2]})", {1: [2]}),
    ("collections.OrderedDict(b=1, a=2)", {"a": 2, "b": 1}),
    ("collections.deque([1, 2])", collections.deque([1, 2])),
    ("{'$tuple': [1], '$int': 'ff'}", {"$tuple": [1], "$int": "ff"}),
    ("b'\\x00\\xff'", b"\x00\xff"),
    ("'\\ud800 a\\0b \\U0001f600'", "\ud800 a\0b \U0001f600"),
    ("{'\\udfff': '\\0'}", {"\udfff": "\0"}),
    ("print('None')", None),
    ("3 + 4j", 3 + 4j),
    ("''", ""),
]


@pytest.mark.parametrize(("expression", "expected"), ACCEPTED, ids=[expression for expression, _ in ACCEPTED])
async def test_right_values(judge: Judge, expression: str, expected: object) -> None:
    verdict = await returned(judge, expression, expected)
    assert verdict.solved, verdict


REFUSED: list[tuple[str, object, str]] = [
    ("True", 1, "True"),
    ("1", True, "1"),
    ("[0, False]", [0, 0], "[0, False]"),
    ("{True}", {1}, "{True}"),
    ("{True: 1}", {1: 1}, "{True: 1}"),
    ("10 ** 100_000 + 1", HUGE, "<int of 332193 bits>"),
    ("2 ** 53 + 1", 2**53, "9007199254740993"),
    ("10 ** 1000", math.inf, "<int of 3322 bits>"),
    ("float('inf')", HUGE, "inf"),
    ("math.nan", 0.0, "nan"),
    ("-math.inf", math.inf, "-inf"),
    ("0.30001", 0.3, "0.30001"),
    ("[1, 2]", (1, 2), "[1, 2]"),
    ("(1, 2)", [1, 2], "(1, 2)"),
    ("[1, 2]", {1, 2}, "[1, 2]"),
    ("{'1': 'a'}", {1: "a"}, "{'1': 'a'}"),
    ("{'$tuple': [1]}", (1,), "{'$tuple': [1]}"),
    ("'a'", b"a", "'a'"),
    ("'\\ud800'", "\udfff", "'\\ud800'"),
    ("'a'", "a\0", "'a'"),
    ("None", False, "None"),
    ("None", "", "None"),
    ("'None'", None, "'None'"),
    ("[]", None, "[]"),
    ("0", None, "0"),
    ("bytearray(b'a')", b"a", "<object of type builtins.bytearray>"),
    ("range(3)", [0, 1, 2], "<object of type builtins.range>"),
    ("(x for x in [1])", [1], "<object of type builtins.generator>"),
    ("decimal.Decimal(1)", 1, "<object of type decimal.Decimal>"),
    ("fractions.Fraction(1)", 1, "<object of type fractions.Fraction>"),
    ("array.array('i', [1])", [1], "<object of type array.array>"),
    ("enum.IntEnum('E', 'A').A", 1, "<object of type candidate.E>"),
    ("collections.namedtuple('P', 'x')(1)", (1,), "<object of type candidate.P>"),
    ("collections.deque([1])", [1], "deque([1])"),
]


@pytest.mark.parametrize(("expression", "expected", "shown"), REFUSED, ids=[f"{one[0]}-{one[2]}" for one in REFUSED])
async def test_wrong_values(judge: Judge, expression: str, expected: object, shown: str) -> None:
    verdict = await returned(judge, expression, expected)
    assert verdict.status == "wrong_answer"
    assert verdict.failure is not None
    assert verdict.failure.actual == shown


PLAIN: dict[str, object] = {
    "int": 0,
    "float": 0.0,
    "complex": 0j,
    "str": "",
    "bytes": b"",
    "tuple": (),
    "frozenset": frozenset(),
    "list": [],
    "dict": {},
    "set": set(),
}


@pytest.mark.parametrize("base", PLAIN)
async def test_a_subclass_that_equals_everything_equals_nothing(judge: Judge, base: str) -> None:
    code = f"""
class Yes({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return hash({base}()) if {base}.__hash__ else 0
def f(n): return [Yes(), [Yes()], (Yes(),), {{"k": Yes()}}, {{Yes()}}, {{Yes(): 1}}][n]
"""
    plain = PLAIN[base]
    key = 0 if base in ("list", "dict", "set") else plain
    expected = [plain, [plain], (plain,), {"k": plain}, {key}, {key: 1}]
    tests = [
        FunctionTest.model_validate(
            {"entry_point": "f", "args": [number], "expected": encode(one), "compare": {"mode": mode}}
        )
        for number, one in enumerate(expected)
        for mode in ("default", "exact", "tolerance", "any_order")
    ]
    verdict = await judged(judge, code, *tests)
    assert (verdict.status, verdict.tests_passed, verdict.tests_total) == ("wrong_answer", 0, 24)


OTHER_MODES: list[tuple[str, object, ValueComparison, str]] = [
    ("10 ** 100_000", HUGE, ExactMode(), "accepted"),
    ("float('nan')", math.nan, ExactMode(), "accepted"),
    ("-0.0", 0.0, ExactMode(), "wrong_answer"),
    ("1", True, ExactMode(), "wrong_answer"),
    ("{1}", frozenset({1}), ExactMode(), "wrong_answer"),
    ("collections.Counter('a')", {"a": 1}, ExactMode(), "accepted"),
    ("{2: (1,), 1: {2.0}}", {1: {2.0}, 2: (1,)}, ExactMode(), "accepted"),
    ("{1.0: 2}", {1: 2}, ExactMode(), "wrong_answer"),
    ("'\\ud800\\0'", "\ud800\0", ExactMode(), "accepted"),
    ("[1.04, {'a': (1.96,)}]", [1.0, {"a": (2.0,)}], ToleranceMode(rtol=0, atol=0.05), "accepted"),
    ("[1.06, {'a': (2.0,)}]", [1.0, {"a": (2.0,)}], ToleranceMode(rtol=0, atol=0.05), "wrong_answer"),
    ("104.9", 100.0, ToleranceMode(rtol=0.05, atol=0), "accepted"),
    ("100", 104.9, ToleranceMode(rtol=0.05, atol=0), "accepted"),
    ("105.1", 100.0, ToleranceMode(rtol=0.05, atol=0), "wrong_answer"),
    ("math.inf", 1e308, ToleranceMode(rtol=0.9, atol=1e300), "wrong_answer"),
    ("10 ** 100_000", 1.0, ToleranceMode(rtol=0.9, atol=1e300), "wrong_answer"),
    ("[{'b': [2]}, {1, 0.1 + 0.2}, None]", [None, {0.3, 1}, {"b": [2]}], AnyOrderMode(), "accepted"),
    ("[[2, 1], [3]]", [[3], [1, 2]], AnyOrderMode(), "wrong_answer"),
    ("[10 ** 100_000, math.nan, '\\ud800']", ["\ud800", HUGE, math.nan], AnyOrderMode(), "accepted"),
]


@pytest.mark.parametrize(
    ("expression", "expected", "compare", "status"),
    OTHER_MODES,
    ids=[f"{one[0]}-{one[2].mode}-{one[3]}" for one in OTHER_MODES],
)
async def test_hard_values_in_other_modes(
    judge: Judge, expression: str, expected: object, compare: ValueComparison, status: str
) -> None:
    assert (await returned(judge, expression, expected, compare)).status == status


@pytest.mark.parametrize("kind", ["[x]", "(x,)", "{'a': x}", "frozenset({x})", "collections.deque([x])"])
async def test_a_value_nested_too_deeply_says_so(judge: Judge, kind: str) -> None:
    code = f"import collections\ndef f(n):\n    x = 1\n    for _ in range(n): x = {kind}\n    return x"
    tests = [FunctionTest(entry_point="f", args=(depth,), expected=1) for depth in (201, 100_000)]
    for test in tests:
        verdict = await judged(judge, code, test)
        assert verdict.status == "runtime_error"
        assert verdict.failure is not None
        assert verdict.failure.actual == "ValueCodecError: nested deeper than 200 levels"


async def test_a_value_as_deep_as_can_be_is_compared(judge: Judge) -> None:
    deep: object = 1
    for _ in range(150):
        deep = [(deep,)] if len(repr(deep)) < 100 else [deep]
    code = f"def f(): return {deep!r}"
    assert (await judged(judge, code, FunctionTest(entry_point="f", expected=deep))).solved
    assert (await judged(judge, code, FunctionTest(entry_point="f", expected=[deep]))).status == "wrong_answer"


@pytest.mark.parametrize("value", ["'a' * 2_000_000", "[0] * 10**6", "{i: i for i in range(300_000)}", "b'a' * 10**6"])
async def test_a_value_beyond_the_limit_of_bytes_says_so(judge: Judge, value: str) -> None:
    verdict = await judged(judge, f"def f(): return {value}", FunctionTest(entry_point="f", expected=1))
    assert verdict.status == "output_limit"
    printed = await judged(judge, "print('a' * 2_000_000)", StdioTest(stdin="", stdout="a"))
    assert printed.status == "output_limit"


@pytest.mark.parametrize(
    ("printed", "expected", "status"),
    [
        ("", "", "accepted"),
        ("", "None", "wrong_answer"),
        ("None", "", "wrong_answer"),
        ("a\0b", "a\0b", "accepted"),
        ("a", "a\0", "wrong_answer"),
        ("\U0001f600\u2028", "\U0001f600", "accepted"),
    ],
)
async def test_hard_texts_on_standard_output(judge: Judge, printed: str, expected: str, status: str) -> None:
    verdict = await judged(judge, f"print({printed!r}, end='')", StdioTest(stdin="", stdout=expected))
    assert verdict.status == status


HOSTILE = {
    "colliding hashes": "{i * (2 ** 61 - 1) for i in range(3000)}",
    "colliding hashes in many sets": "[{i * (2 ** 61 - 1) for i in range(900)} for _ in range(10)]",
    "colliding keys": "{i * (2 ** 61 - 1): 0 for i in range(3000)}",
    "every item alike": "[0.0] * 20_000",
    "every item close": "[i * 1e-12 for i in range(20_000)]",
    "lists of nothing": "[[]] * 100_000",
    "sets of one": "[{i} for i in range(20_000)]",
    "not a number": "[math.nan] * 20_000",
    "points": "[(0.0, i * 1e-12) for i in range(1000)]",
    "a wide set of floats": "{i * 1e-12 for i in range(20_000)}",
    "a huge int": "2 ** 4_000_000",
    "huge ints": "[2 ** 10_000] * 300",
}


@pytest.mark.parametrize("expression", HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_value_made_to_be_slow_is_only_wrong(judge: Judge, expression: str) -> None:
    expected: list[object] = [
        [index / 2 for index in range(20_000)],
        [(index * 1e-12, 0.0) for index in range(1000)],
        {index / 2 for index in range(20_000)},
    ]
    compare = {"mode": "any_order"}
    tests = [
        FunctionTest.model_validate({"entry_point": "f", "expected": encode(one), "compare": compare})
        for one in expected
    ]
    verdict = await judged(judge, f"import math\ndef f(): return {expression}", *tests)
    assert verdict.status in ("wrong_answer", "runtime_error")
    assert (verdict.tests_passed, verdict.tests_total) == (0, 3)
