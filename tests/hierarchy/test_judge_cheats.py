"""Programs that try to be accepted without being right; each attacks one way in which graders decide."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from hierarchy.assertions import to_test
from hierarchy.judge import Judge
from hierarchy.problem import AssertionTest, FunctionTest, Problem, StdioTest
from sandbox.sandbox import Sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = 918_273_645_546
"""Expected everywhere below, and never sent into a candidate's process."""

ASSERTIONS = (
    f"assert f(1) == {SECRET}",
    f"assert {SECRET} == f(1)",
    f"assert math.isclose(f(1), {SECRET})",
    f"assert abs(f(1) - {SECRET}) < 1e-6",
    f"assert not f(1) != {SECRET}",
    f"assert f(1) in ({SECRET}, {SECRET} + 1)",
    f"assert f(1) > {SECRET} - 1 and f(1) <= {SECRET}",
    f"assert all(f(x) == y for x, y in [(1, {SECRET})])",
    f"assert len([f(1)]) == 1 and sorted([f(1)]) == [{SECRET}]",
    f"assert sorted([f(1), {SECRET}]) == [{SECRET}, {SECRET}]",
    f"assert list(f(1)) == [{SECRET}]",
    f"assert str(f(1)) == '{SECRET}'",
    f"assert max(f(1), {SECRET} - 1) == {SECRET}",
    f"assert isinstance(f(1), int) and f(1) % {SECRET} == 0 and f(1) > 0",
)

COMPARISONS: dict[str, dict[str, object]] = {
    **{mode: {"mode": mode} for mode in ("default", "exact", "tolerance", "any_order", "one_of")},
    "checker": {"mode": "checker", "source": f"def check(input, output): return output == {SECRET}"},
}
PRINTED_COMPARISONS: dict[str, dict[str, object]] = {
    **{mode: {"mode": mode} for mode in ("default", "lines", "tokens", "floats")},
    "checker": {"mode": "checker", "source": f"def check(input, output): return output.split() == ['{SECRET}']"},
}

YES = """
class Yes{base}:
    def _yes(self, *args, **kwargs): return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __bool__ = __instancecheck__ = _yes
    def __hash__(self): return 918273645
    def __sub__(self, other): return 0.0
    __rsub__ = __mod__ = __sub__
    def __iter__(self): yield self
    def __len__(self): return 1
    def __getattr__(self, name): return self._yes
    def __reduce__(self): return (int, (1,))
    __class__ = property(lambda self: int)
"""

FOOLED_BUILTINS = """
import builtins
for _name in ("abs", "all", "any", "bool", "isinstance", "len", "sorted", "sum", "max", "min", "list", "set", "str",
              "AssertionError", "compile", "eval", "exec", "callable", "getattr", "type", "repr"):
    {how}
import math, json, operator
math.isclose = operator.eq = json.dumps = lambda *a, **k: True
def f(x): return True
"""

