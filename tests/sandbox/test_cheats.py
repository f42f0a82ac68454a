"""Exact results of programs that attack the verdict; that none is accepted is in `hostile/test_programs.py`."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from sandbox.sandbox import Sandbox
from sandbox.types import Call, CaseResult, Evaluate, Program
from sandbox.values import Opaque

Attack = Callable[..., Awaitable[CaseResult]]
Loot = Callable[[str], Awaitable[object]]


@pytest.mark.parametrize("leave", ["sys.exit(0)", "exit()", "quit()", "raise SystemExit"])
async def test_sys_exit_in_a_call_is_an_exception(attack: Attack, leave: str) -> None:
    result = await attack(f"import sys\ndef f(): {leave}")
    assert (result.status, result.error_type) == ("exception", "SystemExit")


async def test_expected_outputs_are_not_in_memory(box: Sandbox) -> None:
    source = """
import gc, sys
def f(marks):
    frame, seen = sys._getframe(), []
    while frame:
        seen += [repr(value) for name, value in frame.f_locals.items() if name not in ("marks", "seen")]
        frame = frame.f_back
    seen += [repr(thing) for thing in gc.get_objects() if type(thing) in (list, tuple, dict, set)]
    return [any("".join(mark) in text for text in seen) for mark in marks]
"""
    expected = "canary-of-the-parent"
    marks = [tuple("def f(marks)"), tuple(expected)]
    execution = await box.run(Program(source), [Call("f", (marks,))])
    assert execution.results[0].value == [True, False]


@pytest.mark.parametrize("base", ["", "(int)", "(str)", "(list)", "(dict)", "(tuple)", "(float)"])
async def test_object_that_equals_everything_comes_out_as_nothing(loot: Loot, base: str) -> None:
    source = f"class Yes{base}:\n    def __eq__(self, other): return True\n    __hash__ = None\ndef f(): return Yes()"
    value = await loot(source)
    assert isinstance(value, Opaque)
    assert value.type_name == "candidate.Yes"
    plain: tuple[object, ...] = (0, "", [], {}, (), 0.0)
    assert value not in plain


async def test_deep_recursion_is_an_exception(box: Sandbox) -> None:
    execution = await box.run(Program("def f(n): return f(n + 1)"), [Call("f", (0,)), Evaluate("7")])
    assert [r.status for r in execution.results] == ["exception", "ok"]
    assert execution.results[0].error_type == "RecursionError"


@pytest.mark.parametrize("value", ["a", "[a] * 3"])
async def test_endless_value_is_refused(attack: Attack, value: str) -> None:
    result = await attack(f"def f():\n    a = []\n    a.append(a)\n    return {value}")
    assert (result.status, result.error_type) == ("exception", "ValueCodecError")


async def test_exception_whose_text_is_hostile(attack: Attack) -> None:
    source = "class Bad(Exception):\n    def __str__(self): raise SystemExit\ndef f(): raise Bad"
    result = await attack(source)
    assert (result.status, result.error_type) == ("exception", "Bad")


@pytest.mark.parametrize("source", ["(" * 5000, "x = " + "-" * 100_000 + "1", "a\0b", "f(" * 90 + ")" * 90])
async def test_source_that_attacks_the_compiler(box: Sandbox, source: str) -> None:
    execution = await box.run(Program(source), [Call("f")])
    assert execution.status in ("compile_error", "load_error")


async def test_hostile_top_level_is_a_load_error(box: Sandbox) -> None:
    for source in ("while True: pass", "import os; os._exit(0)", "print('x' * 10**7)", "x = [0] * 10**10", "exit()"):
        execution = await box.run(Program(source), [Evaluate("1")], replace(box.limits, cpu_seconds=0.2))
        assert execution.status == "load_error", source
        assert execution.results == ()
