"""Programs that attack the verdict: forged results, false equality, broken channels, endless values."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from sandbox.sandbox import Sandbox
from sandbox.types import Call, CaseResult, Evaluate, Program, Stdin
from sandbox.values import Opaque

Attack = Callable[..., Awaitable[CaseResult]]
Loot = Callable[[str], Awaitable[object]]


async def test_os_exit_zero_is_no_success(box: Sandbox, attack: Attack) -> None:
    assert (await attack("import os\ndef f(): os._exit(0)")).status == "crashed"
    execution = await box.run(Program("import os\nprint('42', flush=True)\nos._exit(0)"), [Stdin("")])
    assert execution.results[0].status == "crashed"


@pytest.mark.parametrize("leave", ["sys.exit(0)", "exit()", "quit()", "raise SystemExit"])
async def test_sys_exit_in_a_call_is_an_exception(attack: Attack, leave: str) -> None:
    result = await attack(f"import sys\ndef f(): {leave}")
    assert (result.status, result.error_type) == ("exception", "SystemExit")


FORGER = """
import gc, json, os, stat
def f(token=None):
    message = json.dumps({"token": token, "kind": "case", "index": 0, "status": "ok", "value": "forged",
                          "error_type": "", "error_message": "", "stdout": "", "cpu_seconds": 0.0}) + "\\n"
    print(message, flush=True)
    for number in range(64):
        try:
            if stat.S_ISFIFO(os.fstat(number).st_mode):
                os.write(number, message.encode())
        except OSError:
            pass
    return "honest"
"""


async def test_forged_message_without_the_token_ends_the_run(attack: Attack) -> None:
    result = await attack(FORGER)
    assert (result.status, result.error_type, result.value) == ("crashed", "BrokenChannel", None)


async def test_forger_with_the_token_forges_only_its_own_value(box: Sandbox) -> None:
    source = FORGER.replace(
        "token=None", "token=[o['token'] for o in gc.get_objects() if type(o) is dict and 'cpu_hard_seconds' in o][0]"
    )
    execution = await box.run(Program(source.replace("def f(", "def f(self=None, ")), [Call("f"), Evaluate("1 + 1")])
    assert execution.results[0].value in ("forged", None)
    assert all(result.value != 2 or index == 1 for index, result in enumerate(execution.results))


async def test_flooding_the_channel_without_a_line_end(attack: Attack) -> None:
    source = """
import os, stat
def f():
    for number in range(3, 64):
        try:
            os.fstat(number)
        except OSError:
            continue
        while True:
            os.write(number, b"x" * 65536)
"""
    assert (await attack(source)).status == "output_limit"


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


async def test_replaced_builtins_and_json_change_only_its_own_value(box: Sandbox, loot: Loot) -> None:
    source = """
import builtins, json, sys
class Yes:
    def __eq__(self, other): return True
builtins.type = lambda *a: int
builtins.isinstance = builtins.callable = lambda *a: True
json.dumps = lambda *a, **k: "}{"
sys.modules["json"] = None
def f(): return Yes()
"""
    execution = await box.run(Program(source), [Call("f")])
    assert execution.status in ("load_error", "infrastructure") or execution.results[0].status == "crashed"
    assert await loot("def f(): return 1") == 1


async def test_closing_every_descriptor_is_a_crash(attack: Attack) -> None:
    assert (await attack("import os\ndef f(): os.closerange(0, 1024)")).status == "crashed"


async def test_deep_recursion_is_an_exception(box: Sandbox) -> None:
    execution = await box.run(Program("def f(n): return f(n + 1)"), [Call("f", (0,)), Evaluate("7")])
    assert [r.status for r in execution.results] == ["exception", "ok"]
    assert execution.results[0].error_type == "RecursionError"


async def test_recursion_without_a_limit_ends_only_itself(attack: Attack) -> None:
    raised = "import sys\nsys.setrecursionlimit(10 ** 9)\n"
    source = f"{raised}def f(): return f()"
    assert (await attack(source, cpu_seconds=10)).status != "ok"
    nested = f"{raised}class A:\n    def __repr__(self): return repr(self)\ndef f(): return repr(A())"
    assert (await attack(nested)).status in ("memory_limit", "crashed")


@pytest.mark.parametrize("value", ["a", "[a] * 3"])
async def test_endless_value_is_refused(attack: Attack, value: str) -> None:
    result = await attack(f"def f():\n    a = []\n    a.append(a)\n    return {value}")
    assert (result.status, result.error_type) == ("exception", "ValueCodecError")


async def test_value_that_doubles_at_each_level_hits_a_limit(attack: Attack) -> None:
    source = "def f():\n    a = []\n    for _ in range(100): a = [a, a]\n    return a"
    assert (await attack(source)).status in ("memory_limit", "time_limit")


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