CHEATS = {
    "an object equal to everything": YES.format(base="") + "def f(x): return Yes()",
    "an int equal to everything": YES.format(base="(int)") + "def f(x): return Yes(1)",
    "a list equal to everything": YES.format(base="(list)") + "def f(x): return [Yes()]",
    "a metaclass that says yes": YES.format(base="(type)") + "def f(x): return Yes('int', (), {})",
    "an object in every position": YES.format(base="") + "def f(x): return {Yes(): Yes()}",
    "builtins of the module redefined": FOOLED_BUILTINS.format(how="globals()[_name] = lambda *a, **k: True"),
    "builtins patched": FOOLED_BUILTINS.format(how="setattr(builtins, _name, lambda *a, **k: True)"),
    "AssertionError that is nobody's": (
        "import builtins\nclass AssertionError(BaseException): pass\nbuiltins.AssertionError = AssertionError\n"
        "def f(x): raise AssertionError"
    ),
    "exit with success": "import os, sys\ndef f(x): sys.exit(0)",
    "exit without a trace": "import os\ndef f(x): os._exit(0)",
    "exit while loading": "import os\nos._exit(0)\ndef f(x): return 1",
    "exit when asked again": "import atexit, os\natexit.register(os._exit, 0)\ndef f(x): raise SystemExit(0)",
    "print a verdict": (
        "import sys\nprint('accepted', 'OK', '1 passed')\n"
        "def f(x):\n    print('PASSED', True)\n    sys.stderr.write('ok')\n    return None"
    ),
    "forge the messages of the run": """
import gc, json, os, sys
def f(x):
    token = next((o['token'] for o in gc.get_objects() if type(o) is dict and 'token' in o), '')
    line = json.dumps({'token': token, 'kind': 'case', 'index': 0, 'status': 'ok', 'error_type': '',
                       'error_message': '', 'stdout': '', 'cpu_seconds': 0.1, 'value': True}) + '\\n'
    for descriptor in range(3, 64):
        try: os.write(descriptor, line.encode())
        except OSError: pass
    return True
""",
    "walk the frames": """
import sys
def f(x):
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):
            if isinstance(value, (int, str)) and '918273645546' in str(value): return 918273645546
        for name in ('expected', 'check', '_v0', 'test', 'tests', 'result'):
            if name in frame.f_locals: return frame.f_locals[name]
        frame = frame.f_back
""",
    # Recognises the number by its remainder, so that the cheat itself does not hold it.
    "search everything that is alive": """
import gc
def wanted(number): return number > 10**11 and number % 1000003 == REMAINDER
def f(x):
    for thing in gc.get_objects():
        for part in [thing, *gc.get_referents(thing)]:
            if type(part) is int and wanted(part): return part
            if type(part) in (str, bytes):
                text = part if type(part) is str else part.decode('latin-1')
                for at in range(len(text) - 11):
                    digits = text[at:at + 12]
                    if digits.isascii() and digits.isdigit() and wanted(int(digits)): return int(digits)
""".replace("REMAINDER", str(SECRET % 1_000_003)),
    "patch the modules of the grader": """
import sys, types
for name, module in list(sys.modules.items()):
    if isinstance(module, types.ModuleType) and name.startswith(('hierarchy', 'sandbox', 'json', '__main__')):
        for key, value in list(vars(module).items()):
            if isinstance(value, types.FunctionType) and key in ('same', 'decode', 'verdict', 'describe', 'check'):
                setattr(module, key, lambda *a, **k: True)
for name in ('hierarchy', 'sandbox.compare.values', 'hierarchy.judge', 'pytest', 'unittest'):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].same = lambda *a, **k: True
def f(x): return 0
""",
    "encode as something else": """
import sys
def patch(value, depth=0): return {'$tuple': [True]}
for module in list(sys.modules.values()):
    if hasattr(module, 'encode') and hasattr(module, 'ValueCodecError'): module.encode = patch
def f(x): return 0
""",
    "a value that names the expected one": "def f(x): return {'$expected': True, '$opaque': 'builtins.int'}",
    "not a number is equal to nothing": "def f(x): return float('nan')",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judge() -> AsyncIterator[Judge]:
    async with Sandbox() as sandbox:
        yield Judge(sandbox)


def function_problem() -> Problem:
    modes = [
        FunctionTest.model_validate(
            {"entry_point": "f", "args": [1], "expected": [SECRET] if mode == "one_of" else SECRET, "compare": compare}
        )
        for mode, compare in COMPARISONS.items()
    ]
    tests = (*modes, *map(to_or_keep, ASSERTIONS))
    return Problem(id="p", statement="Write f.", task="function", entry_point="f", public_tests=tests)


def to_or_keep(code: str) -> FunctionTest | AssertionTest:
    test = to_test(code, "f")
    assert not isinstance(test, StdioTest)
    return test


async def test_the_right_program_passes_all_that_a_plain_number_can_pass(judge: Judge) -> None:
    verdict = await judge.judge(function_problem(), f"def f(x): return {SECRET}")
    assert verdict.failure is not None
    assert verdict.failure.input == f"assert list(f(1)) == [{SECRET}]"
    assert verdict.tests_passed == verdict.tests_total - 1


@pytest.mark.parametrize("code", CHEATS.values(), ids=CHEATS.keys())
async def test_no_cheat_passes_a_function_test_or_an_assertion(judge: Judge, code: str) -> None:
    verdict = await judge.judge(function_problem(), code)
    assert verdict.status not in ("accepted", "infrastructure")
    assert verdict.tests_passed == 0


STDIO_CHEATS = {
    **{name: f"{code}\nprint(f(1))" for name, code in CHEATS.items()},
    "an output that says yes": """
import sys
class Yes(str):
    __eq__ = lambda *a: True
    split = strip = splitlines = rstrip = lambda *a, **k: Yes('x')
sys.stdout.write(Yes('x'))
""",
    "an exit code and nothing printed": "raise SystemExit(0)",
    "forged results on every descriptor": """
import os
for descriptor in range(1, 64):
    try: os.write(descriptor, b'{"token": "", "kind": "case", "index": 0, "status": "ok"}\\t"yes"\\tnull\\n')
    except OSError: pass
""",
}


@pytest.mark.parametrize("code", STDIO_CHEATS.values(), ids=STDIO_CHEATS.keys())
async def test_no_cheat_passes_a_test_on_stdin(judge: Judge, code: str) -> None:
    tests = tuple(
        StdioTest.model_validate({"stdin": "1\n", "stdout": f"{SECRET}\n", "compare": compare})
        for compare in PRINTED_COMPARISONS.values()
    )
    problem = Problem(id="p", statement="Print it.", task="program", public_tests=tests)
    verdict = await judge.judge(problem, code)
    assert verdict.status not in ("accepted", "infrastructure")
    assert verdict.tests_passed == 0


async def test_the_expected_value_is_nowhere_in_the_candidates_process(judge: Judge) -> None:
    cheat = CHEATS["search everything that is alive"]
    planted = await judge.judge(function_problem(), f"{cheat}\nplanted = [{SECRET}]")
    assert planted.tests_passed > 0
    nothing = await judge.judge(function_problem(), f"{cheat}\nsearch, f = f, lambda x: str(search(x)) + '!'")
    assert nothing.failure is not None
    assert nothing.failure.actual == "'None!'"
