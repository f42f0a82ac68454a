"""Input that is no program, no argument or no limit: a clear verdict or error, and the same sandbox goes on."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from sandbox.errors import LimitsError
from sandbox.hostile.attack import LIMITS, honest_verdicts
from sandbox.sandbox import Sandbox
from sandbox.types import Call, Evaluate, Input, Program, Stdin
from sandbox.values import ValueCodecError

pytestmark = pytest.mark.asyncio(loop_scope="module")

IDENTITY = Program("def f(x): return x")
LONG = 10_000_000


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["pool", "one-shot", "reduced"])
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """One sandbox for all of it: what went wrong before must not matter."""
    async with Sandbox(LIMITS, tier=request.param) as sandbox:
        yield sandbox


@pytest_asyncio.fixture(loop_scope="module")
async def box(opened: Sandbox) -> AsyncIterator[Sandbox]:
    """The sandbox, in which an honest right and an honest wrong program still get their verdicts afterwards."""
    yield opened
    assert await honest_verdicts(opened) == ""


@pytest.mark.parametrize("case", [Call("f"), Evaluate("1"), Stdin("")], ids=["call", "expression", "script"])
@pytest.mark.parametrize(
    ("source", "detail"),
    [
        ("x = 1\ny = '\0'", "line 2: the source holds a NUL byte"),
        (b"def f():\n    return '\0'", "line 2: the source holds a NUL byte"),
        ("x = 1\n" * (LONG // 6), "the source has 9,999,996 bytes, at most 1,048,576 are accepted"),
        (b"#" * LONG, "the source has 10,000,000 bytes, at most 1,048,576 are accepted"),
        (b"x = 1\n\nname = '\xff\xfe'", "line 3: the source is not UTF-8 (byte 0xff at 15)"),
        ("x = 1\ny = '\ud800'", "line 2: the source holds a lone surrogate, which is no UTF-8"),
        ("x = 1\ndef f(:\n", "line 2: invalid syntax"),
        ("def f():\nreturn 1\n", "line 2: expected an indented block after function definition on line 1"),
        ("return 1", "line 1: 'return' outside function"),
    ],
    ids=["NUL", "NUL in bytes", "10 MB", "10 MB in bytes", "not UTF-8", "surrogate", "syntax", "indentation", "return"],
)
async def test_what_is_no_program_is_a_compile_error(
    box: Sandbox, source: str | bytes, detail: str, case: Input
) -> None:
    execution = await box.run(Program(source), [case])
    assert (execution.status, execution.detail, execution.results) == ("compile_error", detail, ())
    assert execution.isolation == box.tier


@pytest.mark.parametrize("name", ["g", "f.method", "S.missing", "S.", "", ".f", "f f", "x", "ünï", "f" * 10_000])
async def test_an_entry_point_that_is_missing_is_a_load_error(box: Sandbox, name: str) -> None:
    execution = await box.run(Program("x = 1\ndef f(): return 1\nclass S: pass"), [Call(name)])
    assert execution.status == "load_error"
    assert execution.detail.startswith("LookupError: the program does not define '")


class Unknown:
    """Of no type that can be handed over."""


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        (object(), "of type builtins.object"),
        (Unknown(), "Unknown"),
        (len, "builtins.builtin_function_or_method"),
        (range(3), "of type builtins.range"),
        ([{1: {Unknown()}}], "Unknown"),
        (nested(1000), "nested deeper than 200 levels"),
    ],
    ids=["object", "class", "function", "range", "inside", "nested"],
)
@pytest.mark.parametrize("by_name", [False, True])
async def test_an_argument_that_cannot_be_handed_over_is_named(
    box: Sandbox, argument: object, kind: str, by_name: bool
) -> None:
    call = Call("solve", (), {"x": argument}) if by_name else Call("solve", (argument,))
    with pytest.raises(ValueCodecError) as caught:
        await box.run(Program("def solve(x): return x"), [Call("solve", (1,)), call])
    assert "'solve'" in str(caught.value)
    assert kind in str(caught.value)
    assert "\n" not in str(caught.value)


async def test_limits_that_bound_nothing_are_refused_before_anything_runs(box: Sandbox) -> None:
    for field in ("cpu_seconds", "wall_seconds", "memory_mib", "output_bytes", "file_mib", "threads"):
        for value in (-1, 0, 10**30, float("nan"), float("inf"), True, "1", None):
            with pytest.raises(LimitsError, match=f"^{field}="):
                await box.run(IDENTITY, [Call("f", (1,))], replace(box.limits, **{field: value}))  # type: ignore[arg-type]


@pytest.mark.parametrize("program", ["def f(): pass", b"x = 1", None, 5, {"source": ""}])
async def test_what_is_no_program_object_is_named(box: Sandbox, program: object) -> None:
    with pytest.raises(TypeError, match=f"^a program must be a Program, not {type(program).__name__}$"):
        await box.run(program, [])  # type: ignore[arg-type]


@pytest.mark.parametrize("item", ["1 + 1", None, 5, ("f", 1), {"entry_point": "f"}])
async def test_what_is_no_input_is_named(box: Sandbox, item: object) -> None:
    with pytest.raises(TypeError, match=f"^an input must be a Call, an Evaluate or a Stdin, not {type(item).__name__}"):
        await box.run(IDENTITY, [Call("f", (1,)), item])  # type: ignore[list-item]


@pytest.mark.parametrize("expression", ["1 +", "x = 1", "", "\0", "(" * 1000, "é +", "\ud800"])
async def test_an_expression_that_is_none_fails_alone(box: Sandbox, expression: str) -> None:
    execution = await box.run(IDENTITY, [Evaluate(expression), Evaluate("f(5)")])
    assert [result.status for result in execution.results] == ["exception", "ok"]
    assert execution.results[1].value == 5


@pytest.mark.parametrize("text", ["\0", "\ud800", "x" * 1_000_000, "\r\n\u2028\x1b"])
async def test_odd_standard_input_arrives_as_it_is(box: Sandbox, text: str) -> None:
    program = Program("import sys\ndata = sys.stdin.buffer.read()\nprint(len(data), hash(data) == 0)")
    result = (await box.run(program, [Stdin(text)])).results[0]
    assert (result.status, result.stdout) == ("ok", f"{len(text.encode('utf-8', 'surrogatepass'))} False\n")


@pytest.mark.parametrize("tier", ["Pool", "", "fast", None, 5, "one_shot"])
async def test_an_unknown_tier_is_named_with_those_that_there_are(tier: object) -> None:
    with pytest.raises(ValueError, match=r"is no tier of the sandbox: pool, one-shot, reduced$") as caught:
        Sandbox(tier=tier)  # type: ignore[arg-type]
    assert str(caught.value).startswith(repr(tier))


@pytest.mark.parametrize("count", [0, -1, 1.5, True, "2", None, float("nan")])
async def test_a_count_of_runs_that_is_none_is_named(count: object) -> None:
    with pytest.raises(ValueError, match=r"^max_parallel=.*: at least one run must be allowed at a time$"):
        Sandbox(max_parallel=count)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["Python", "rust", "", None])
async def test_an_unknown_language_is_named(language: object) -> None:
    with pytest.raises(ValueError, match=r"is no language of the sandbox: python, cpp, javascript$"):
        Program("", language)  # type: ignore[arg-type]


@pytest.mark.parametrize("output_bytes", [1, 3])
async def test_an_output_limit_below_any_value_spoils_nothing_else(box: Sandbox, output_bytes: int) -> None:
    limits = replace(box.limits, output_bytes=output_bytes)
    program = Program("print(7, end='')\ndef fail():\n    raise KeyError(1)\ndef nothing():\n    pass\n")
    script = await box.run(program, [Stdin("")], limits)
    calls = await box.run(program, [Call("fail"), Call("nothing")], limits)
    assert [(result.status, result.stdout) for result in script.results] == [("ok", "7")]
    assert [(result.status, result.limit) for result in calls.results] == [
        ("exception", ""),
        ("output_limit", "output"),
    ]
